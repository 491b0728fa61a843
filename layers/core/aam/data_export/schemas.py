"""Request and answer of an export."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from aam.data_export.errors import BadExportRequest
from aam.foundation.requests import read_request
from aam.foundation.schemas import RequestBody, Value


class Subject(StrEnum):
    """Kind of subject that data is kept of."""

    CLIENT = "client"
    USER = "user"
    PARTICIPANT = "participant"


class ExportRequest(RequestBody):
    """Subject of an export; ``recordings`` false leaves out uploaded files."""

    subject: Subject
    id: UUID
    recordings: bool = True


class Exported(Value):
    """The file: where it can be fetched for a quarter of an hour, and how to know that it is whole.

    ``left_out`` counts recordings, ``not_packed`` other objects of its meetings; the manifest names both.
    """

    url: str
    sha256: str
    size_bytes: int
    members: int
    left_out: int
    not_packed: int


class Member(Value):
    """A file in the archive."""

    name: str
    size_bytes: int
    sha256: str


class LeftOut(Value):
    """Data of a meeting that is not in the archive, and why: one recording, or a count of objects of another kind."""

    meeting_id: UUID
    what: Literal["recording", "derived", "quarantined"]
    why: str
    upload_id: UUID | None = None
    objects: int = 1


def parse(event: Any) -> ExportRequest:
    """Return the request in an event; raises BadExportRequest, whose sentence says what is wrong with it."""
    return read_request(event, models=(ExportRequest,), error=BadExportRequest, ending="nothing was exported")
