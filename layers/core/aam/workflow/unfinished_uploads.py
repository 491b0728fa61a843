"""Unfinished uploads: start the runs of those that arrived without notification, and expire the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Row, and_, exists, or_, select

from aam.foundation.clock import new_id
from aam.foundation.database import Transaction
from aam.foundation.observability import logger
from aam.foundation.paging import PagedSweep, one_by_one
from aam.foundation.storage import ObjectMissing, translated
from aam.meetings.models import Meeting
from aam.meetings.status import MeetingStatus
from aam.pipeline.models import ProcessingError
from aam.pipeline.progress import settled_status
from aam.uploads.errors import UploadNeverFinished
from aam.uploads.models import UploadBlob
from aam.uploads.schemas import ReceivedObject
from aam.uploads.status import UploadStatus
from aam.uploads.store import UploadStore

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

PUT_ENDS = timedelta(hours=2)
"""A single PUT must begin within its URL's 15 minutes; 100 MB then need no more than this at 120 kbit/s."""

PARTS_END = timedelta(days=1)
"""As long as the bucket's lifecycle lets an upload in parts stand."""

STAGE = "upload"
"""Where errors stand that belong to no stage of a run."""

Begin = Callable[[ReceivedObject], object]


def end_unfinished_uploads(
    *, store: UploadStore, open_transaction: Transaction, paging: PagedSweep, begin: Begin, now: datetime
) -> int:
    """Begin what has arrived without a word of the store's, and give up what never came; says how many of both.

    One whose object the store cannot be asked about is left for the next round.  Raises as `PagedSweep.run` does.
    """
    over = or_(
        and_(UploadBlob.multipart_id.is_(None), UploadBlob.created_at < now - PUT_ENDS),
        UploadBlob.created_at < now - PARTS_END,
    )

    def pending(after: UUID, most: int) -> Sequence[Row[UUID]]:
        with open_transaction() as session:
            return session.execute(
                select(UploadBlob.id)
                .where(UploadBlob.status == UploadStatus.PENDING, over)
                .order_by(UploadBlob.id <= after, UploadBlob.id)
                .limit(most)
            ).all()

    def end(upload: Row[UUID]) -> bool:
        return end_one(upload.id, store=store, open_transaction=open_transaction, begin=begin, now=now)

    return paging.run("unfinished", pending, end)


def begin_arrived_uploads(*, store: UploadStore, open_transaction: Transaction, begin: Begin) -> int:
    """Begin each pending upload whose object is there, after a restart that lost every notification; returns how many.

    All others keep their time: their URLs are still good.  Raises as `one_by_one` does.
    """
    with open_transaction() as session:
        pending = session.execute(
            select(UploadBlob.id, UploadBlob.key, UploadBlob.size_bytes)
            .where(UploadBlob.status == UploadStatus.PENDING)
            .order_by(UploadBlob.id)
        ).all()

    def begin_if_arrived(upload: Row[UUID, str, int]) -> bool:
        arrived = received_object(upload.key, store=store)
        if arrived is None or arrived.size != upload.size_bytes:
            return False
        begin(arrived)
        return True

    begun, _ = one_by_one("arrived", pending, begin_if_arrived, has_time=lambda: True)
    return begun


def end_one(upload_id: UUID, *, store: UploadStore, open_transaction: Transaction, begin: Begin, now: datetime) -> bool:
    """Begin or give up one upload; says whether it was still pending.

    Its parts are aborted before its object is looked for: from then on nothing can complete it behind our back.
    """
    with open_transaction() as session:
        upload = session.execute(
            select(UploadBlob)
            .where(UploadBlob.id == upload_id, UploadBlob.status == UploadStatus.PENDING)
            .with_for_update(skip_locked=True)
        ).scalar_one_or_none()
        if upload is None:
            return False
        if upload.multipart_id is not None:
            store.abort(upload.key, upload.multipart_id)
        arrived = received_object(upload.key, store=store)
        if arrived is None or arrived.size != upload.size_bytes:
            give_up(session, upload, now=now)
            arrived = None
    if arrived is not None:
        logger().warning("an upload had arrived without a notification", upload_id=str(upload_id))
        begin(arrived)
    return True


def received_object(key: str, *, store: UploadStore) -> ReceivedObject | None:
    """Return the notification's content for an object, or None when there is none."""
    try:
        with translated():
            head = store.calls.head_object(Bucket=store.bucket, Key=key)
    except ObjectMissing:
        return None
    version = head.get("VersionId")
    return ReceivedObject(
        bucket=store.bucket,
        key=key,
        size=head["ContentLength"],
        etag=head["ETag"].strip('"'),
        version_id=None if version == "null" else version,
    )


def give_up(session: Session, upload: UploadBlob, *, now: datetime) -> None:
    """Mark an upload as expired, tell people, and take its meeting back to where its runs have left it.

    What still arrives by a URL given out before is deleted when its notification comes.
    """
    upload.status = UploadStatus.EXPIRED
    session.add(
        ProcessingError(
            id=new_id(),
            organization_id=upload.organization_id,
            meeting_id=upload.meeting_id,
            stage=STAGE,
            code=UploadNeverFinished.code,
            message=UploadNeverFinished.sentence,
            occurred_at=now,
        )
    )
    session.flush()
    meeting = session.get_one(Meeting, upload.meeting_id)
    waiting = session.scalar(
        select(exists().where(UploadBlob.meeting_id == upload.meeting_id, UploadBlob.status == UploadStatus.PENDING))
    )
    if meeting.status == MeetingStatus.UPLOADING and not waiting:
        meeting.status = settled_status(session, upload.meeting_id)
