"""The table of erasures; it holds counts and ids, never names or keys."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from aam.foundation.jobs import Leased
from aam.foundation.tables import Base, JsonObject, OfOrganization, one_of
from aam.redaction.schemas import SubjectKind


class ErasureState(StrEnum):
    """State of an erasure.

    waiting: a legal hold, or a run under way, keeps something of it.  erased: everything is gone, and is looked for
    once more when the last signed URL has ended.
    """

    RUNNING = "running"
    WAITING = "waiting"
    ERASED = "erased"
    COMPLETE = "complete"


class Trigger(StrEnum):
    """Cause of an erasure: an operator, or the ledger after a restore."""

    PERSON = "person"
    REPLAY = "replay"


class Erasure(Leased, OfOrganization, Base):
    """The erasure of one subject, and in the end its certificate.

    ``report`` are its counts, ``trail`` is what it needs to go on, and is emptied when it is complete.
    """

    __tablename__ = "erasures"

    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    trigger: Mapped[str]
    state: Mapped[str] = mapped_column(default=ErasureState.RUNNING)
    erased_at: Mapped[datetime | None]
    rescan_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    report: Mapped[JsonObject] = mapped_column(server_default=text("'{}'::jsonb"))
    trail: Mapped[JsonObject] = mapped_column(server_default=text("'{}'::jsonb"))
    certificate_hash: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(one_of("subject_kind", *SubjectKind), name="subject_kind"),
        CheckConstraint(one_of("trigger", *Trigger), name="trigger"),
        CheckConstraint(one_of("state", *ErasureState), name="state"),
        CheckConstraint("(state = 'complete') = (certificate_hash is not null)", name="certified"),
        Index(
            "uq_erasures_open",
            "subject_kind",
            "subject_id",
            unique=True,
            postgresql_where=text("state <> 'complete'"),
        ),
        Index("ix_erasures_organization_id_created_at", "organization_id", text("created_at desc")),
    )


class Trace(StrEnum):
    """A place to rescan: a deleted meeting, a redacted one, or a run of either."""

    MEETING = "meeting"
    REDACTED = "redacted"
    RUN = "run"


class ErasureTrace(OfOrganization, Base):
    """The id of something to be looked at again; all of an erasure's go when it is complete."""

    __tablename__ = "erasure_traces"

    erasure_id: Mapped[UUID] = mapped_column(ForeignKey(Erasure.id, ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    traced_id: Mapped[UUID] = mapped_column(primary_key=True)

    __table_args__ = (
        CheckConstraint(one_of("kind", *Trace), name="kind"),
        Index("ix_erasure_traces_organization_id", "organization_id"),
    )
