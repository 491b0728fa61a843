"""Use cases of repairing: try a meeting again, and bring a recording back from the archive."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aam.costs.models import CostEntry
from aam.deletion.tombstones import require_meeting
from aam.foundation.clock import new_id
from aam.operations.dependencies import OperationsDeps
from aam.operations.requests import RetryRequest
from aam.operations.schemas import Dismissed, Restored, Retried
from aam.pipeline.budget import WORKS_IN
from aam.pipeline.error_marks import mark_read
from aam.pipeline.errors import NothingToRetry
from aam.pipeline.models import ProcessingRun, Stage
from aam.pipeline.stages import ORDER
from aam.store.maintenance_log import note
from aam.store.models import Level
from aam.uploads.archive import bring_back, require_readable
from aam.uploads.models import UploadBlob
from aam.uploads.status import UploadStatus
from aam.workflow.service import retry_meeting

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def retry(asked: RetryRequest, *, deps: OperationsDeps) -> Retried:
    """Begin the next attempt; says where it begins and which vendors are asked (and paid) again.

    Raises MeetingUnknown, RunInProgress, NothingToRetry, StageNotReached, RecordingArchived, ExecutionsUnavailable.
    """
    with deps.open_transaction() as session:
        require_meeting(session, asked.meeting_id)
        before, begun = reached_before(session, asked.meeting_id)
        paid = set(session.scalars(select(CostEntry.vendor).where(CostEntry.meeting_id == asked.meeting_id)))
    run_id = retry_meeting(
        meeting_id=asked.meeting_id,
        bucket=deps.store.bucket,
        correlation_id=str(new_id()),
        open_transaction=deps.open_transaction,
        start_execution=deps.start_execution,
        require_readable=partial(require_readable, store=deps.store),
        from_stage=Stage(asked.from_stage) if asked.from_stage else None,
    )
    with deps.open_transaction() as session:
        run = session.get_one(ProcessingRun, run_id)
        again = tuple(
            vendor.value
            for vendor, stages in WORKS_IN.items()
            if vendor in paid
            and any(
                ORDER[Stage(run.from_stage)] <= ORDER[stage] < ORDER[before] for stage in begun.intersection(stages)
            )
        )
        note(session, Level.INFO, "retry", "begun", run_id=str(run_id), from_stage=run.from_stage)
        return Retried(run_id=run_id, from_stage=run.from_stage, took_over=run.takes_over_id, paid_again=again)


def dismiss(error_id: UUID, *, deps: OperationsDeps) -> Dismissed:
    """Mark an error as read; raises ErrorNotFound."""
    with deps.open_transaction() as session:
        was_read, found = mark_read(session, error_id)
        note(session, Level.INFO, "error", "dismissed", error_id=str(error_id), code=found.code)
        return Dismissed(error_id=error_id, meeting_id=found.meeting_id, code=found.code, was_read=was_read)


def reached_before(session: Session, meeting_id: UUID) -> tuple[Stage, frozenset[Stage]]:
    """Return the furthest stage that any attempt at the meeting has come to, and all stages that any has begun."""
    rows = session.execute(
        select(ProcessingRun.stage, ProcessingRun.stage_started).where(ProcessingRun.meeting_id == meeting_id)
    ).all()
    furthest = max((Stage(row.stage) for row in rows), key=ORDER.__getitem__, default=Stage.QUEUED)
    return furthest, frozenset(Stage(stage) for row in rows for stage in (*row.stage_started, row.stage))


def restore(meeting_id: UUID, *, deps: OperationsDeps) -> Restored:
    """Bring the meeting's newest recording back from the store's archive; raises MeetingUnknown, NothingToRetry."""
    with deps.open_transaction() as session:
        require_meeting(session, meeting_id)
        key = session.scalars(
            select(UploadBlob.key)
            .where(UploadBlob.meeting_id == meeting_id, UploadBlob.status == UploadStatus.RECEIVED)
            .order_by(UploadBlob.received_at.desc())
            .limit(1)
        ).one_or_none()
    if key is None:
        raise NothingToRetry
    return Restored(reach=bring_back(key, store=deps.store))
