"""Rows as they stand in the tables, for exports: everything but secrets and where things lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from aam.artifacts.models import ArtifactsRow, LLMInteraction, Validation
from aam.audit.models import AccessEntry
from aam.clients.models import Client
from aam.costs.models import CostEntry
from aam.deletion.models import LegalHold
from aam.foundation.tables import Base
from aam.identity.models import RefreshToken, User
from aam.meetings.models import Meeting, MeetingParticipant, MeetingViewer
from aam.pipeline.models import ProcessingError, ProcessingRun
from aam.retention.models import RetentionRule
from aam.transcription.models import SpeakerNameRow, TranscriptRow, UtteranceRow
from aam.uploads.models import UploadBlob

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SECRET = frozenset({"password_hash", "token_hash", "key", "multipart_id", "execution_arn", "execution_name"})
"""Columns that are left out: secrets, and the names of objects and executions, which say nothing of anybody."""

OF_MEETING: tuple[type[Base], ...] = (
    MeetingParticipant,
    MeetingViewer,
    UploadBlob,
    ProcessingRun,
    ProcessingError,
    TranscriptRow,
    ArtifactsRow,
    LLMInteraction,
    Validation,
    CostEntry,
    LegalHold,
)
"""Tables whose rows say by themselves which meeting they belong to."""

OF_TRANSCRIPT: tuple[type[Base], ...] = (SpeakerNameRow, UtteranceRow)

Row = dict[str, Any]


def rows_of(session: Session, model: type[Base], *where: ColumnElement[bool]) -> list[Row]:
    """Return the rows of a table, by the first column of its key."""
    table = model.__table__
    shown = [column for column in table.columns if column.name not in SECRET]
    order = [column for column in table.columns if column.primary_key]
    return [dict(row) for row in session.execute(select(*shown).where(*where).order_by(*order)).mappings()]


def tables_of_meeting(session: Session, meeting_id: UUID) -> Iterator[tuple[str, list[Row]]]:
    """Yield every table's rows of one meeting, tables without any left out."""
    yield "meetings", rows_of(session, Meeting, Meeting.id == meeting_id)
    for model in OF_MEETING:
        found = rows_of(session, model, model.__table__.c.meeting_id == meeting_id)
        if found:
            yield model.__tablename__, found
    transcripts = select(TranscriptRow.id).where(TranscriptRow.meeting_id == meeting_id)
    for model in OF_TRANSCRIPT:
        found = rows_of(session, model, model.__table__.c.transcript_id.in_(transcripts))
        if found:
            yield model.__tablename__, found


def tables_of_client(session: Session, client_id: UUID) -> Iterator[tuple[str, list[Row]]]:
    """Yield every table's rows of a client itself, without its meetings'."""
    yield "clients", rows_of(session, Client, Client.id == client_id)
    yield "retention_rules", rows_of(session, RetentionRule, RetentionRule.client_id == client_id)
    yield "legal_holds", rows_of(session, LegalHold, LegalHold.client_id == client_id)
    yield "cost_entries", rows_of(session, CostEntry, CostEntry.client_id == client_id)


def tables_of_user(session: Session, user_id: UUID) -> Iterator[tuple[str, list[Row]]]:
    """Yield every table's rows of a user, without those of the user's own meetings."""
    yield "users", rows_of(session, User, User.id == user_id)
    yield "refresh_tokens", rows_of(session, RefreshToken, RefreshToken.user_id == user_id)
    yield "meeting_viewers", rows_of(session, MeetingViewer, MeetingViewer.user_id == user_id)
    yield "clients", rows_of(session, Client, Client.created_by == user_id)
    yield "upload_blobs", rows_of(session, UploadBlob, UploadBlob.created_by == user_id)
    yield "speaker_names", rows_of(session, SpeakerNameRow, SpeakerNameRow.named_by == user_id)
    yield "validations", rows_of(session, Validation, Validation.user_id == user_id)
    yield "cost_entries", rows_of(session, CostEntry, CostEntry.user_id == user_id)
    yield "access_log", rows_of(session, AccessEntry, AccessEntry.user_id == user_id)
