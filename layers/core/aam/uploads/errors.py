"""Errors of uploads, before anything is processed."""

from __future__ import annotations

from aam.foundation.errors import Conflict, InvalidInput, NotFound


class UploadNotFound(NotFound):
    """No such upload within the caller's reach."""

    code = "upload_not_found"
    sentence = "There is no such upload, or it is not yours to see."


class UploadTooLarge(InvalidInput):
    """The file is larger than the setting allows."""

    code = "upload_too_large"
    http_status = 413
    sentence = "This file is larger than allowed."


class UnsupportedMediaType(InvalidInput):
    """The content type is not on the list."""

    code = "unsupported_media_type"
    http_status = 415
    sentence = (
        "Send audio, video, or a transcript (text/vtt, application/x-subrip, application/json, text/plain, or the type "
        "of .docx); application/octet-stream where the type is not known."
    )


class NotMultipart(Conflict):
    """The upload is a single PUT and has no parts."""

    code = "not_multipart"
    sentence = "This upload is a single PUT; it has no parts and nothing to complete."


class UploadOver(Conflict):
    """The upload was completed or given up."""

    code = "upload_over"
    sentence = "This upload is complete or was given up; begin a new one."


class BadParts(InvalidInput):
    """The parts asked for do not make up the file that was announced."""

    code = "bad_parts"
    sentence = "These parts do not fit the file that was announced."


class PartsMissing(Conflict):
    """Not all parts have arrived."""

    code = "parts_missing"
    sentence = "Not all parts have arrived; GET the upload to see which have."


class RecordingArchived(Conflict):
    """The store has moved the recording to an archive, from which it must be brought back before it can be read."""

    code = "recording_archived"
    sentence = (
        "This recording lies in the store's archive; bring it back with 'aam retry --meeting ID --restore', which "
        "takes some hours, and retry then. If its audio was extracted already, '--from transcribe' does without it."
    )


class UploadNeverFinished(Conflict):
    """An upload whose time is over without the file having arrived."""

    code = "upload_never_finished"
    sentence = "An upload of this meeting was not finished in time and was given up; upload the file again."
