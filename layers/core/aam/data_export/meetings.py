"""A meeting as an export holds it: recordings, transcripts, minutes, rows, and who had access and used it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from aam.artifacts.models import ArtifactsRow
from aam.artifacts.queries import facts_of_meeting, minutes_as_markdown, named_document
from aam.audit.queries import reads_of_meeting
from aam.data_export.packing import Archive
from aam.data_export.rows import tables_of_meeting
from aam.data_export.schemas import LeftOut
from aam.foundation.database import Transaction
from aam.foundation.storage import ObjectStore
from aam.identity.models import User
from aam.meetings.models import Meeting, MeetingParticipant, MeetingViewer
from aam.store.layout import QUARANTINE
from aam.transcription.models import TranscriptRow
from aam.transcription.queries import TranscriptFormat, exported, load_transcript
from aam.uploads.archive import storage_state
from aam.uploads.facts import brings_transcript
from aam.uploads.models import UploadBlob
from aam.uploads.names import safe_name
from aam.uploads.status import UploadStatus
from aam.uploads.subject import DERIVED, Subject

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

WHY_DERIVED = (
    "audio taken from the recording, and replies of engines and models as they came: what they say stands in "
    "transcripts, minutes and rows"
)
WHY_QUARANTINED = "a restore of the database did not know it; 'aam restore release' brings it back"


@dataclass(frozen=True)
class _Upload:
    id: UUID
    key: str
    filename: str
    is_transcript: bool


def add_meeting(
    archive: Archive, meeting_id: UUID, *, open_transaction: Transaction, store: ObjectStore, recordings: bool
) -> list[LeftOut]:
    """Add all of a meeting under ``meetings/{id}/``; returns what is not in it.

    The database is left before recordings are read, however long they take.
    """
    folder = f"meetings/{meeting_id}"
    with open_transaction() as session:
        for table, rows in tables_of_meeting(session, meeting_id):
            archive.add_json(f"{folder}/rows/{table}.json", rows)
        add_transcripts(archive, session, meeting_id, folder)
        add_minutes(archive, session, meeting_id, folder)
        archive.add_json(f"{folder}/access.json", access_of(session, meeting_id))
        found = session.scalars(
            select(UploadBlob)
            .where(UploadBlob.meeting_id == meeting_id, UploadBlob.status == UploadStatus.RECEIVED)
            .order_by(UploadBlob.created_at)
        )
        uploads = [_Upload(row.id, row.key, row.filename, brings_transcript(row)) for row in found]
    left_out = []
    for upload in uploads:
        reach = storage_state(upload.key, store=store) if recordings else "not asked for"
        if reach != "readable":
            left_out.append(LeftOut(meeting_id=meeting_id, what="recording", upload_id=upload.id, why=reach))
            continue
        name = f"{folder}/recordings/{upload.id}_{safe_name(upload.filename)}"
        archive.add(name, store.stream(upload.key), packed=upload.is_transcript)
    return [*left_out, *not_packed(meeting_id, store=store)]


def not_packed(meeting_id: UUID, *, store: ObjectStore) -> Iterator[LeftOut]:
    """Yield the meeting's objects that no export holds: intermediate results of runs, and objects in quarantine."""
    derived = len(store.keys(f"{DERIVED}{meeting_id}/"))
    if derived:
        yield LeftOut(meeting_id=meeting_id, what="derived", objects=derived, why=WHY_DERIVED)
    aside = sum(len(store.keys(f"{QUARANTINE}{prefix}")) for prefix in Subject(meeting_id).prefixes)
    if aside:
        yield LeftOut(meeting_id=meeting_id, what="quarantined", objects=aside, why=WHY_QUARANTINED)


def add_transcripts(archive: Archive, session: Session, meeting_id: UUID, folder: str) -> None:
    """Add every version of the transcript, as data and as text."""
    rows = select(TranscriptRow).where(TranscriptRow.meeting_id == meeting_id).order_by(TranscriptRow.version)
    for row in session.scalars(rows):
        whole = load_transcript(session, row, words=False, named=True)
        archive.add(f"{folder}/transcript-{row.version}.json", [whole.model_dump_json(indent=1).encode()])
        archive.add(f"{folder}/transcript-{row.version}.txt", [exported(whole, TranscriptFormat.TXT).encode()])


def add_minutes(archive: Archive, session: Session, meeting_id: UUID, folder: str) -> None:
    """Add every version of the minutes, as data and as Markdown."""
    rows = select(ArtifactsRow).where(ArtifactsRow.meeting_id == meeting_id).order_by(ArtifactsRow.version)
    meeting = session.execute(select(Meeting.title, Meeting.created_at).where(Meeting.id == meeting_id)).one()
    people = session.scalars(
        select(MeetingParticipant.full_name)
        .where(MeetingParticipant.meeting_id == meeting_id)
        .order_by(MeetingParticipant.id)
    ).all()
    for row in session.scalars(rows):
        document = named_document(session, row)
        archive.add(f"{folder}/minutes-{row.version}.json", [document.model_dump_json(indent=1).encode()])
        occasion = facts_of_meeting(session, row, title=meeting.title, people=people, held_at=meeting.created_at)
        text = minutes_as_markdown(document, occasion)
        archive.add(f"{folder}/minutes-{row.version}.md", [text.encode()])


def access_of(session: Session, meeting_id: UUID) -> dict[str, Any]:
    """Return the users who may read a meeting now, and its past readings by user and day."""
    viewers = select(MeetingViewer.user_id).where(MeetingViewer.meeting_id == meeting_id)
    owner = select(Meeting.owner_id).where(Meeting.id == meeting_id)
    may = session.execute(
        select(User.id, User.full_name, User.email, User.id.in_(owner).label("owns"))
        .where(User.id.in_(viewers) | User.id.in_(owner))
        .order_by(User.id)
    ).mappings()
    return {"may_read": [dict(row) for row in may], "reads": reads_of_meeting(session, meeting_id)}
