"""Tables of retention: how long what is kept, and what cleanups did."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from aam.clients.models import Client
from aam.foundation.jobs import Leased
from aam.foundation.tables import Base, Identified, JsonObject, OfOrganization, one_of
from aam.meetings.models import MeetingType

if TYPE_CHECKING:
    from sqlalchemy.sql.elements import ColumnElement


class DataClass(StrEnum):
    """Class of data that has an age of its own."""

    AUDIO = "audio"
    VIDEO = "video"
    TRANSCRIPT = "transcript"
    ARTIFACTS = "artifacts"


class RunState(StrEnum):
    """State of a cleanup; at most one is running."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class RetentionRule(Identified, OfOrganization, Base):
    """Age at which an organization deletes a class of data, in general or for one client, one type of meeting, or both.

    ``days`` 0 keeps nothing; without a rule the policy's default holds.
    """

    __tablename__ = "retention_rules"

    client_id: Mapped[UUID | None] = mapped_column(ForeignKey(Client.id, ondelete="CASCADE"))
    meeting_type_id: Mapped[UUID | None] = mapped_column(ForeignKey(MeetingType.id, ondelete="CASCADE"))
    data_class: Mapped[str]
    days: Mapped[int]

    __table_args__ = (
        CheckConstraint(one_of("data_class", *DataClass), name="data_class"),
        CheckConstraint("days between 0 and 36500", name="days"),
        Index(
            "uq_retention_rules_of",
            "organization_id",
            "client_id",
            "meeting_type_id",
            "data_class",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_retention_rules_client_id", "client_id"),
        Index("ix_retention_rules_meeting_type_id", "meeting_type_id"),
    )


class CleanupRun(Leased, Base):
    """A cleanup that deletes; ``done_lines`` of its plan are done, and the holder of the lease continues.

    The plan lies in the bucket while the cleanup runs; afterwards only ``report`` stays, which holds no keys.
    """

    __tablename__ = "cleanup_runs"

    mode: Mapped[str]
    scope: Mapped[str]
    trigger: Mapped[str]
    plan_hash: Mapped[str]
    state: Mapped[str] = mapped_column(default=RunState.RUNNING)
    done_lines: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    finished_at: Mapped[datetime | None]
    report: Mapped[JsonObject] = mapped_column(server_default=text("'{}'::jsonb"))

    __table_args__ = (
        CheckConstraint(one_of("state", *RunState), name="state"),
        Index("uq_cleanup_runs_running", text("(true)"), unique=True, postgresql_where=text("state = 'running'")),
        Index("ix_cleanup_runs_mode_finished_at", "mode", text("finished_at desc")),
    )


def is_running() -> ColumnElement[bool]:
    """Return the condition of the one cleanup that acts."""
    return CleanupRun.state == RunState.RUNNING
