"""Tables of artifacts, of every call to a language model, and of what people decided about them."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from aam.artifacts.schemas import Purpose
from aam.foundation.tables import Base, Identified, JsonObject, OfMeeting, one_of
from aam.identity.models import User
from aam.pipeline.models import ProcessingRun
from aam.transcription.models import TranscriptRow


class ArtifactsRow(Identified, OfMeeting, Base):
    """A version of a meeting's artifacts, with every item's quotes and their verdicts."""

    __tablename__ = "artifacts"

    run_id: Mapped[UUID] = mapped_column(ForeignKey(ProcessingRun.id, ondelete="CASCADE"), unique=True)
    transcript_id: Mapped[UUID] = mapped_column(ForeignKey(TranscriptRow.id, ondelete="CASCADE"))
    version: Mapped[int]
    engine: Mapped[str]
    model: Mapped[str]
    prompt_version: Mapped[str]
    label: Mapped[str | None]
    language: Mapped[str]
    supported_count: Mapped[int]
    quoted_count: Mapped[int]
    unsupported_count: Mapped[int]
    document: Mapped[JsonObject]

    __table_args__ = (
        UniqueConstraint("meeting_id", "version"),
        CheckConstraint("version >= 1", name="version"),
        Index("ix_artifacts_transcript_id", "transcript_id"),
    )


class LLMInteraction(Identified, OfMeeting, Base):
    """A call to a language model, kept whatever its outcome."""

    __tablename__ = "llm_interactions"

    run_id: Mapped[UUID] = mapped_column(ForeignKey(ProcessingRun.id, ondelete="CASCADE"))
    attempt: Mapped[int]
    ordinal: Mapped[int]
    purpose: Mapped[str] = mapped_column(server_default=Purpose.MAP)
    model: Mapped[str]
    prompt_version: Mapped[str]
    request_id: Mapped[str | None]
    prompt: Mapped[str]
    response: Mapped[str | None]
    input_tokens: Mapped[int | None]
    cached_tokens: Mapped[int | None]
    output_tokens: Mapped[int | None]
    cost_usd: Mapped[Decimal | None] = mapped_column(Numeric(12, 6))
    duration_ms: Mapped[int]
    outcome: Mapped[str]
    is_final: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        UniqueConstraint("run_id", "attempt", "ordinal"),
        CheckConstraint(one_of("purpose", *Purpose), name="purpose"),
        Index("ix_llm_interactions_meeting_id_is_final", "meeting_id", "is_final"),
        Index("ix_llm_interactions_meeting_id_attempt", "meeting_id", "attempt"),
    )


class Decision(StrEnum):
    """Decision of a reviewer about a meeting's artifacts."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Validation(Identified, OfMeeting, Base):
    """A person's decision about one version of the artifacts."""

    __tablename__ = "validations"

    artifacts_id: Mapped[UUID] = mapped_column(ForeignKey(ArtifactsRow.id, ondelete="CASCADE"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id, ondelete="SET NULL"))
    decision: Mapped[str]
    comment: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(one_of("decision", *Decision), name="decision"),
        Index("ix_validations_meeting_id", "meeting_id"),
        Index("ix_validations_artifacts_id", "artifacts_id"),
    )
