"""Use case: hand out all that is kept of a client, a user, or a participant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select

from aam.clients.models import Client
from aam.data_export.errors import ExportTooLarge, SubjectUnknown
from aam.data_export.meetings import add_meeting
from aam.data_export.packing import Archive
from aam.data_export.participants import directory_entry, meetings_with, part_in
from aam.data_export.rows import Row, tables_of_client, tables_of_user
from aam.data_export.schemas import Exported, ExportRequest, LeftOut, Subject
from aam.foundation.clock import Clock, new_id, utc_now
from aam.foundation.database import Transaction, transaction
from aam.foundation.deadline import HasTime
from aam.foundation.storage import ObjectStore, media_store, public_store
from aam.identity.models import User
from aam.media.s3_sink import S3PartSink
from aam.meetings.models import DirectoryParticipant, Meeting
from aam.store.maintenance_log import note
from aam.store.models import Level
from aam.uploads.models import UploadBlob
from aam.uploads.status import UploadStatus
from aam.uploads.subject import EXPORTS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

BYTES_MOST = 20 * 1024**3
"""Recordings of more bytes than this cannot be packed within a function's quarter of an hour."""

URL_LIFETIME_S = 900
MODELS = {Subject.CLIENT: Client, Subject.USER: User, Subject.PARTICIPANT: DirectoryParticipant}

WHERE_ELSE = (
    "copies in backups, earlier versions of objects, and what a restored database does not know in quarantine",
    "the certificates and the ledger of erasures, the maintenance log, tombstones: ids only",
    "what vendors keep of what they were sent",
    "hashes of passwords and tokens, names of objects and executions",
)
NEVER_IN_IT = {
    Subject.CLIENT: WHERE_ELSE,
    Subject.USER: ("meetings of others, which the user may have read or spoken in", *WHERE_ELSE),
    Subject.PARTICIPANT: (
        "recordings, derived audio and replies of engines and models: they hold others' words as well",
        "what others said or wrote of the person, and meetings where the person is not listed as a participant",
        *WHERE_ELSE,
    ),
}
"""What no export of a subject holds; its manifest says so."""


@dataclass(frozen=True)
class ExportDeps:
    """The store as it is reached from inside and from outside, the database, and the time that is left."""

    store: ObjectStore
    public: ObjectStore
    open_transaction: Transaction
    clock: Clock
    has_time: HasTime


def export_deps(has_time: HasTime) -> ExportDeps:
    """Build the dependencies from the settings of the function."""
    return ExportDeps(
        store=media_store(), public=public_store(), open_transaction=transaction, clock=utc_now, has_time=has_time
    )


def export(asked: ExportRequest, *, deps: ExportDeps) -> Exported:
    """Write the zip file under ``temp/exports/``, whose objects go after a day; says where it can be fetched.

    Raises SubjectUnknown, ExportTooLarge, and passing faults; then nothing was written.
    """
    now = deps.clock()
    with deps.open_transaction() as session:
        require_subject(session, asked)
        meeting_ids = meetings_of(session, asked)
        if asked.recordings and asked.subject is not Subject.PARTICIPANT:
            refuse_too_much(session, meeting_ids)
    key = f"{EXPORTS}{asked.subject}/{asked.id}/{new_id()}.zip"
    sink = S3PartSink(deps.store.client, bucket=deps.store.bucket, key=key, content_type="application/zip")
    archive = Archive(sink, has_time=deps.has_time, now=now)
    left_out = fill(archive, asked, meeting_ids, deps=deps)
    size, sha256 = archive.close(
        {
            "made_at": now,
            "subject": asked.subject,
            "id": asked.id,
            "meetings": meeting_ids,
            "left_out": [each.model_dump() for each in left_out],
            "never_in_it": NEVER_IN_IT[asked.subject],
        }
    )
    with deps.open_transaction() as session:
        about = f"{asked.subject}:{asked.id}"
        note(session, Level.INFO, "export", "made", subject=about, members=len(archive.members), size_bytes=size)
    return Exported(
        url=deps.public.presigned_get(key, expires_s=URL_LIFETIME_S),
        sha256=sha256,
        size_bytes=size,
        members=len(archive.members),
        left_out=sum(each.what == "recording" for each in left_out),
        not_packed=sum(each.objects for each in left_out if each.what != "recording"),
    )


def require_subject(session: Session, asked: ExportRequest) -> None:
    """Raise SubjectUnknown unless there is such a one."""
    model: Any = MODELS[asked.subject]
    if session.get(model, asked.id) is None:
        raise SubjectUnknown


def meetings_of(session: Session, asked: ExportRequest) -> list[UUID]:
    """Return the meetings of an export: a client's, a user's own, or those that a participant took part in."""
    if asked.subject is Subject.PARTICIPANT:
        return meetings_with(session, asked.id)
    whose = Meeting.client_id == asked.id if asked.subject is Subject.CLIENT else Meeting.owner_id == asked.id
    return list(session.scalars(select(Meeting.id).where(whose).order_by(Meeting.id)))


def refuse_too_much(session: Session, meeting_ids: list[UUID]) -> None:
    """Raise ExportTooLarge where the recordings cannot be packed in time."""
    total = session.scalar(
        select(func.coalesce(func.sum(UploadBlob.size_bytes), 0)).where(
            UploadBlob.meeting_id.in_(meeting_ids), UploadBlob.status == UploadStatus.RECEIVED
        )
    )
    if (total or 0) > BYTES_MOST:
        raise ExportTooLarge


def fill(archive: Archive, asked: ExportRequest, meeting_ids: list[UUID], *, deps: ExportDeps) -> list[LeftOut]:
    """Add everything; returns what of its meetings is not in it."""
    if asked.subject is Subject.PARTICIPANT:
        add_participant(archive, asked.id, meeting_ids, deps=deps)
        return []
    tables = tables_of_client if asked.subject is Subject.CLIENT else tables_of_user
    with deps.open_transaction() as session:
        add_tables(archive, tables(session, asked.id))
    left_out: list[LeftOut] = []
    for meeting_id in meeting_ids:
        left_out += add_meeting(
            archive,
            meeting_id,
            open_transaction=deps.open_transaction,
            store=deps.store,
            recordings=asked.recordings,
        )
    return left_out


def add_tables(archive: Archive, tables: Iterable[tuple[str, list[Row]]]) -> None:
    """Add tables that have rows."""
    for table, rows in tables:
        if rows:
            archive.add_json(f"rows/{table}.json", rows)


def add_participant(archive: Archive, participant_id: UUID, meeting_ids: list[UUID], *, deps: ExportDeps) -> None:
    """Add the data kept of a participant of the directory."""
    with deps.open_transaction() as session:
        archive.add_json("rows/directory_participants.json", directory_entry(session, participant_id))
    for meeting_id in meeting_ids:
        with deps.open_transaction() as session:
            archive.add_json(f"meetings/{meeting_id}.json", part_in(session, meeting_id, participant_id))
