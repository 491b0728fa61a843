"""Fail and retry stalled runs: overdue stages, and work that was lost on its way to a worker.

A run that stalls is failed with a reason, nothing more is paid for it, its execution is stopped, and the next attempt
begins at the stage that stalled.  That is done twice for an upload; the third time the run stays failed for people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import ConfigDict
from sqlalchemy import DateTime, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from aam.foundation.aws import client
from aam.foundation.database import Transaction
from aam.foundation.errors import AppError
from aam.foundation.observability import logger
from aam.foundation.paging import PagedSweep
from aam.foundation.queues import COUNTS
from aam.foundation.schemas import Value
from aam.foundation.storage import ObjectMissing, ObjectStore
from aam.meetings.models import Meeting
from aam.meetings.status import MeetingStatus
from aam.pipeline import runs
from aam.pipeline.errors import StageOverdue, TaskLost
from aam.pipeline.executions import StopExecution
from aam.pipeline.models import ALIVE, ProcessingRun, RunStatus, Stage
from aam.pipeline.stages import LIMITS
from aam.pipeline.tasks import send_outcome
from aam.uploads.subject import Subject
from aam.vendor_limits.task_claims import Stage as PaidStage
from aam.vendor_limits.task_claims import StageName, TaskClaims

STALLS = (StageOverdue.code, TaskLost.code)
RETRIES_MOST = 2
RETRIED_WITHIN = timedelta(days=1)
"""A stalled run that could not be tried again for so long is left to people."""

SILENT_FOR = timedelta(minutes=30)
"""How long a vendor's stage may go without a worker before its queue is looked at."""

LOST_AFTER_S = 240.0
"""The queue must be found empty twice, this far apart at least: its counts are approximate."""

SEEN_FOR_S = 24 * 3600
"""How long the first of these counts: a round over thousands of runs takes hours."""

PAID = {Stage.TRANSCRIBE: "transcription", Stage.WRITE_ARTIFACTS: "artifacts"}
"""Not the second reader: where its work is lost, the state machine goes on without it within the hour."""

Revoke = Callable[[UUID], None]
Retry = Callable[[UUID], object]
IsEmpty = Callable[[StageName], bool]


@dataclass(frozen=True)
class Suspect:
    """A living run that has been in a stage for long."""

    id: UUID
    meeting_id: UUID
    stage: Stage
    resumptions: int
    execution_arn: str | None


@dataclass(frozen=True)
class Stalled:
    """A run that stalled, and was not tried again yet."""

    id: UUID
    meeting_id: UUID
    execution_arn: str | None


class _Prepared(Value):
    """Engine that recognises a recording, as far as it matters here."""

    model_config = ConfigDict(extra="ignore")

    engine: str = ""


def fail_overdue_runs(
    *, open_transaction: Transaction, paging: PagedSweep, revoke: Revoke, stop_execution: StopExecution, now: datetime
) -> int:
    """Fail the living runs whose stage takes longer than it can; says how many.  Raises as `PagedSweep.run` does."""
    before = {stage: now - limit for stage, limit in LIMITS.items()}

    def fail(run: Suspect) -> bool:
        return stall(
            run, StageOverdue(), open_transaction=open_transaction, revoke=revoke, stop=stop_execution, now=now
        )

    return paging.run("overdue", lambda after, most: in_stage_since(before, after, most, open_transaction), fail)


def settle_silent_tasks(
    *,
    open_transaction: Transaction,
    paging: PagedSweep,
    claims: TaskClaims,
    store: ObjectStore,
    is_empty: IsEmpty,
    stop_execution: StopExecution,
    now: datetime,
) -> int:
    """Answer silent task tokens: send an outcome that stands, fail a task that is in no queue any more.

    Says how many executions were told or failed.  To send again what was sent already is harmless.  Raises as
    `PagedSweep.run` does.
    """
    before = dict.fromkeys(PAID, now - SILENT_FOR)

    def settle(run: Suspect) -> bool:
        stage = PaidStage(run.id, "transcription" if run.stage is Stage.TRANSCRIBE else "artifacts")
        record = claims.read(stage)
        if record.over:
            if record.task_token:
                send_outcome(record.task_token, record)
            return bool(record.task_token)
        at = now.timestamp()
        if record.deadline > at or record.answer_by > at or not is_empty(stage.name):
            return False
        if not record.task_token and not waits_for_vendor(run, store):
            return False
        expires_at = int(at) + SEEN_FOR_S
        seen = claims.table.claim(f"silent#{stage.key}", {"at": str(at)}, expires_at=expires_at, now=int(at))
        if seen is None or at - float(seen.get("at", at)) < LOST_AFTER_S:
            return False
        return stall(
            run,
            TaskLost(),
            open_transaction=open_transaction,
            revoke=lambda run_id: claims.revoke(run_id, now=at),
            stop=stop_execution,
            now=now,
        )

    return paging.run("silent", lambda after, most: in_stage_since(before, after, most, open_transaction), settle)


def waits_for_vendor(run: Suspect, store: ObjectStore) -> bool:
    """Return whether a run that no worker ever claimed is in a vendor's hands; the offline engine has no queue."""
    if run.stage is not Stage.TRANSCRIBE:
        return True
    try:
        prepared = store.read(Subject(run.meeting_id).derived(run.id, "prepared.json"))
    except ObjectMissing:
        return False
    return _Prepared.model_validate_json(prepared).engine == "deepgram"


def retry_stalled_runs(
    *,
    open_transaction: Transaction,
    paging: PagedSweep,
    revoke: Revoke,
    stop_execution: StopExecution,
    retry: Retry,
    now: datetime,
) -> int:
    """Begin the next attempt for meetings whose newest run stalled, twice for an upload at most; says how many.

    What is left of the stalled run is put away first, so that both are never paid for at a time.  Raises as
    `PagedSweep.run` does.
    """

    def begin(run: Stalled) -> bool:
        put_away(run.id, run.execution_arn, revoke=revoke, stop=stop_execution)
        try:
            retry(run.meeting_id)
        except AppError as error:  # somebody was faster, people have to do something first, or it passes
            logger().warning("a stalled run was not tried again", run_id=str(run.id), error_code=error.code)
            return False
        return True

    return paging.run("stalled", lambda after, most: retriable(after, most, open_transaction, now=now), begin)


def in_stage_since(
    before: Mapping[Stage, datetime], after: UUID, most: int, open_transaction: Transaction
) -> tuple[Suspect, ...]:
    """Return a page of living runs whose stage began before the moment given for it; waiting runs are left out."""
    began = cast(ProcessingRun.stage_started.op("->>")(ProcessingRun.stage), DateTime(timezone=True))
    suspects = (
        select(
            ProcessingRun.id,
            ProcessingRun.meeting_id,
            ProcessingRun.stage,
            ProcessingRun.resumptions,
            ProcessingRun.execution_arn,
        )
        .where(
            ProcessingRun.status == RunStatus.RUNNING,
            ProcessingRun.waiting_reason.is_(None),
            or_(*((ProcessingRun.stage == stage) & (began < moment) for stage, moment in before.items())),
        )
        .order_by(ProcessingRun.id <= after, ProcessingRun.id)
        .limit(most)
    )
    with open_transaction() as session:
        rows = session.execute(suspects).all()
    return tuple(Suspect(row.id, row.meeting_id, Stage(row.stage), row.resumptions, row.execution_arn) for row in rows)


def stall(
    run: Suspect,
    error: AppError,
    *,
    open_transaction: Transaction,
    revoke: Revoke,
    stop: StopExecution,
    now: datetime,
) -> bool:
    """Fail a run that is still where it was seen, and put away what is left of it; says whether it was.

    The row comes first, so that the end of the execution is not taken for another failure.
    """
    with open_transaction() as session:
        same = session.execute(
            select(ProcessingRun.id)
            .where(
                ProcessingRun.id == run.id,
                ProcessingRun.status.in_(ALIVE),
                ProcessingRun.stage == run.stage,
                ProcessingRun.resumptions == run.resumptions,
            )
            .with_for_update()
        ).scalar_one_or_none()
        if same is None:
            return False
        runs.record_error(session, run_id=run.id, stage=run.stage, error=error, now=now)
        runs.end_failed(session, run_id=run.id, code=error.code, now=now)
    logger().warning("a run stalled", run_id=str(run.id), stage=run.stage, error_code=error.code)
    put_away(run.id, run.execution_arn, revoke=revoke, stop=stop)
    return True


def put_away(run_id: UUID, execution_arn: str | None, *, revoke: Revoke, stop: StopExecution) -> None:
    """Keep a run's workers from paying, and stop its execution; harmless when repeated."""
    revoke(run_id)
    if execution_arn:
        stop(execution_arn)


def retriable(after: UUID, most: int, open_transaction: Transaction, *, now: datetime) -> tuple[Stalled, ...]:
    """Return a page of runs to retry: newest of their meeting, stalled lately, of uploads that stalled seldom."""
    later, other = aliased(ProcessingRun), aliased(ProcessingRun)
    stalls = (
        select(func.count())
        .where(other.upload_id == ProcessingRun.upload_id, other.failure_code.in_(STALLS))
        .scalar_subquery()
    )
    found = (
        select(ProcessingRun.id, ProcessingRun.meeting_id, ProcessingRun.execution_arn)
        .join(Meeting, Meeting.id == ProcessingRun.meeting_id)
        .where(
            Meeting.status == MeetingStatus.FAILED,
            ProcessingRun.status == RunStatus.FAILED,
            ProcessingRun.failure_code.in_(STALLS),
            ProcessingRun.finished_at > now - RETRIED_WITHIN,
            ~exists().where(later.meeting_id == ProcessingRun.meeting_id, later.created_at > ProcessingRun.created_at),
            stalls <= RETRIES_MOST,
        )
        .order_by(ProcessingRun.id <= after, ProcessingRun.id)
        .limit(most)
    )
    with open_transaction() as session:
        return tuple(Stalled(row.id, row.meeting_id, row.execution_arn) for row in session.execute(found))


def emptiness(urls: Mapping[StageName, str]) -> IsEmpty:
    """Return a function that tells whether a stage's queue is empty, hidden messages included; asks all queues once."""
    known: dict[StageName, bool] = {}

    def is_empty(stage: StageName) -> bool:
        if not known:
            for name, url in urls.items():
                told = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=list(COUNTS))["Attributes"]
                known[name] = not any(int(told.get(count, 0)) for count in COUNTS)
        return known[stage]

    return is_empty
