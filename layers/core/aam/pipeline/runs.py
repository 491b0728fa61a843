"""Processing runs: the only code that changes their rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, exists, func, insert, literal, select, update

from aam.foundation.clock import new_id
from aam.foundation.database import Transaction
from aam.foundation.errors import AppError
from aam.meetings.models import Meeting
from aam.meetings.status import MeetingStatus
from aam.pipeline.errors import RunNotCurrent
from aam.pipeline.models import ALIVE, ProcessingError, ProcessingRun, RunStatus, Stage, WaitingReason

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
    from sqlalchemy.sql.dml import ReturningUpdate

BLIND = {"synchronize_session": False}
"""Sessions here are too short to hold anything that a statement could make stale."""

STATUS_AT = {Stage.PROBE: MeetingStatus.TRANSCRIBING, Stage.WRITE_ARTIFACTS: MeetingStatus.WRITING}


def begin_stage(session: Session, *, run_id: UUID, stage: Stage, now: datetime, resumption: int | None = None) -> None:
    """Claim a stage for a living run, in one statement; raises RunNotCurrent when the run is over or waits.

    ``resumption`` names the execution that asks: a run that went on in a newer one is not an older one's any more.
    """
    mine = [] if resumption is None else [ProcessingRun.resumptions == resumption]
    at = func.jsonb_build_object(stage.value, func.to_jsonb(literal(now.isoformat())))
    claim = (
        update(ProcessingRun)
        .where(
            ProcessingRun.id == run_id, ProcessingRun.status.in_(ALIVE), ProcessingRun.waiting_reason.is_(None), *mine
        )
        .values(
            status=RunStatus.RUNNING,
            stage=stage,
            started_at=func.coalesce(ProcessingRun.started_at, now),
            stage_started=at.op("||")(ProcessingRun.stage_started),
        )
        .returning(ProcessingRun.meeting_id)
    )
    if stage in STATUS_AT:
        claim = follow(claim.cte("claimed"), STATUS_AT[stage])
    if session.execute(claim, execution_options=BLIND).scalar_one_or_none() is None:
        raise RunNotCurrent


def follow(changed: CTE, status: MeetingStatus) -> ReturningUpdate[UUID]:
    """Return the statement that moves the meetings of changed runs along with them, and returns their ids."""
    return (
        update(Meeting).where(Meeting.id.in_(select(changed.c.meeting_id))).values(status=status).returning(Meeting.id)
    )


def while_current(run_id: UUID) -> ColumnElement[bool]:
    """Return the condition by which a single statement writes only while its run is current."""
    return exists().where(ProcessingRun.id == run_id, ProcessingRun.status == RunStatus.RUNNING)


@contextmanager
def holding(run_id: UUID, *, open_transaction: Transaction) -> Iterator[Session]:
    """Yield a transaction during which the run stays current; raises RunNotCurrent when it is over already."""
    with open_transaction() as session:
        alive = session.execute(
            select(ProcessingRun.id)
            .where(ProcessingRun.id == run_id, ProcessingRun.status == RunStatus.RUNNING)
            .with_for_update()
        ).scalar_one_or_none()
        if alive is None:
            raise RunNotCurrent
        yield session


def park(session: Session, *, run_id: UUID, reason: WaitingReason) -> None:
    """Let a run that is held as current wait without an execution, until it is resumed or cancelled."""
    meeting_id = session.execute(
        update(ProcessingRun)
        .where(ProcessingRun.id == run_id)
        .values(
            status=RunStatus.QUEUED,
            stage=Stage.QUEUED,
            waiting_reason=reason,
            execution_arn=None,
            stage_started=ProcessingRun.stage_started.op("-")(Stage.PROBE.value),  # it begins anew when it goes on
        )
        .returning(ProcessingRun.meeting_id)
    ).scalar_one()
    set_meeting_status(session, meeting_id, MeetingStatus.QUEUED)


def record_error(session: Session, *, run_id: UUID, stage: str, error: AppError, now: datetime) -> None:
    """Write a ProcessingError of a living run; a run that is over or gone gets none."""
    source = select(
        literal(new_id()),
        ProcessingRun.organization_id,
        ProcessingRun.meeting_id,
        ProcessingRun.id,
        literal(stage),
        literal(error.code),
        literal(error.detail),
        literal(now),
    ).where(ProcessingRun.id == run_id, ProcessingRun.status.in_(ALIVE))
    columns = ["id", "organization_id", "meeting_id", "run_id", "stage", "code", "message", "occurred_at"]
    session.execute(insert(ProcessingError).from_select(columns, source))


def end_failed(session: Session, *, run_id: UUID, code: str, now: datetime) -> bool:
    """End a living run as failed, its meeting too; says whether there was one."""
    meeting_id = session.execute(
        update(ProcessingRun)
        .where(ProcessingRun.id == run_id, ProcessingRun.status.in_(ALIVE))
        .values(status=RunStatus.FAILED, waiting_reason=None, failure_code=code, finished_at=now)
        .returning(ProcessingRun.meeting_id)
    ).scalar_one_or_none()
    if meeting_id is not None:
        set_meeting_status(session, meeting_id, MeetingStatus.FAILED)
    return meeting_id is not None


def fail_from_outside(
    session: Session, *, run_id: UUID, error: AppError, now: datetime, resumption: int | None = None
) -> bool:
    """Fail a living run that could not speak for itself; an error its stage wrote already stands.

    A run that waits has no execution that could fail it, nor has one that went on in a newer execution than
    ``resumption`` names.  Says whether the run was alive.
    """
    mine = [] if resumption is None else [ProcessingRun.resumptions == resumption]
    run = session.execute(
        select(ProcessingRun.stage)
        .where(
            ProcessingRun.id == run_id,
            ProcessingRun.status.in_(ALIVE),
            ProcessingRun.waiting_reason.is_(None),
            *mine,
        )
        .with_for_update()
    ).scalar_one_or_none()
    if run is None:
        return False
    standing = session.execute(
        select(ProcessingError.code)
        .where(ProcessingError.run_id == run_id, ProcessingError.stage == run)
        .order_by(ProcessingError.occurred_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    if standing is None:
        record_error(session, run_id=run_id, stage=run, error=error, now=now)
    return end_failed(session, run_id=run_id, code=standing or error.code, now=now)


def end_succeeded(session: Session, *, run_id: UUID, now: datetime) -> None:
    """End a current run, in one statement; what passed by on the way is marked as read.

    Raises RunNotCurrent when the run is over already.
    """
    ended = (
        update(ProcessingRun)
        .where(ProcessingRun.id == run_id, ProcessingRun.status == RunStatus.RUNNING)
        .values(status=RunStatus.SUCCEEDED, finished_at=now)
        .returning(ProcessingRun.id, ProcessingRun.meeting_id)
        .cte("ended")
    )
    read = (
        update(ProcessingError)
        .where(ProcessingError.run_id.in_(select(ended.c.id)))
        .values(is_read=True)
        .returning(ProcessingError.id)
        .cte("read")
    )
    statement = follow(ended, MeetingStatus.REVIEW).add_cte(read)
    if session.execute(statement, execution_options=BLIND).scalar_one_or_none() is None:
        raise RunNotCurrent


def set_meeting_status(session: Session, meeting_id: UUID, status: MeetingStatus) -> None:
    """Move a meeting to a status."""
    session.execute(update(Meeting).where(Meeting.id == meeting_id).values(status=status))
