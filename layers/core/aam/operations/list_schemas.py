"""Lines of the lists that operators read."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from aam.foundation.schemas import Value, View


class MeetingLine(View):
    """A meeting in a list."""

    id: UUID
    created_at: datetime
    status: str
    title: str
    language: str
    client_id: UUID
    client: str
    organization_id: UUID


class ClientLine(View):
    """A client in a list, with the number of its meetings."""

    id: UUID
    created_at: datetime
    name: str
    meetings: int
    organization_id: UUID
    organization: str


class UserLine(View):
    """A user in a list."""

    id: UUID
    created_at: datetime
    status: Literal["active", "disabled"]
    email: str
    full_name: str
    organization_id: UUID
    organization: str


class OrganizationLine(View):
    """An organization in a list, with the numbers of its users and meetings."""

    id: UUID
    created_at: datetime
    name: str
    users: int
    meetings: int


class RunLine(View):
    """A run in a list."""

    id: UUID
    created_at: datetime
    status: str
    stage: str
    attempt: int
    failure_code: str | None
    waiting_reason: str | None
    meeting_id: UUID
    organization_id: UUID


class ErrorLine(View):
    """An error in a list."""

    id: UUID
    created_at: datetime
    status: Literal["unread", "read"]
    stage: str
    code: str
    message: str
    meeting_id: UUID
    organization_id: UUID


class HoldLine(View):
    """A legal hold in a list; ``name`` is that of the client or meeting."""

    id: UUID
    created_at: datetime
    subject: Literal["client", "meeting"]
    subject_id: UUID
    name: str
    reason: str
    organization_id: UUID


class ErasureLine(View):
    """An erasure in a list."""

    id: UUID
    created_at: datetime
    status: str
    subject: str
    subject_id: UUID
    trigger: str
    erased_at: datetime | None
    completed_at: datetime | None
    organization_id: UUID


Line = MeetingLine | ClientLine | UserLine | OrganizationLine | RunLine | ErrorLine | HoldLine | ErasureLine


class Listing(Value):
    """One page of a list, newest first; ``next_cursor`` is None on the last."""

    kind: str
    rows: tuple[Line, ...]
    next_cursor: str | None
