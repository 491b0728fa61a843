"""Use cases: begin an upload, sign its parts, look at it, complete it, give it up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import exists, select

from aam.foundation.clock import new_id
from aam.identity.schemas import Caller
from aam.meetings.errors import OwnerOnly
from aam.meetings.models import Meeting
from aam.meetings.permissions import own_meeting, within_reach
from aam.meetings.status import MeetingStatus
from aam.uploads.errors import BadParts, NotMultipart, PartsMissing, UploadNotFound, UploadOver
from aam.uploads.facts import known_kind, language_found
from aam.uploads.models import UploadBlob
from aam.uploads.names import object_key
from aam.uploads.rules import UploadRules, check, check_part, part_bytes, plan
from aam.uploads.schemas import NewUpload, ReceivedPart, SignedParts, UploadView, WantedParts
from aam.uploads.status import UploadStatus
from aam.uploads.store import UploadStore, received
from aam.uploads.subject import Subject

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

RefuseWhileRunning = Callable[["Session", UUID], None]
"""Raises when a run of the meeting is alive; runs belong to a higher context, which passes it in."""

SettledStatus = Callable[["Session", UUID], MeetingStatus]
"""The status that a meeting has by its past runs, when nothing is being uploaded."""

MISSING_NAMED = 10


def begin_upload(
    session: Session,
    new: NewUpload,
    *,
    meeting_id: UUID,
    caller: Caller,
    rules: UploadRules,
    store: UploadStore,
    refuse_while_running: RefuseWhileRunning,
    now: datetime,
) -> UploadView:
    """Begin an upload and set the meeting to ``uploading``; returns the signed PUT, or how to cut the parts.

    Raises MeetingNotFound, OwnerOnly, UploadTooLarge, UnsupportedMediaType, StorageUnavailable, and what
    ``refuse_while_running`` raises.
    """
    meeting = own_meeting(session, meeting_id, caller=caller)
    in_parts = check(new, rules)
    refuse_while_running(session, meeting_id)
    key = object_key(Subject(meeting_id), filename=new.filename, now=now)
    upload = UploadBlob(
        id=new_id(),
        organization_id=caller.organization_id,
        meeting_id=meeting_id,
        created_by=caller.user_id,
        key=key,
        filename=new.filename.replace("\0", ""),
        content_type=new.content_type,
        size_bytes=new.size,
        status=UploadStatus.PENDING,
        multipart_id=store.begin_multipart(key, content_type=new.content_type) if in_parts else None,
        part_size_bytes=part_bytes(new.size) if in_parts else None,
    )
    meeting.status = MeetingStatus.UPLOADING
    session.add(upload)
    session.flush()
    return begun(upload, store=store)


def begun(upload: UploadBlob, *, store: UploadStore) -> UploadView:
    """Return a new upload as its caller sees it: with the signed PUT where it is a single one that still waits."""
    single = upload.multipart_id is None and upload.status == UploadStatus.PENDING
    put = store.sign_put(upload.key, size=upload.size_bytes, content_type=upload.content_type) if single else None
    return view(upload).model_copy(update={"put": put})


def view(upload: UploadBlob, parts: tuple[ReceivedPart, ...] = ()) -> UploadView:
    """Return an upload as the API shows it, without any means to write."""
    return UploadView(
        id=upload.id,
        meeting_id=upload.meeting_id,
        status=UploadStatus(upload.status),
        filename=upload.filename,
        content_type=upload.content_type,
        size=upload.size_bytes,
        parts=plan(upload.size_bytes, upload.part_size_bytes) if upload.part_size_bytes else None,
        parts_received=parts,
        created_at=upload.created_at,
        received_at=upload.received_at,
        kind=known_kind(upload),
        language=language_found(upload),
    )


def reach_upload(session: Session, upload_id: UUID, *, caller: Caller, lock: bool = False) -> UploadBlob:
    """Return the upload of a meeting that the caller may see; raises UploadNotFound."""
    wanted = (
        select(UploadBlob)
        .join(Meeting, Meeting.id == UploadBlob.meeting_id)
        .where(UploadBlob.id == upload_id, within_reach(caller))
    )
    upload = session.scalars(wanted.with_for_update(of=UploadBlob) if lock else wanted).one_or_none()
    if upload is None:
        raise UploadNotFound
    return upload


def own_upload(session: Session, upload_id: UUID, *, caller: Caller, lock: bool = False) -> UploadBlob:
    """Return the upload of a meeting that the caller owns; raises UploadNotFound, and OwnerOnly for viewers."""
    upload = reach_upload(session, upload_id, caller=caller, lock=lock)
    owner = session.scalar(select(Meeting.owner_id).where(Meeting.id == upload.meeting_id))
    if owner != caller.user_id:
        raise OwnerOnly
    return upload


def sign_parts(upload: UploadBlob, wanted: WantedParts, *, store: UploadStore) -> SignedParts:
    """Return URLs for these parts; raises NotMultipart, UploadOver, BadParts."""
    multipart_id, part_size = parts_of(upload)
    if upload.status != UploadStatus.PENDING:
        raise UploadOver
    if len({part.part_number for part in wanted.parts}) != len(wanted.parts):
        raise BadParts("A part_number stands twice; ask for each part once.")
    for part in wanted.parts:
        check_part(part, size=upload.size_bytes, part_size=part_size)
    return SignedParts(parts=tuple(store.sign_part(upload.key, multipart_id, part) for part in wanted.parts))


def parts_of(upload: UploadBlob) -> tuple[str, int]:
    """Return the multipart id and the part size; raises NotMultipart."""
    if upload.multipart_id is None or upload.part_size_bytes is None:
        raise NotMultipart
    return upload.multipart_id, upload.part_size_bytes


def look_at_upload(upload: UploadBlob, *, store: UploadStore) -> UploadView:
    """Return an upload with the parts that have arrived, so that a client can continue."""
    if upload.status != UploadStatus.PENDING or upload.multipart_id is None:
        return view(upload)
    parts = store.parts(upload.key, upload.multipart_id)
    if parts is None and arrived_whole(upload, store):
        return as_received(upload)
    return view(upload, tuple(received(part) for part in parts or ()))


def complete_upload(upload: UploadBlob, *, store: UploadStore) -> UploadView:
    """Put the parts together; a second call, or one after we died half-way, finds the object and is content.

    The row itself changes when the store's notification comes, which is also what begins the processing.  Raises
    NotMultipart, UploadOver, PartsMissing.
    """
    multipart_id, part_size = parts_of(upload)
    if upload.status == UploadStatus.RECEIVED:
        return view(upload)
    if upload.status == UploadStatus.ABORTED:
        raise UploadOver
    parts = store.parts(upload.key, multipart_id)
    if parts is not None:
        require_all(parts, size=upload.size_bytes, part_size=part_size)
        store.complete(upload.key, multipart_id, parts)
    if not arrived_whole(upload, store):
        raise UploadOver
    return as_received(upload)


def require_all(parts: tuple[dict[str, Any], ...], *, size: int, part_size: int) -> None:
    """Raise PartsMissing, naming the first few, unless every part is there."""
    there = {part["PartNumber"] for part in parts}
    missing = [number for number in range(1, plan(size, part_size).part_count + 1) if number not in there]
    if missing:
        named = ", ".join(map(str, missing[:MISSING_NAMED]))
        more = f" and {len(missing) - MISSING_NAMED} more" if len(missing) > MISSING_NAMED else ""
        raise PartsMissing(f"These parts have not arrived: {named}{more}.")


def arrived_whole(upload: UploadBlob, store: UploadStore) -> bool:
    """Return whether the store has the object in the announced size."""
    return store.size(upload.key) == upload.size_bytes


def as_received(upload: UploadBlob) -> UploadView:
    """Return the upload as the store knows it already, although its notification is still on the way."""
    return view(upload).model_copy(update={"status": UploadStatus.RECEIVED})


def give_up_upload(
    session: Session, upload_id: UUID, *, caller: Caller, store: UploadStore, settled_status: SettledStatus
) -> None:
    """Give an upload up and free what it took; a second call changes nothing.

    What still comes by a URL given out before is deleted when its notification arrives.  Raises UploadNotFound,
    OwnerOnly, UploadOver for an upload that was received.
    """
    upload = own_upload(session, upload_id, caller=caller, lock=True)
    if upload.status == UploadStatus.RECEIVED:
        raise UploadOver("This recording was received; delete its meeting to delete it.")
    upload.status = UploadStatus.ABORTED
    session.flush()
    if upload.multipart_id is not None:
        store.abort(upload.key, upload.multipart_id)
    store.delete(upload.key)
    meeting = session.get_one(Meeting, upload.meeting_id)
    waiting = session.scalar(
        select(exists().where(UploadBlob.meeting_id == upload.meeting_id, UploadBlob.status == UploadStatus.PENDING))
    )
    if meeting.status == MeetingStatus.UPLOADING and not waiting:
        meeting.status = settled_status(session, upload.meeting_id)
