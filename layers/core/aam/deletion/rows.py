"""Delete rows by id, each kind under the condition that it may still go."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, not_, select, text, update
from sqlalchemy import delete as sql_delete

from aam.artifacts.models import ArtifactsRow, LLMInteraction
from aam.clients.models import Client
from aam.deletion.legal_holds import is_held
from aam.deletion.models import LegalHold, MeetingTombstone
from aam.deletion.tombstones import note_rows_gone
from aam.foundation.sql import any_of
from aam.identity.models import RefreshToken
from aam.meetings.models import Meeting
from aam.pipeline.budget import book_before_deletion
from aam.pipeline.models import ALIVE, ProcessingError, ProcessingRun, RunStatus
from aam.store.models import MaintenanceEntry
from aam.transcription.models import TranscriptRow
from aam.uploads.models import UploadBlob
from aam.uploads.status import UploadStatus

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

OUTLIVES = frozenset({"cost_entries", "legal_holds", "meeting_tombstones"})
"""Tables that speak of meetings and do not go with them."""

BLIND = {"synchronize_session": False}


def of_free_meeting(meeting_id: Any) -> ColumnElement[bool]:
    """Return the condition that no hold stands on the meeting that a row belongs to."""
    return exists().where(Meeting.id == meeting_id, not_(is_held()))


def conditions(kind: str, now: datetime) -> tuple[Any, ColumnElement[bool]]:
    """Return the id column of a table, and under which condition its rows may go."""
    no_transcript = ~exists().where(TranscriptRow.run_id == ProcessingRun.id)
    ended_badly = ProcessingRun.status.in_((RunStatus.FAILED, RunStatus.CANCELLED))
    marked = exists().where(MeetingTombstone.meeting_id == Meeting.id)
    empty = ~exists().where(Meeting.client_id == Client.id)
    unheld = ~exists().where(LegalHold.client_id == Client.id)
    known: dict[str, tuple[Any, ColumnElement[bool]]] = {
        "refresh_tokens": (RefreshToken.id, RefreshToken.expires_at < now),
        "processing_errors": (
            ProcessingError.id,
            and_(ProcessingError.is_read, of_free_meeting(ProcessingError.meeting_id)),
        ),
        "maintenance_log": (MaintenanceEntry.id, MaintenanceEntry.created_at < now),
        "meeting_tombstones": (MeetingTombstone.meeting_id, MeetingTombstone.gone_at.is_not(None)),
        "processing_runs": (
            ProcessingRun.id,
            and_(ended_badly, no_transcript, of_free_meeting(ProcessingRun.meeting_id)),
        ),
        "transcripts": (TranscriptRow.id, of_free_meeting(TranscriptRow.meeting_id)),
        "artifacts": (ArtifactsRow.id, of_free_meeting(ArtifactsRow.meeting_id)),
        "llm_interactions": (LLMInteraction.id, of_free_meeting(LLMInteraction.meeting_id)),
        "meetings": (Meeting.id, and_(marked, not_(is_held()))),
        "clients": (Client.id, and_(empty, unheld)),
    }
    return known[kind]


def delete(session: Session, kind: str, ids: Collection[UUID], *, now: datetime) -> int:
    """Delete those of the rows that may go; return how many of the ids have no row afterwards."""
    if not ids:
        return 0
    column, may_go = conditions(kind, now)
    if kind == "meetings":
        going = session.scalars(select(column).where(any_of(column, ids), may_go).with_for_update()).all()
        book_before_deletion(session, going, now=now)
    session.execute(sql_delete(column.class_).where(any_of(column, ids), may_go), execution_options=BLIND)
    left = set(session.scalars(select(column).where(any_of(column, ids))))
    if kind == "meetings":
        note_rows_gone(session, [each for each in ids if each not in left], now=now)
    return len(ids) - len(left)


def expire_uploads(session: Session, ids: Collection[UUID]) -> int:
    """Mark received uploads as expired, unless they are held or worked on; how many are marked afterwards."""
    living = exists().where(ProcessingRun.upload_id == UploadBlob.id, ProcessingRun.status.in_(ALIVE))
    session.execute(
        update(UploadBlob)
        .where(
            any_of(UploadBlob.id, ids),
            UploadBlob.status == UploadStatus.RECEIVED,
            of_free_meeting(UploadBlob.meeting_id),
            ~living,
        )
        .values(status=UploadStatus.EXPIRED),
        execution_options=BLIND,
    )
    marked = select(func.count()).where(any_of(UploadBlob.id, ids), UploadBlob.status == UploadStatus.EXPIRED)
    return session.scalar(marked) or 0


def give_up_uploads(session: Session, multipart_ids: Collection[str]) -> None:
    """Mark as aborted the uploads whose parts are gone."""
    session.execute(
        update(UploadBlob)
        .where(any_of(UploadBlob.multipart_id, multipart_ids), UploadBlob.status == UploadStatus.PENDING)
        .values(status=UploadStatus.ABORTED),
        execution_options=BLIND,
    )


def tables_of_meetings(session: Session) -> list[str]:
    """Return every table whose rows go with their meeting, read from the database: later contexts have some too."""
    catalog = text(
        "select c.relname from pg_attribute a join pg_class c on c.oid = a.attrelid"
        " where a.attname = 'meeting_id' and not a.attisdropped and c.relkind = 'r'"
        " and c.relnamespace = 'public'::regnamespace order by 1"
    )
    return [name for name in session.scalars(catalog) if name not in OUTLIVES]
