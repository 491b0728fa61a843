"""The statuses of a meeting, in the order in which it passes them."""

from __future__ import annotations

from enum import StrEnum


class MeetingStatus(StrEnum):
    """created → uploading → queued → transcribing → writing → review → validated, or failed, cancelled."""

    CREATED = "created"
    UPLOADING = "uploading"
    QUEUED = "queued"
    TRANSCRIBING = "transcribing"
    WRITING = "writing"
    REVIEW = "review"
    VALIDATED = "validated"
    FAILED = "failed"
    CANCELLED = "cancelled"
