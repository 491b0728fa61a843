"""Errors of writing artifacts."""

from __future__ import annotations

from typing import Self

from aam.foundation.errors import AppError, InvalidInput, Unprocessable
from aam.vendor_limits.errors import VendorFault, VendorRateLimited


class CatalogueInvalid(AppError):
    """A reviewed file of sections, scenarios, types or prompts does not hold together."""

    code = "catalogue_invalid"
    sentence = "The catalogue of sections is damaged; an operator has to mend the file that is named."


class UnknownScenario(InvalidInput):
    """There is no such scenario."""

    code = "unknown_scenario"
    sentence = "There is no such scenario; choose one of those that GET /scenarios lists."


class MeetingTooLong(Unprocessable):
    """The transcript has more windows than we pay for, or not even a small one fits into the model."""

    code = "meeting_too_long"
    sentence = "This meeting is too long for the language model; use the extractive engine, or split the recording."


class ModelRefused(Unprocessable):
    """The model declined to answer."""

    code = "model_refused"
    sentence = "The language model declined to write about this meeting; use the extractive engine instead."


class ModelContentFiltered(Unprocessable):
    """The service's filter cut the answer off."""

    code = "model_content_filtered"
    sentence = "The language model's content filter stopped the answer; use the extractive engine instead."


class ModelReplyTruncated(Unprocessable):
    """The answer hit its length limit, even about a small part of the meeting."""

    code = "model_reply_truncated"
    sentence = "The language model's answer was cut off; choose a scenario with fewer sections and retry."


class ModelReplyMismatch(AppError):
    """The answer is not what the schema demands, and its repair was not either.

    ``fault`` says where, in our words; ``reply`` is the answer, which belongs in no log.
    """

    code = "model_reply_mismatch"
    http_status = 502
    sentence = "The language model answered in another form than asked, twice; retry, or choose another model."
    fault: str = "it is not of the form that was asked for"
    reply: str = ""


class ModelCredentialsRefused(AppError):
    """The service does not accept our key."""

    code = "model_credentials_refused"
    http_status = 502
    sentence = "The language model's service refused our key; an operator has to renew it, then retry the meeting."


class ModelQuotaExhausted(AppError):
    """The account has no credit left."""

    code = "model_quota_exhausted"
    http_status = 502
    sentence = "The account at the language model's service is used up; an operator has to top it up, then retry."


class ModelRequestRefused(AppError):
    """The service calls our request wrong, such as for an unknown model."""

    code = "model_request_refused"
    http_status = 502
    sentence = "The language model's service refused our request; an operator has to check the model's settings."


class ModelContextTooShort(AppError):
    """The server read only a part of what it was sent, and said nothing of it."""

    code = "model_context_too_short"
    http_status = 502
    sentence = (
        "The language model's server silently dropped a part of the transcript, because its context is too short; an"
        " operator has to raise it (Ollama: OLLAMA_CONTEXT_LENGTH or num_ctx) or lower OpenAiWindowTokens, then retry."
    )


class ModelRateLimited(VendorRateLimited):
    """The service asks us to slow down; ``retry_after_s`` is what it named, or None."""

    code = "model_rate_limited"
    sentence = "The language model's service is busy; the meeting is tried again shortly."


class ModelTimedOut(VendorFault):
    """The service took longer than we wait."""

    code = "model_timed_out"
    sentence = "The language model took too long; the meeting is tried again shortly."
    may_be_paid = True


class ModelUnavailable(VendorFault):
    """The service failed, could not be reached, or answered with something else than a completion."""

    code = "model_unavailable"
    sentence = "The language model's service did not answer properly; the meeting is tried again shortly."


class SecondReaderFailed(AppError):
    """The second reader was not asked about all quoted items, or gave no usable answer; the minutes are kept anyway."""

    code = "second_reader_failed"
    http_status = 502
    sentence = "The second reader did not judge every item; those it did not judge stay quoted."

    @classmethod
    def because(cls, code: str) -> Self:
        """Return the error with the code of its cause, and how to ask once more."""
        return cls(f"{cls.sentence[:-1]} ({code}). To ask again, retry the meeting from confirm_meaning.")
