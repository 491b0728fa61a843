"""After a restore: rows and objects side by side, and what the database does not know moves into quarantine.

An object that is younger than the backup may be somebody's recording whose row the restore has lost.  Under
``quarantine/`` no cleanup looks for its row; it goes by the policy's age, and can be had back until then.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aam.backups.copies import copy
from aam.backups.dependencies import RestoreDeps, counted
from aam.backups.errors import (
    NoMeetingForIt,
    NothingToReconcile,
    NotInQuarantine,
    NotReleasable,
    PointInFuture,
    RestoreUnfinished,
    RestoreWaits,
)
from aam.backups.manifest import COPIES
from aam.backups.restore import follow_up, is_loaded
from aam.deletion.models import MeetingTombstone
from aam.foundation.clock import new_id
from aam.foundation.deadline import HasTime
from aam.foundation.schemas import Value
from aam.foundation.storage import ObjectMissing, translated
from aam.meetings.models import Meeting
from aam.retention.integrity import Integrity, check, having_rows
from aam.store import identity
from aam.store.bucket import BATCH, Bucket, Stored, batched
from aam.store.layout import QUARANTINE
from aam.store.maintenance_log import note
from aam.store.models import Level
from aam.store.restore_marker import RestoreMarker, RestoreState, read_marker, write_marker
from aam.uploads.models import UploadBlob
from aam.uploads.names import object_key
from aam.uploads.status import UploadStatus
from aam.uploads.subject import DERIVED, UPLOADED, Subject, place_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

RECOVERED = "recovered"
"""Stands for a backup's name where the database was recovered by other means."""

CLOCKS_DIFFER = timedelta(minutes=5)
"""By how much the store's clock and the database's may disagree."""


class ReconcileReport(Value):
    """Mismatches that were found; ``finished`` false: time ran out, another call continues.

    ``quarantined`` counts objects that no row knows and that are younger than the restored moment.
    """

    point: datetime
    quarantined: int
    quarantined_bytes: int
    changed: dict[str, int]
    integrity: Integrity | None
    finished: bool


class CopyBackReport(Value):
    """Count of the lost objects that were copied back; ``finished`` false: time ran out."""

    brought_back: int
    finished: bool


class ReleaseReport(Value):
    """The upload that a quarantined recording has become."""

    meeting_id: UUID
    upload_id: UUID


def reconcile(*, point: datetime | None, deps: RestoreDeps, has_time: HasTime) -> ReconcileReport:
    """Compare rows and objects, so that cleanups may act again.

    ``point`` is needed after a recovery by other means, such as to a point in time.  Raises NothingToReconcile,
    PointInFuture, RestoreWaits, RestoreUnfinished, WrongStore, StorageUnavailable.
    """
    marked = read_marker(deps.bucket)
    if point is not None:
        marked = record_recovery(point, marked, deps=deps)
    elif marked is None or marked.state is RestoreState.SETTLED:
        raise NothingToReconcile
    if not is_loaded(marked.store_id, deps=deps):
        raise RestoreUnfinished
    steps = follow_up(marked, deps=deps, has_time=has_time)
    moved = quarantine(marked.point - CLOCKS_DIFFER, deps=deps, has_time=has_time)
    finished = all(step.finished for step in steps.values()) and has_time()
    if finished:
        write_marker(deps.bucket, marked.model_copy(update={"state": RestoreState.SETTLED}))
        with deps.open_transaction() as session:
            note(session, Level.WARNING, "restore", "reconciled", backup=marked.backup, quarantined=len(moved))
    return ReconcileReport(
        point=marked.point,
        quarantined=len(moved),
        quarantined_bytes=sum(moved),
        changed=counted(steps),
        integrity=check(deps=deps) if finished else None,
        finished=finished,
    )


def record_recovery(point: datetime, before: RestoreMarker | None, *, deps: RestoreDeps) -> RestoreMarker:
    """Record a recovery by other means in the bucket before anything is done, and return the record.

    It never takes the place of a restore's own that waits, nor of its like with an earlier moment: what arrived between
    both would be taken for rubbish.
    """
    if point > deps.clock():
        raise PointInFuture
    waits = before is not None and before.state is not RestoreState.SETTLED
    if before is not None and waits and (before.backup != RECOVERED or point > before.point):
        raise RestoreWaits
    with deps.open_transaction() as session:
        identity.require_match(session, deps.bucket)
        ours = identity.store_id(session)
    marked = RestoreMarker(backup=RECOVERED, point=point, store_id=ours, state=RestoreState.RESTORED)
    write_marker(deps.bucket, marked)
    return marked


def quarantine(since: datetime, *, deps: RestoreDeps, has_time: HasTime) -> list[int]:
    """Move objects that no row knows and that were written since a moment; the size of each."""
    moved: list[int] = []
    for prefix in (UPLOADED, DERIVED):
        with deps.open_statements() as session:
            listed = (each for each in deps.bucket.versions(prefix) if each.modified >= since)
            strays = (each for batch in batched(listed, BATCH) for each in objects_without_row(session, prefix, batch))
            for each in strays:
                if not has_time():
                    return moved
                move(each.key, f"{QUARANTINE}{each.key}", size=each.size, deps=deps)
                moved.append(each.size)
    return moved


def objects_without_row(session: Session, prefix: str, batch: list[Stored]) -> list[Stored]:
    """Return the objects without a row; a deleted meeting's are not among them, its cleanup takes them."""
    known = having_rows(session, prefix, batch)
    meetings = {place.meeting_id for each in batch if (place := place_of(each.key)).meeting_id}
    deleted = set(session.scalars(select(MeetingTombstone.meeting_id).where(MeetingTombstone.meeting_id.in_(meetings))))
    return [each for each in batch if each.key not in known and place_of(each.key).meeting_id not in deleted]


def move(key: str, to: str, *, size: int, deps: RestoreDeps) -> None:
    """Copy an object within its bucket, then delete where it was; repeated, it does what is left of it."""
    store = deps.bucket.store
    try:
        copy(store, key, store, to, size=size)
    except ObjectMissing:
        return
    store.delete(key)


def copy_back(*, deps: RestoreDeps, has_time: HasTime) -> CopyBackReport:
    """Copy back the objects that rows want, the store lost, and the backups still have; raises StorageUnavailable."""
    back = 0
    for prefix in (UPLOADED, DERIVED):
        with deps.open_statements() as session:
            for batch in batched(lost_objects(deps, prefix), BATCH):
                wanted = having_rows(session, prefix, [kept for kept, _ in batch])
                for kept, version in batch:
                    if kept.key not in wanted:
                        continue
                    if not has_time():
                        return CopyBackReport(brought_back=back, finished=False)
                    source = f"{COPIES}{kept.key}"
                    copy(deps.backups, source, deps.bucket.store, kept.key, size=kept.size, version=version)
                    back += 1
    return CopyBackReport(brought_back=back, finished=True)


def lost_objects(deps: RestoreDeps, prefix: str) -> Iterator[tuple[Stored, str | None]]:
    """Yield the objects that only the backups still have, each with its version where that is not the newest.

    Copies that a backup has counted as gone are among them.
    """
    present = deps.bucket.current(prefix)
    there = next(present, None)
    for of_key in Bucket(deps.backups).histories(f"{COPIES}{prefix}"):
        kept = next((each for each in of_key if each.size is not None), None)
        if kept is None:
            continue
        key = kept.key.removeprefix(COPIES)
        while there is not None and there.key.encode() < key.encode():
            there = next(present, None)
        if there is None or there.key != key:
            yield Stored(key, kept.version, kept.size or 0, kept.modified), None if kept.newest else kept.version


def release(key: str, *, meeting_id: UUID | None, deps: RestoreDeps) -> ReleaseReport:
    """Make a quarantined recording an upload of its meeting, or of another one; it is processed like any upload.

    Raises NotInQuarantine, NotReleasable, NoMeetingForIt, StorageUnavailable.
    """
    plain = key.removeprefix(QUARANTINE)
    if not plain.startswith(UPLOADED):
        raise NotReleasable
    source = f"{QUARANTINE}{plain}"
    try:
        with translated():
            head = deps.bucket.store.client.head_object(Bucket=deps.bucket.store.bucket, Key=source)
    except ObjectMissing:
        raise NotInQuarantine from None
    size, filename = int(head["ContentLength"]), plain.rpartition("/")[2].partition("_")[2] or "recording"
    wanted = meeting_id or place_of(plain).meeting_id
    with deps.open_transaction() as session:
        meeting = session.get(Meeting, wanted) if wanted else None
        if meeting is None:
            raise NoMeetingForIt
        to = object_key(Subject(meeting.id), filename=filename, now=deps.clock())
        upload = UploadBlob(
            id=new_id(),
            organization_id=meeting.organization_id,
            meeting_id=meeting.id,
            created_by=meeting.owner_id,
            key=to,
            filename=filename,
            content_type=head.get("ContentType", "application/octet-stream"),
            size_bytes=size,
            status=UploadStatus.PENDING,
        )
        session.add(upload)
    move(source, to, size=size, deps=deps)
    return ReleaseReport(meeting_id=upload.meeting_id, upload_id=upload.id)
