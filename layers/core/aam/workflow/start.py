"""Start the first run of an upload from the store's notification; write the row of any run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from aam.foundation.clock import new_id
from aam.foundation.database import Transaction, violates
from aam.meetings.status import MeetingStatus
from aam.pipeline import runs
from aam.pipeline.errors import RunInProgress
from aam.pipeline.executions import StartExecution, execution_arn, execution_name
from aam.pipeline.models import ProcessingError, ProcessingRun, RunStatus, Stage, Trigger
from aam.uploads.models import UploadBlob
from aam.uploads.schemas import ReceivedObject
from aam.uploads.status import UploadStatus
from aam.workflow.restart_point import Restart

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ONE_ALIVE = "uq_processing_runs_alive_per_meeting"
OVER = (UploadStatus.ABORTED, UploadStatus.EXPIRED)
"""What arrives for such an upload is deleted."""


def start_from_notification(
    received: ReceivedObject,
    *,
    correlation_id: str,
    open_transaction: Transaction,
    start_execution: StartExecution,
    delete_object: Callable[[str], None],
    now: datetime,
) -> UUID | None:
    """Begin attempt 1 of an upload, however often and in whatever order its notification comes.

    Returns the run's id, or None where there is nothing to run: the meeting is deleted or the upload given up (then
    the object is deleted), or another run of the meeting is alive (then that is noted for people).
    """
    try:
        with open_transaction() as session:
            upload = session.execute(
                select(UploadBlob).where(UploadBlob.key == received.key).with_for_update()
            ).scalar_one_or_none()
            run = None if upload is None else first_run(session, upload, received, correlation_id, now)
    except IntegrityError as error:
        if not violates(error, ONE_ALIVE):
            raise
        with open_transaction() as session:
            note_run_in_progress(session, key=received.key, now=now)
        return None
    if upload is None or upload.status in OVER:
        delete_object(received.key)
        return None
    if run is None:
        return None
    start_execution(run)
    return run.id


def first_run(
    session: Session, upload: UploadBlob, received: ReceivedObject, correlation_id: str, now: datetime
) -> ProcessingRun | None:
    """Return the first run of an upload while it waits to be started, made when it is not there yet."""
    if upload.status in OVER:
        return None
    known = session.execute(
        select(ProcessingRun).where(ProcessingRun.upload_id == upload.id, ProcessingRun.attempt == 1)
    ).scalar_one_or_none()
    if known is not None:
        return known if known.status == RunStatus.QUEUED and known.waiting_reason is None else None
    upload.status = UploadStatus.RECEIVED
    upload.etag, upload.version_id, upload.received_at = received.etag, received.version_id, now
    return queue_run(
        session,
        upload=upload,
        attempt=1,
        trigger=Trigger.UPLOAD,
        name=execution_name(bucket=received.bucket, key=received.key, version=received.version, attempt=1),
        correlation_id=correlation_id,
    )


def queue_run(
    session: Session,
    *,
    upload: UploadBlob,
    attempt: int,
    trigger: Trigger,
    name: str,
    correlation_id: str,
    restart: Restart | None = None,
) -> ProcessingRun:
    """Write a queued run; the database refuses a second living one of the same meeting."""
    begins = restart or Restart()
    run = ProcessingRun(
        id=new_id(),
        organization_id=upload.organization_id,
        meeting_id=upload.meeting_id,
        upload_id=upload.id,
        attempt=attempt,
        trigger=trigger,
        status=RunStatus.QUEUED,
        stage=Stage.QUEUED,
        execution_name=name,
        execution_arn=execution_arn(name),
        correlation_id=correlation_id,
        from_stage=begins.stage,
        takes_over_id=begins.takes_over,
    )
    session.add(run)
    session.flush()
    runs.set_meeting_status(session, upload.meeting_id, MeetingStatus.QUEUED)
    return run


def note_run_in_progress(session: Session, *, key: str, now: datetime) -> None:
    """Tell people that an upload waits because another run of its meeting was alive."""
    upload = session.execute(select(UploadBlob).where(UploadBlob.key == key)).scalar_one_or_none()
    if upload is None or upload.status == UploadStatus.RECEIVED:
        return
    upload.status, upload.received_at = UploadStatus.RECEIVED, now
    session.add(
        ProcessingError(
            organization_id=upload.organization_id,
            meeting_id=upload.meeting_id,
            stage=Stage.QUEUED,
            code=RunInProgress.code,
            message="Another upload of this meeting was being processed; this one waits, retry when that is done.",
            occurred_at=now,
        )
    )
