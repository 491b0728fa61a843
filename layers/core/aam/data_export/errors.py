"""Errors of exports."""

from __future__ import annotations

from aam.foundation.errors import InvalidInput, NotFound


class BadExportRequest(InvalidInput):
    """The event names no subject."""

    code = "bad_export_request"
    sentence = 'Say {"subject": "client", "id": "…"}; subjects are client, user and participant.'


class SubjectUnknown(NotFound):
    """There is no such client, user or participant."""

    code = "subject_unknown"
    sentence = "There is no client, user or participant of the directory with this id."


class ExportTooLarge(InvalidInput):
    """More recordings than one function can pack in its time."""

    code = "export_too_large"
    http_status = 413
    sentence = "These recordings are too large for one file; leave them out with --without-recordings."
