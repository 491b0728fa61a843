"""Single rows of a meeting as they are told, with what the store, the workflow service and the workers know of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from aam.foundation.errors import AppError
from aam.operations.dependencies import OperationsDeps
from aam.operations.schemas import RunFacts, TaskFacts, UploadFacts
from aam.pipeline.executions import LookUpExecution
from aam.pipeline.models import ALIVE, ProcessingRun, Stage
from aam.pipeline.progress import timings_of
from aam.uploads.archive import storage_state
from aam.uploads.models import UploadBlob
from aam.uploads.status import UploadStatus
from aam.vendor_limits.task_claims import Record, StageName, TaskClaims
from aam.vendor_limits.task_claims import Stage as PaidStage

PAID: tuple[tuple[Stage, StageName], ...] = (
    (Stage.TRANSCRIBE, "transcription"),
    (Stage.WRITE_ARTIFACTS, "artifacts"),
    (Stage.CONFIRM_MEANING, "meaning"),
)


def upload_facts(row: UploadBlob, *, newest: bool, deps: OperationsDeps) -> UploadFacts:
    """Return an upload; the store is asked about the newest received one only."""
    reach = None
    if newest and row.status == UploadStatus.RECEIVED:
        try:
            reach = storage_state(row.key, store=deps.store)
        except AppError:
            reach = None
    return UploadFacts(
        id=row.id,
        filename=row.filename,
        content_type=row.content_type,
        size_bytes=row.size_bytes,
        status=row.status,
        in_parts=row.multipart_id is not None,
        created_at=row.created_at,
        received_at=row.received_at,
        reach=reach,
    )


def run_facts(row: ProcessingRun, *, newest: bool, deps: OperationsDeps, now: datetime) -> RunFacts:
    """Return a run with the state of its execution and its vendor tasks; for old runs neither is asked."""
    timings = timings_of(row)
    return RunFacts(
        id=row.id,
        attempt=row.attempt,
        trigger=row.trigger,
        status=row.status,
        stage=row.stage,
        from_stage=row.from_stage,
        took_over=row.takes_over_id,
        failure_code=row.failure_code,
        waiting_reason=row.waiting_reason,
        resumptions=row.resumptions,
        correlation_id=row.correlation_id,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        stages=timings.stages,
        execution=execution_of(row, deps.look_up) if newest else None,
        tasks=tuple(tasks_of(row, deps=deps, now=now)) if newest else (),
    )


def execution_of(row: ProcessingRun, look_up: LookUpExecution) -> str | None:
    """Return whether the run's execution runs; None where it has none or its state is unknown."""
    if not row.execution_arn:
        return None
    try:
        return look_up(row.execution_arn)
    except AppError:
        return None


def tasks_of(row: ProcessingRun, *, deps: OperationsDeps, now: datetime) -> Iterator[TaskFacts]:
    """Yield the vendors' stages that the run has begun."""
    claims = TaskClaims(deps.table)
    for stage, name in PAID:
        if stage.value not in row.stage_started:
            continue
        try:
            record = claims.read(PaidStage(row.id, name))
        except AppError:
            continue
        if record == Record() and row.status not in ALIVE:
            continue
        yield TaskFacts(
            stage=stage,
            state=state_of(record, at=now.timestamp()),
            deaths=record.deaths,
            faults=record.faults,
            submissions=record.submissions,
            failed=record.failed,
            answer_by=datetime.fromtimestamp(record.answer_by, UTC) if record.answer_by else None,
        )


def state_of(record: Record, *, at: float) -> str:
    """Return a stage's record in words."""
    if record.over:
        return "answered" if record.answered else "failed"
    if record.deadline > at:
        return "worked on"
    if record.answer_by > at:
        return "waits for an answer"
    return "waits in its queue" if record != Record() else "unclaimed"
