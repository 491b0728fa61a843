"""Look up which objects the database refers to, a page of keys at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, exists, select
from sqlalchemy.orm import aliased

from aam.foundation.sql import any_of
from aam.meetings.models import Meeting
from aam.pipeline.models import ALIVE, ProcessingRun
from aam.retention.ages import Subject
from aam.retention.schemas import ScopeKind
from aam.transcription.models import TranscriptRow
from aam.uploads.models import UploadBlob

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

PAGE = 1_000

Anything = Select[*tuple[Any, ...]]
"""A statement, whatever its columns are."""


@dataclass(frozen=True, slots=True)
class KnownMeeting:
    """A meeting, and whose it is."""

    id: UUID
    subject: Subject

    @property
    def client_id(self) -> UUID | None:
        """Return the client."""
        return self.subject[1]


@dataclass(frozen=True, slots=True)
class KnownUpload:
    """A row that refers to an uploaded object; ``busy``: a living run works on it."""

    id: UUID
    meeting: KnownMeeting
    status: str
    content_type: str
    since: datetime
    busy: bool


@dataclass(frozen=True, slots=True)
class KnownRun:
    """A row that refers to derived objects; ``superseded``: a later run has replaced this one, which left nothing."""

    id: UUID
    meeting: KnownMeeting
    status: str
    since: datetime
    finished_at: datetime | None
    superseded: bool


def meetings(session: Session, ids: Collection[UUID]) -> dict[UUID, KnownMeeting]:
    """Return the meetings that exist."""
    if not ids:
        return {}
    rows = session.execute(
        select(Meeting.id, Meeting.organization_id, Meeting.client_id, Meeting.meeting_type_id).where(
            any_of(Meeting.id, ids)
        )
    )
    return {row[0]: KnownMeeting(row[0], (row[1], row[2], row[3])) for row in rows}


def is_busy() -> ColumnElement[bool]:
    """Return the condition that a living run works on an UploadBlob of the statement."""
    return exists().where(ProcessingRun.upload_id == UploadBlob.id, ProcessingRun.status.in_(ALIVE))


def uploads(session: Session, keys: Collection[str]) -> dict[str, KnownUpload]:
    """Return the uploads of these keys."""
    if not keys:
        return {}
    rows = session.execute(
        select(
            UploadBlob.key,
            UploadBlob.id,
            UploadBlob.status,
            UploadBlob.content_type,
            UploadBlob.received_at,
            UploadBlob.created_at,
            Meeting.id,
            Meeting.organization_id,
            Meeting.client_id,
            Meeting.meeting_type_id,
            is_busy(),
        )
        .join(Meeting, Meeting.id == UploadBlob.meeting_id)
        .where(any_of(UploadBlob.key, keys))
    )
    return {
        row[0]: KnownUpload(
            id=row[1],
            meeting=KnownMeeting(row[6], (row[7], row[8], row[9])),
            status=row[2],
            content_type=row[3],
            since=row[4] or row[5],
            busy=row[10],
        )
        for row in rows
    }


def runs(session: Session, ids: Collection[UUID]) -> dict[UUID, KnownRun]:
    """Return the runs that exist."""
    if not ids:
        return {}
    later = aliased(ProcessingRun)
    replaced = exists().where(later.meeting_id == ProcessingRun.meeting_id, later.created_at > ProcessingRun.created_at)
    left_something = exists().where(TranscriptRow.run_id == ProcessingRun.id)
    rows = session.execute(
        select(
            ProcessingRun.id,
            ProcessingRun.status,
            ProcessingRun.created_at,
            ProcessingRun.finished_at,
            (replaced & ~left_something).label("superseded"),
            Meeting.id,
            Meeting.organization_id,
            Meeting.client_id,
            Meeting.meeting_type_id,
        )
        .join(Meeting, Meeting.id == ProcessingRun.meeting_id)
        .where(any_of(ProcessingRun.id, ids))
    )
    return {
        row[0]: KnownRun(row[0], KnownMeeting(row[5], (row[6], row[7], row[8])), row[1], row[2], row[3], row[4])
        for row in rows
    }


def meetings_in(
    session: Session, kind: ScopeKind, scope_id: UUID | None, *, before: datetime | None = None
) -> Iterator[KnownMeeting]:
    """Yield every meeting of a scope, with ``before`` only those created earlier, by its id, a page at a time."""
    wanted = select(Meeting.id, Meeting.organization_id, Meeting.client_id, Meeting.meeting_type_id)
    if before is not None:
        wanted = wanted.where(Meeting.created_at < before)
    for row in paged(session, within(wanted, kind, scope_id)):
        yield KnownMeeting(row[0], (row[1], row[2], row[3]))


def paged(session: Session, statement: Anything) -> Iterator[Row[*tuple[Any, ...]]]:
    """Yield the rows of a statement in the order of its first column, an id, a page at a time: no cursor stays open."""
    first = next(iter(statement.selected_columns))
    page = statement.order_by(first).limit(PAGE)
    while True:
        rows = session.execute(page).all()
        yield from rows
        if len(rows) < PAGE:
            return
        page = statement.where(first > rows[-1][0]).order_by(first).limit(PAGE)


def within(statement: Anything, kind: ScopeKind, scope_id: UUID | None) -> Anything:
    """Return the statement, which speaks of Meeting, narrowed to a scope."""
    column = {
        ScopeKind.ORGANIZATION: Meeting.organization_id,
        ScopeKind.CLIENT: Meeting.client_id,
        ScopeKind.MEETING: Meeting.id,
    }.get(kind)
    return statement if column is None else statement.where(column == scope_id)
