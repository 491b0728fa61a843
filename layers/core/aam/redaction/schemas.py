"""Contract of redaction: the kinds of subjects."""

from __future__ import annotations

from enum import StrEnum


class SubjectKind(StrEnum):
    """Kind of a subject whose data is exported or erased."""

    CLIENT = "client"
    MEETING = "meeting"
    USER = "user"
    PARTICIPANT = "participant"
