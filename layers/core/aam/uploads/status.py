"""The statuses of an upload."""

from __future__ import annotations

from enum import StrEnum


class UploadStatus(StrEnum):
    """pending until the store says that the object is there; aborted when the client gave up; expired by its age."""

    PENDING = "pending"
    RECEIVED = "received"
    ABORTED = "aborted"
    EXPIRED = "expired"
