"""Tables of transcripts and their utterances."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from aam.foundation.tables import Base, Identified, OfMeeting, OfOrganization
from aam.identity.models import User
from aam.pipeline.models import ProcessingRun


class TranscriptRow(Identified, OfMeeting, Base):
    """A version of a meeting's transcript; the first one never changes."""

    __tablename__ = "transcripts"

    run_id: Mapped[UUID] = mapped_column(ForeignKey(ProcessingRun.id, ondelete="CASCADE"), unique=True)
    version: Mapped[int]
    language: Mapped[str]
    engine: Mapped[str]
    model: Mapped[str]
    engine_version: Mapped[str]
    label: Mapped[str | None]
    notes: Mapped[list[str]]
    has_timing: Mapped[bool]
    duration_ms: Mapped[int | None] = mapped_column(BigInteger)
    utterance_count: Mapped[int]
    key: Mapped[str]

    __table_args__ = (
        UniqueConstraint("meeting_id", "version"),
        CheckConstraint("version >= 1", name="version"),
    )


class SpeakerNameRow(OfOrganization, Base):
    """Name of a speaker: as a user set it, and as the speaker's own words propose.

    The transcript's own rows keep the label that the engine gave.
    """

    __tablename__ = "speaker_names"

    transcript_id: Mapped[UUID] = mapped_column(ForeignKey(TranscriptRow.id, ondelete="CASCADE"), primary_key=True)
    label: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    named_by: Mapped[UUID | None] = mapped_column(ForeignKey(User.id, ondelete="SET NULL"))
    named_at: Mapped[datetime | None]
    proposed_name: Mapped[str | None]
    quote: Mapped[str | None]
    utterance_number: Mapped[int | None]

    __table_args__ = (
        CheckConstraint("length(name) between 1 and 200", name="name_length"),
        CheckConstraint("num_nonnulls(proposed_name, quote, utterance_number) in (0, 3)", name="proposal_whole"),
        Index("ix_speaker_names_organization_id", "organization_id"),
        Index("ix_speaker_names_named_by", "named_by"),
    )


class UtteranceRow(OfOrganization, Base):
    """Speech of one speaker without a break; numbered from 1 within its transcript."""

    __tablename__ = "utterances"

    transcript_id: Mapped[UUID] = mapped_column(ForeignKey(TranscriptRow.id, ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    speaker: Mapped[str]
    channel: Mapped[int | None]
    start_ms: Mapped[int | None] = mapped_column(BigInteger)
    end_ms: Mapped[int | None] = mapped_column(BigInteger)
    text: Mapped[str]
    confidence: Mapped[float | None]
    words: Mapped[list[Any]] = mapped_column(JSONB, deferred=True)

    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("end_ms >= start_ms", name="order"),
        Index("ix_utterances_organization_id", "organization_id"),
    )
