"""Use cases of runs: begin the run of an object that has arrived, and retry a meeting."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from aam.foundation.clock import new_id, utc_now
from aam.foundation.database import Transaction, transaction, violates
from aam.foundation.storage import media_store
from aam.pipeline.errors import NothingToRetry, RunInProgress
from aam.pipeline.executions import StartExecution, execution_name, start_execution
from aam.pipeline.models import ALIVE, ProcessingError, ProcessingRun, Stage, Trigger
from aam.store.bucket import Bucket
from aam.store.restore_marker import knows_its_objects
from aam.uploads.models import UploadBlob
from aam.uploads.schemas import ReceivedObject
from aam.uploads.status import UploadStatus
from aam.workflow.restart_point import last_run, reads_the_upload, restart_after
from aam.workflow.start import ONE_ALIVE, queue_run, start_from_notification

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SAME_ATTEMPT = "uq_processing_runs_upload_id_attempt"


def begin(received: ReceivedObject, *, delete_object: Callable[[str], None]) -> None:
    """Begin the run of one received object; ``delete_object`` is for one of a deleted meeting."""
    start_from_notification(
        received,
        correlation_id=str(new_id()),
        open_transaction=transaction,
        start_execution=start_execution,
        delete_object=delete_object,
        now=utc_now(),
    )


def begin_from_queue(received: ReceivedObject) -> None:
    """Begin the run of an object of which a message in the queue tells."""
    begin(received, delete_object=delete_late)


def delete_late(key: str) -> None:
    """Delete an object of a deleted meeting, unless a restored database may have forgotten that the meeting exists."""
    if knows_its_objects(Bucket(media_store()), open_transaction=transaction):
        media_store().delete(key)


def retry_meeting(
    *,
    meeting_id: UUID,
    bucket: str,
    correlation_id: str,
    open_transaction: Transaction,
    start_execution: StartExecution,
    require_readable: Callable[[str], None],
    trigger: Trigger = Trigger.RETRY,
    from_stage: Stage | None = None,
) -> UUID:
    """Begin the next attempt on the meeting's newest received upload; returns the run's id.

    It begins where the last attempt stopped, or at the earlier ``from_stage``, and takes over what was made before.
    ``require_readable`` is given the key of the upload where the attempt will read it.  Raises RunInProgress while a
    run is alive, NothingToRetry without a received upload, StageNotReached, and what ``require_readable`` raises.
    """
    try:
        with open_transaction() as session:
            upload = session.execute(
                select(UploadBlob)
                .where(UploadBlob.meeting_id == meeting_id, UploadBlob.status == UploadStatus.RECEIVED)
                .order_by(UploadBlob.received_at.desc())
                .limit(1)
                .with_for_update()
            ).scalar_one_or_none()
            if upload is None:
                raise NothingToRetry
            refuse_second_run(session, meeting_id)
            last = last_run(session, upload.id)
            restart = restart_after(last, from_stage)
            if reads_the_upload(upload, restart.stage):
                require_readable(upload.key)
            attempt = (last.attempt if last else 0) + 1
            version = upload.version_id or upload.etag or ""
            name = execution_name(bucket=bucket, key=upload.key, version=version, attempt=attempt)
            run = queue_run(
                session,
                upload=upload,
                attempt=attempt,
                trigger=trigger,
                name=name,
                correlation_id=correlation_id,
                restart=restart,
            )
            session.execute(
                update(ProcessingError)
                .where(ProcessingError.meeting_id == meeting_id, ProcessingError.is_read.is_(False))
                .values(is_read=True)
            )
    except IntegrityError as error:
        if violates(error, ONE_ALIVE) or violates(error, SAME_ATTEMPT):
            raise RunInProgress from None
        raise
    start_execution(run)
    return run.id


def refuse_second_run(session: Session, meeting_id: UUID) -> None:
    """Raise RunInProgress while a run is alive; the database itself refuses one that begins after this look."""
    alive = select(ProcessingRun.id).where(ProcessingRun.meeting_id == meeting_id, ProcessingRun.status.in_(ALIVE))
    if session.scalar(alive) is not None:
        raise RunInProgress
