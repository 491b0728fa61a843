"""A little of everything, and what deserves attention; and the list of what waits for a retry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from aam.deletion.models import LegalHold, MeetingTombstone
from aam.meetings.models import Meeting
from aam.meetings.status import MeetingStatus
from aam.operations.advice import codes_beyond_help, leaf_of
from aam.operations.dependencies import OperationsDeps
from aam.operations.queues import look_at_queues
from aam.operations.schemas import Advice, FailedMeeting, FailedMeetings, Overview
from aam.operations.services import look_at_services
from aam.pipeline.errors import StepFailed
from aam.pipeline.models import ALIVE, ProcessingError, ProcessingRun, RunStatus

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

ERRORS_OF = timedelta(days=1)
FAILED_MOST = 200
LOST_MOST = 20
"""Of those that no retry can help, so many are shown."""


def read_overview(*, deps: OperationsDeps) -> Overview:
    """Return meetings by status, runs that work and wait, new errors, queues, services, and advice.

    Where the database does not answer, the rest is told without it.
    """
    services = look_at_services(deps=deps)
    queues = look_at_queues(deps=deps, letters=False)
    counts = Counts()
    if services.database is not None:
        with deps.open_transaction() as session:
            counts = count(session, since=deps.clock() - ERRORS_OF)
    return Overview(
        meetings=counts.meetings,
        runs_alive=counts.alive,
        runs_waiting=counts.waiting,
        unread_errors=counts.errors,
        queues=queues.queues,
        checks=services.checks,
        last_sweep=next((each.last for each in services.schedules if each.name == "sweep"), None),
        holds=counts.holds,
        advice=(*on_counts(counts), *queues.advice, *services.advice),
    )


@dataclass(frozen=True)
class Counts:
    """Counts from the database: meetings by status, living runs, those that wait, errors by code, legal holds.

    ``beyond_help`` counts the failed meetings that no retry can help.
    """

    meetings: dict[str, int] = field(default_factory=dict)
    alive: int = 0
    waiting: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    holds: int = 0
    beyond_help: int = 0


def count(session: Session, *, since: datetime) -> Counts:
    """Count everything once; errors are the unread ones, from ``since`` on."""
    meetings = session.execute(select(Meeting.status, func.count().label("n")).group_by(Meeting.status))
    alive, waiting = session.execute(
        select(func.count(), func.count(ProcessingRun.waiting_reason)).where(ProcessingRun.status.in_(ALIVE))
    ).one()
    errors = session.execute(
        select(ProcessingError.code, func.count().label("n"))
        .where(ProcessingError.is_read.is_(False), ProcessingError.occurred_at > since)
        .group_by(ProcessingError.code)
    )
    return Counts(
        meetings={row.status: row.n for row in meetings},
        alive=alive,
        waiting=waiting,
        errors={row.code: row.n for row in errors},
        holds=session.scalar(select(func.count()).select_from(LegalHold)) or 0,
        beyond_help=session.scalar(select(func.count()).select_from(failed().where(is_beyond_help()).subquery())) or 0,
    )


def on_counts(counts: Counts) -> Iterator[Advice]:
    """Yield the advice on meetings; a retry is advised only for those that it can help."""
    helped = counts.meetings.get(MeetingStatus.FAILED, 0) - counts.beyond_help
    if helped > 0:
        yield Advice(why=f"{helped} meetings have failed.", command="aam retry --failed")
    if counts.beyond_help:
        yield Advice(
            why=f"{counts.beyond_help} meetings failed by their file; upload another one, a retry cannot help."
        )
    if counts.waiting:
        yield Advice(why=f"{counts.waiting} runs wait for their budget.", command="aam cost budget")


def list_failed(session: Session, *, after: UUID | None = None) -> FailedMeetings:
    """Return meetings whose newest run failed: a page that a retry can help, oldest first, and some others.

    ``after`` is the last one of the page before; only the first page shows the newest that nothing helps.
    """
    beyond = is_beyond_help()
    page = failed().where(~beyond).order_by(Meeting.id).limit(FAILED_MOST + 1)
    lost = failed().where(beyond)
    number = session.scalar(select(func.count()).select_from(lost.subquery())) or 0
    helped = session.execute(page.where(Meeting.id > after) if after else page).all()
    others = () if after else session.execute(lost.order_by(Meeting.id.desc()).limit(LOST_MOST)).all()
    return FailedMeetings(
        meetings=(
            *(failed_meeting(*row, helps=True) for row in helped[:FAILED_MOST]),
            *(failed_meeting(*row, helps=False) for row in others),
        ),
        after=helped[FAILED_MOST - 1].id if len(helped) > FAILED_MOST else None,
        beyond_help=number,
    )


def is_beyond_help() -> ColumnElement[bool]:
    """Return the condition that a failed run failed for a reason that no retry changes."""
    return func.coalesce(ProcessingRun.failure_code, StepFailed.code).in_(codes_beyond_help())


def failed() -> Select[UUID, str, str, str | None, datetime | None]:
    """Return meetings whose newest run failed, with that run's stage, code and end; none that is being deleted."""
    later = aliased(ProcessingRun)
    return (
        select(Meeting.id, Meeting.title, ProcessingRun.stage, ProcessingRun.failure_code, ProcessingRun.finished_at)
        .join(ProcessingRun, ProcessingRun.meeting_id == Meeting.id)
        .where(
            Meeting.status == MeetingStatus.FAILED,
            ProcessingRun.status == RunStatus.FAILED,
            ~exists().where(later.meeting_id == Meeting.id, later.created_at > ProcessingRun.created_at),
            ~exists().where(MeetingTombstone.meeting_id == Meeting.id),
        )
    )


def failed_meeting(
    meeting_id: UUID, title: str, stage: str, code: str | None, finished_at: datetime | None, *, helps: bool
) -> FailedMeeting:
    """Return a line of the list."""
    code = code or StepFailed.code
    leaf = leaf_of(code)
    return FailedMeeting(
        meeting_id=meeting_id,
        title=title,
        stage=stage,
        code=code,
        sentence=leaf.sentence if leaf else "",
        helps=helps,
        finished_at=finished_at,
    )
