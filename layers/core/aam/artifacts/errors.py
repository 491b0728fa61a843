"""What can go wrong while artifacts are written; the caller finds the failed call in ``interaction``."""

from __future__ import annotations

from aam.artifacts.schemas import Interaction
from aam.foundation.errors import AppError, InvalidInput, Transient, Unprocessable
from aam.vendors.errors import VendorFault, VendorRateLimited


class CatalogueInvalid(AppError):
    """A reviewed file of sections, scenarios, types or prompts does not hold together."""

    code = "catalogue_invalid"
    sentence = "The catalogue of sections is damaged; an operator has to mend the file that is named."


class UnknownScenario(InvalidInput):
    """There is no such scenario."""

    code = "unknown_scenario"
    sentence = "There is no such scenario; choose one of those that GET /scenarios lists."


class CallFailed:
    """An error with the record of the call that failed."""

    interaction: Interaction | None = None
    retry_after_s: float | None = None


class MeetingTooLong(CallFailed, Unprocessable):
    """The transcript is longer than what the model reads at once."""

    code = "meeting_too_long"
    sentence = "This meeting is too long for the language model; use the extractive engine, or split the recording."


class ModelRefused(CallFailed, Unprocessable):
    """The model declined to answer."""

    code = "model_refused"
    sentence = "The language model declined to write about this meeting; use the extractive engine instead."


class ModelContentFiltered(CallFailed, Unprocessable):
    """The service's filter cut the answer off."""

    code = "model_content_filtered"
    sentence = "The language model's content filter stopped the answer; use the extractive engine instead."


class ModelReplyTruncated(CallFailed, Unprocessable):
    """The answer hit its length limit."""

    code = "model_reply_truncated"
    sentence = "The language model's answer was cut off; choose a scenario with fewer sections and retry."


class ModelReplyMismatch(CallFailed, Transient):
    """The answer is not what the schema demands; another attempt may be."""

    code = "model_reply_mismatch"
    sentence = "The language model answered in another form than asked; it is tried again."


class ModelCredentialsRefused(CallFailed, AppError):
    """The service does not accept our key."""

    code = "model_credentials_refused"
    http_status = 502
    sentence = "The language model's service refused our key; an operator has to renew it, then retry the meeting."


class ModelQuotaExhausted(CallFailed, AppError):
    """The account has no credit left."""

    code = "model_quota_exhausted"
    http_status = 502
    sentence = "The account at the language model's service is used up; an operator has to top it up, then retry."


class ModelRequestRefused(CallFailed, AppError):
    """The service calls our request wrong, such as for an unknown model."""

    code = "model_request_refused"
    http_status = 502
    sentence = "The language model's service refused our request; an operator has to check the model's settings."


class ModelRateLimited(CallFailed, VendorRateLimited):
    """The service asks us to slow down; ``retry_after_s`` is what it named, or None."""

    code = "model_rate_limited"
    sentence = "The language model's service is busy; the meeting is tried again shortly."


class ModelTimedOut(CallFailed, VendorFault):
    """The service took longer than we wait."""

    may_be_paid = True
    code = "model_timed_out"
    sentence = "The language model took too long; the meeting is tried again shortly."


class ModelUnavailable(CallFailed, VendorFault):
    """The service failed or could not be reached."""

    code = "model_unavailable"
    sentence = "The language model's service did not answer properly; the meeting is tried again shortly."
