"""Delete one meeting at once, as its owner asks; erasure and cleanups take the same steps in bulk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aam.deletion import rows
from aam.deletion.errors import OnLegalHold
from aam.deletion.tombstones import place_tombstones, stop_runs
from aam.foundation.database import Transaction
from aam.foundation.storage import StorageUnavailable
from aam.meetings.models import Meeting
from aam.store.bucket import Bucket
from aam.uploads.models import UploadBlob
from aam.uploads.subject import Subject

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def delete_meeting(
    meeting_id: UUID,
    *,
    bucket: Bucket,
    open_transaction: Transaction,
    revoke: Callable[[UUID], None],
    stop_execution: Callable[[str], None],
    now: datetime,
) -> int:
    """Delete a meeting: tombstone, its run, its uploads in parts, its objects, its rows; return how many objects went.

    May be killed anywhere and called again.  Raises OnLegalHold, ExecutionsUnavailable, and StorageUnavailable when an
    object would not go; the rows then stay.
    """
    with open_transaction() as session:
        marked = place_tombstones(session, [meeting_id], now=now)
        if not marked:
            if session.get(Meeting, meeting_id) is not None:
                raise OnLegalHold
            return 0
        stopped = stop_runs(session, marked, now=now)
        parts = open_parts(session, meeting_id)
    for run_id, execution_arn in stopped:
        revoke(run_id)  # nothing more is paid for it
        if execution_arn:
            stop_execution(execution_arn)
    for key, multipart_id in parts:
        bucket.abort(key, multipart_id)
    count = empty(meeting_id, bucket=bucket)
    with open_transaction() as session:
        rows.delete(session, "meetings", [meeting_id], now=now)
    return count + empty(meeting_id, bucket=bucket)  # a step that was at work may have written once more


def open_parts(session: Session, meeting_id: UUID) -> tuple[tuple[str, str], ...]:
    """Return keys and ids of the meeting's multipart uploads, whatever their state."""
    found = session.execute(
        select(UploadBlob.key, UploadBlob.multipart_id).where(
            UploadBlob.meeting_id == meeting_id, UploadBlob.multipart_id.is_not(None)
        )
    )
    return tuple((row.key, row.multipart_id) for row in found)


def empty(meeting_id: UUID, *, bucket: Bucket) -> int:
    """Delete every object of a meeting, every version, and return how many; raise StorageUnavailable if one stays."""
    count = 0
    for prefix in Subject(meeting_id).prefixes:
        gone, refused = bucket.delete_prefix(prefix)
        if refused:
            raise StorageUnavailable
        count += gone
    return count
