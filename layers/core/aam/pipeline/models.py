"""Tables of processing runs and of what went wrong in them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from aam.foundation.tables import Base, Identified, JsonObject, OfMeeting, one_of
from aam.uploads.models import UploadBlob


class RunStatus(StrEnum):
    """State of a run; queued and running ones are alive."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


ALIVE = (RunStatus.QUEUED, RunStatus.RUNNING)


class Stage(StrEnum):
    """The stages of a run, in order."""

    QUEUED = "queued"
    PROBE = "probe"
    EXTRACT_AUDIO = "extract_audio"
    TRANSCRIBE = "transcribe"
    WRITE_ARTIFACTS = "write_artifacts"
    VERIFY_EVIDENCE = "verify_evidence"
    CONFIRM_MEANING = "confirm_meaning"
    FINISH = "finish"


RESTARTS = tuple(stage for stage in Stage if stage is not Stage.QUEUED)
"""The stages at which a run may begin."""


class Trigger(StrEnum):
    """Cause of a run: an upload's notification, a retry, a rejection by a reviewer, or a stall of the run before."""

    UPLOAD = "upload"
    RETRY = "retry"
    REJECTION = "rejection"
    STALL = "stall"


class WaitingReason(StrEnum):
    """Reason for which a queued run has no execution; it is started again when the reason is gone."""

    BUDGET_EXCEEDED = "budget_exceeded"


class ProcessingRun(Identified, OfMeeting, Base):
    """One journey of an upload through the state machine; at most one per meeting is alive.

    A run may wait without an execution; ``resumptions`` counts how often it went on in a new one.  One that begins
    later than at the first stage takes over what the run ``takes_over_id`` had made before that stage.
    """

    __tablename__ = "processing_runs"

    upload_id: Mapped[UUID] = mapped_column(ForeignKey(UploadBlob.id, ondelete="CASCADE"))
    attempt: Mapped[int]
    trigger: Mapped[str]
    status: Mapped[str] = mapped_column(default=RunStatus.QUEUED)
    stage: Mapped[str] = mapped_column(default=Stage.QUEUED)
    execution_name: Mapped[str] = mapped_column(unique=True)
    execution_arn: Mapped[str | None]
    correlation_id: Mapped[str]
    failure_code: Mapped[str | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    stage_started: Mapped[JsonObject] = mapped_column(server_default=text("'{}'::jsonb"))
    waiting_reason: Mapped[str | None]
    resumptions: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    from_stage: Mapped[str] = mapped_column(default=Stage.PROBE, server_default=text("'probe'"))
    takes_over_id: Mapped[UUID | None] = mapped_column(ForeignKey("processing_runs.id", ondelete="SET NULL"))

    __table_args__ = (
        UniqueConstraint("upload_id", "attempt"),
        CheckConstraint("attempt >= 1", name="attempt"),
        CheckConstraint(one_of("status", *RunStatus), name="status"),
        CheckConstraint(one_of("stage", *Stage), name="stage"),
        CheckConstraint(one_of("trigger", *Trigger), name="trigger"),
        CheckConstraint(one_of("from_stage", *RESTARTS), name="from_stage"),
        CheckConstraint(
            f"waiting_reason is null or {one_of('waiting_reason', *WaitingReason)} and status = 'queued'",
            name="waiting_reason",
        ),
        Index(
            "uq_processing_runs_alive_per_meeting",
            "meeting_id",
            unique=True,
            postgresql_where=text(one_of("status", *ALIVE)),
        ),
        Index(
            "ix_processing_runs_waiting",
            "organization_id",
            "created_at",
            postgresql_where=text("waiting_reason is not null"),
        ),
        Index("ix_processing_runs_meeting_id_created_at", "meeting_id", text("created_at desc")),
        Index("ix_processing_runs_takes_over_id", "takes_over_id"),
    )


class ProcessingError(Identified, OfMeeting, Base):
    """Something that went wrong: the stage, a stable code, and a sentence for people."""

    __tablename__ = "processing_errors"

    run_id: Mapped[UUID | None] = mapped_column(ForeignKey(ProcessingRun.id, ondelete="CASCADE"))
    stage: Mapped[str]
    code: Mapped[str]
    message: Mapped[str]
    occurred_at: Mapped[datetime] = mapped_column(server_default=func.now())
    is_read: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        Index("ix_processing_errors_meeting_id", "meeting_id", "is_read", text("occurred_at desc")),
        Index("ix_processing_errors_stage", "stage", text("occurred_at desc")),
        Index("ix_processing_errors_run_id", "run_id"),
    )
