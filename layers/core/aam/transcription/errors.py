"""Errors between a recording or an imported file and the canonical transcript."""

from __future__ import annotations

from aam.foundation.errors import AppError, Conflict, Unprocessable
from aam.vendor_limits.errors import VendorFault, VendorRateLimited


class TranscriptTooLarge(Unprocessable):
    """The brought file is over 20 MB."""

    code = "transcript_too_large"
    http_status = 413
    sentence = "This transcript is larger than 20 MB; split it and bring the parts one by one."


class TooManyCues(Unprocessable):
    """The brought file has more cues than any real meeting."""

    code = "too_many_cues"
    sentence = "This transcript has more than 200,000 cues; split it and bring the parts one by one."


class CueTooLong(Unprocessable):
    """One cue or paragraph has more text than could be said in it."""

    code = "cue_too_long"
    sentence = (
        "A single cue or paragraph of this file has more than 100,000 characters; divide it where the speaker changes."
    )


class TranscriptTooLong(Unprocessable):
    """The file has more text than any meeting."""

    code = "transcript_too_long"
    sentence = "This transcript has more than 5,000,000 characters; split it and bring the parts one by one."


class TimesTooLate(Unprocessable):
    """A cue lies later than any recording lasts."""

    code = "times_too_late"
    sentence = "A cue of this file lies more than 24 hours after its beginning; correct the times, which start at zero."


class TranscriptUndecodable(Unprocessable):
    """The bytes are text in none of the encodings that we read."""

    code = "transcript_undecodable"
    sentence = "This file is not text in any encoding that is read here; save it as UTF-8 and upload that."


class UnknownTranscriptFormat(Unprocessable):
    """The file's content is none of what we read."""

    code = "unknown_transcript_format"
    sentence = (
        "This file is no transcript that is read here: WebVTT, SubRip, plain text, a Word document (.docx) or "
        "Deepgram's JSON; export it as .vtt and upload that."
    )


class DocumentUnreadable(Unprocessable):
    """A Word document that is damaged, protected by a password, or none at all."""

    code = "document_unreadable"
    sentence = (
        "This Word document cannot be read: it is damaged, protected, or of another kind than .docx; export the "
        "transcript as .vtt and upload that."
    )


class NoCues(Unprocessable):
    """The file holds no words."""

    code = "no_cues"
    sentence = "There are no spoken words in this file; check that the right one was exported."


class ForeignJson(Unprocessable):
    """JSON, but not a reply of Deepgram's /v1/listen."""

    code = "foreign_json"
    sentence = "This JSON is no reply of Deepgram's; bring it as Deepgram sent it, or a .vtt file."


class NoTiming(Conflict):
    """Subtitles were asked of a transcript without times."""

    code = "no_timing"
    sentence = "This transcript has no times, so there are no subtitles of it; ask for txt or json instead."


class EngineCredentialsRefused(AppError):
    """The speech service does not accept our key."""

    code = "engine_credentials_refused"
    http_status = 502
    sentence = "The speech service refused our key; an operator has to renew it, then retry the meeting."


class EngineRefusedRecording(Unprocessable):
    """The speech service cannot read what it was sent."""

    code = "engine_refused_recording"
    sentence = "The speech service could not read this recording or its settings; try another format or language."


class EngineQuotaExhausted(AppError):
    """The account at the speech service has no credit left."""

    code = "engine_quota_exhausted"
    http_status = 502
    sentence = "The account at the speech service is used up; an operator has to top it up, then retry the meeting."


class EngineRateLimited(VendorRateLimited):
    """The speech service asks us to slow down; ``retry_after_s`` is what it named, or None."""

    code = "engine_rate_limited"
    sentence = "The speech service is busy; the meeting is tried again shortly."

    def __init__(self, detail: str | None = None, *, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class EngineUnavailable(VendorFault):
    """The speech service failed or could not be reached."""

    code = "engine_unavailable"
    sentence = "The speech service did not answer properly; the meeting is tried again shortly."


class EngineTimedOut(VendorFault):
    """The speech service took longer than we wait."""

    may_be_paid = True
    code = "engine_timed_out"
    sentence = "The speech service took too long; the meeting is tried again shortly."


class EngineReplyForeign(AppError):
    """A success whose body is not what the service documents."""

    code = "engine_reply_foreign"
    http_status = 502
    sentence = "The speech service answered with something that is no transcript; an operator has to look at it."


class NoSpeechRecognised(Unprocessable):
    """A well-formed reply without a single word."""

    code = "no_speech_recognised"
    sentence = "No speech was recognised in this recording; check its sound and its language."


class LanguageNotKnown(Unprocessable):
    """No model of the speech service knows the meeting's language."""

    code = "language_not_known"
    sentence = (
        "The speech service does not know this meeting's language; choose another one, 'detect' or 'multi', or bring "
        "the transcript as .vtt, .srt, .json or .txt."
    )


class ReplyTooLargeToPost(Unprocessable):
    """The reply would be larger than a function can be called with."""

    code = "reply_too_large_to_post"
    sentence = (
        "This recording is too long for replies that are posted to us; an operator has to set DeepgramCallback to put "
        "or DeepgramMode to stream."
    )


class BadReplyPassword(AppError):
    """A posted reply without the password that we gave out for it."""

    code = "bad_reply_password"
    http_status = 401
    sentence = "This route takes replies that we have asked for, with the password that we gave out."
