"""Read the progress of a meeting's processing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Select, select

from aam.costs.ledger import costs_of_meeting, meeting_cost
from aam.costs.schemas import MeetingCost
from aam.foundation.schemas import View
from aam.meetings.schemas import MeetingView
from aam.meetings.status import MeetingStatus
from aam.pipeline.errors import RunInProgress
from aam.pipeline.models import ProcessingError, ProcessingRun, RunStatus, Stage, WaitingReason
from aam.pipeline.stages import DONE_AT
from aam.pipeline.termination import living_run

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ERRORS_SHOWN = 20

SETTLED = {
    RunStatus.SUCCEEDED: MeetingStatus.REVIEW,
    RunStatus.FAILED: MeetingStatus.FAILED,
    RunStatus.CANCELLED: MeetingStatus.CANCELLED,
}


class StageTiming(View):
    """Start of a stage, and its duration in seconds once the next one began."""

    stage: Stage
    started_at: datetime
    seconds: float | None


class Timings(View):
    """The moments of the latest run."""

    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    stages: tuple[StageTiming, ...]


class ErrorView(View):
    """Something that went wrong, with a sentence for people."""

    id: UUID
    stage: str
    code: str
    message: str
    occurred_at: datetime
    is_read: bool


class Progress(View):
    """Progress of the latest run; without a run there is no stage and nothing done.

    ``waiting_reason`` says why a queued run is not begun, and so what has to change.
    """

    run_id: UUID | None = None
    run_status: RunStatus | None = None
    attempt: int | None = None
    stage: Stage | None = None
    progress: int = 0
    waiting_reason: WaitingReason | None = None
    cost: MeetingCost = MeetingCost()
    timings: Timings | None = None
    errors: tuple[ErrorView, ...] = ()


class MeetingDetails(MeetingView, Progress):
    """A meeting with all its people and how far its processing has come (percent)."""


def read_progress(session: Session, meeting_id: UUID) -> Progress:
    """Return the latest run, the costs of all runs, and the newest errors of a meeting, in two statements."""
    costs = costs_of_meeting(meeting_id, run_id=ProcessingRun.id)
    found = session.execute(newest_run(meeting_id).add_columns(costs)).one_or_none()
    errors = session.scalars(
        select(ProcessingError)
        .where(ProcessingError.meeting_id == meeting_id)
        .order_by(ProcessingError.occurred_at.desc())
        .limit(ERRORS_SHOWN)
    )
    shown = tuple(ErrorView.model_validate(error) for error in errors)
    if found is None:
        return Progress(errors=shown)
    run, booked = found
    return Progress(
        run_id=run.id,
        run_status=RunStatus(run.status),
        attempt=run.attempt,
        stage=Stage(run.stage),
        progress=100 if run.status == RunStatus.SUCCEEDED else DONE_AT[Stage(run.stage)],
        waiting_reason=WaitingReason(run.waiting_reason) if run.waiting_reason else None,
        cost=meeting_cost(booked),
        timings=timings_of(run),
        errors=shown,
    )


def latest_run(session: Session, meeting_id: UUID) -> ProcessingRun | None:
    """Return the meeting's newest run, or None."""
    return session.scalars(newest_run(meeting_id)).one_or_none()


def newest_run(meeting_id: UUID) -> Select[ProcessingRun]:
    """Return the statement that finds the meeting's newest run."""
    return (
        select(ProcessingRun)
        .where(ProcessingRun.meeting_id == meeting_id)
        .order_by(ProcessingRun.created_at.desc(), ProcessingRun.id.desc())
        .limit(1)
    )


def timings_of(run: ProcessingRun) -> Timings:
    """Return the moments of a run; a stage ends when the next begins, the last one when the run does."""
    begun = sorted((datetime.fromisoformat(moment), Stage(stage)) for stage, moment in run.stage_started.items())
    ends = [*(moment for moment, _ in begun[1:]), run.finished_at]
    stages = tuple(
        StageTiming(
            stage=stage,
            started_at=moment,
            seconds=round((end - moment).total_seconds(), 3) if end is not None else None,
        )
        for (moment, stage), end in zip(begun, ends, strict=False)
    )
    return Timings(queued_at=run.created_at, started_at=run.started_at, finished_at=run.finished_at, stages=stages)


def meeting_details(meeting: MeetingView, progress: Progress) -> MeetingDetails:
    """Return the meeting together with its progress."""
    return MeetingDetails(**dict(meeting), **dict(progress))


def refuse_while_running(session: Session, meeting_id: UUID) -> None:
    """Raise RunInProgress while a run of the meeting is queued or running."""
    if living_run(session, meeting_id) is not None:
        raise RunInProgress


def settled_status(session: Session, meeting_id: UUID) -> MeetingStatus:
    """Return the status that the meeting has by its latest run, when nothing is being uploaded."""
    run = latest_run(session, meeting_id)
    return MeetingStatus.CREATED if run is None else SETTLED.get(RunStatus(run.status), MeetingStatus.QUEUED)
