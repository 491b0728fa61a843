"""Tombstones: a meeting that goes is marked first, its runs are cancelled, and nothing new begins for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import literal, select, union, update
from sqlalchemy.dialects.postgresql import insert

from aam.clients.models import Client
from aam.deletion.errors import MeetingUnknown
from aam.deletion.legal_holds import is_held
from aam.deletion.models import MeetingTombstone
from aam.foundation.sql import any_of
from aam.meetings.models import Meeting
from aam.pipeline.models import ALIVE, ProcessingRun, RunStatus
from aam.uploads.models import UploadBlob
from aam.uploads.status import UploadStatus

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def place_tombstones(session: Session, meeting_ids: Collection[UUID], *, now: datetime) -> set[UUID]:
    """Put up tombstones for the meetings that exist and are not held; return which.

    Their clients are locked first, as placing a hold does: the first one decides.
    """
    clients = select(Meeting.client_id).where(any_of(Meeting.id, meeting_ids))
    session.execute(select(Client.id).where(Client.id.in_(clients)).order_by(Client.id).with_for_update())
    locked = session.execute(
        select(Meeting.id, Meeting.organization_id)
        .where(any_of(Meeting.id, meeting_ids))
        .order_by(Meeting.id)
        .with_for_update()
    ).all()
    held = set(session.scalars(select(Meeting.id).where(any_of(Meeting.id, meeting_ids), is_held())))
    marked = [row for row in locked if row.id not in held]
    if marked:
        source = select(Meeting.id, Meeting.organization_id, literal(now)).where(
            any_of(Meeting.id, [row.id for row in marked])
        )
        columns = ["meeting_id", "organization_id", "marked_at"]
        session.execute(insert(MeetingTombstone).from_select(columns, source).on_conflict_do_nothing())
    return {row.id for row in marked}


def stop_runs(session: Session, meeting_ids: Collection[UUID], *, now: datetime) -> Sequence[tuple[UUID, str | None]]:
    """Cancel the living runs of marked meetings; return them with the executions to stop.

    Those that a process cancelled before it died, without stopping their executions, are returned again.
    """
    session.execute(
        update(ProcessingRun)
        .where(any_of(ProcessingRun.meeting_id, meeting_ids), ProcessingRun.status.in_(ALIVE))
        .values(status=RunStatus.CANCELLED, waiting_reason=None, finished_at=now),
        execution_options={"synchronize_session": False},
    )
    ended = session.execute(
        select(ProcessingRun.id, ProcessingRun.execution_arn)
        .join(MeetingTombstone, MeetingTombstone.meeting_id == ProcessingRun.meeting_id)
        .where(
            any_of(ProcessingRun.meeting_id, meeting_ids),
            ProcessingRun.status == RunStatus.CANCELLED,
            ProcessingRun.finished_at >= MeetingTombstone.marked_at,
        )
    )
    return [(row.id, row.execution_arn) for row in ended]


def marked_among(session: Session, meeting_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the meetings that are marked."""
    return set(
        session.scalars(select(MeetingTombstone.meeting_id).where(any_of(MeetingTombstone.meeting_id, meeting_ids)))
    )


def with_unfinished_work(session: Session, meeting_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the meetings with a living run or a pending upload: more may be written for them."""
    runs = select(ProcessingRun.meeting_id).where(
        any_of(ProcessingRun.meeting_id, meeting_ids), ProcessingRun.status.in_(ALIVE)
    )
    uploads = select(UploadBlob.meeting_id).where(
        any_of(UploadBlob.meeting_id, meeting_ids), UploadBlob.status == UploadStatus.PENDING
    )
    return set(session.scalars(union(runs, uploads)))


def note_rows_gone(session: Session, meeting_ids: Collection[UUID], *, now: datetime) -> None:
    """Note that only tombstones are left of these meetings."""
    session.execute(
        update(MeetingTombstone).where(any_of(MeetingTombstone.meeting_id, meeting_ids)).values(gone_at=now),
        execution_options={"synchronize_session": False},
    )


def require_meeting(session: Session, meeting_id: UUID) -> None:
    """Raise MeetingUnknown unless there is such a meeting that is not on its way out."""
    if session.get(Meeting, meeting_id) is None or session.get(MeetingTombstone, meeting_id) is not None:
        raise MeetingUnknown
