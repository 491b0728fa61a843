"""Table of reads: which user has read what of which meeting.

Meetings are referred to by the name of their table, so that every context from ``meetings`` upwards can write here.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from aam.foundation.tables import Base, OfOrganization, one_of
from aam.identity.models import User


class Read(StrEnum):
    """A reading of a meeting's transcript or minutes by a user."""

    TRANSCRIPT = "transcript"
    ARTIFACTS = "artifacts"


class AccessEntry(OfOrganization, Base):
    """One user's reading of one meeting on one day (UTC); ``times`` counts, pages included."""

    __tablename__ = "access_log"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    times: Mapped[int] = mapped_column(server_default=text("1"))
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(one_of("what", *Read), name="what"),
        Index("ix_access_log_organization_id", "organization_id"),
        Index("ix_access_log_user_id", "user_id"),
    )
