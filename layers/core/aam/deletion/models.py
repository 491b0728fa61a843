"""Tables of deletion: what is held, and which meetings are going or gone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from aam.clients.models import Client
from aam.foundation.tables import Base, Identified, OfOrganization
from aam.identity.models import Organization
from aam.meetings.models import Meeting


class LegalHold(Identified, Base):
    """Nothing of this client or meeting may go; while it stands the database itself refuses to delete it.

    A hold that ended leaves its trace in the maintenance log only.
    """

    __tablename__ = "legal_holds"

    organization_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id, ondelete="RESTRICT"))
    client_id: Mapped[UUID | None] = mapped_column(ForeignKey(Client.id, ondelete="RESTRICT"))
    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey(Meeting.id, ondelete="RESTRICT"))
    reason: Mapped[str]

    __table_args__ = (
        CheckConstraint("num_nonnulls(client_id, meeting_id) = 1", name="subject"),
        CheckConstraint("length(reason) between 1 and 1000", name="reason_length"),
        Index("ix_legal_holds_organization_id", "organization_id"),
        Index("uq_legal_holds_client_id", "client_id", unique=True),
        Index("uq_legal_holds_meeting_id", "meeting_id", unique=True),
    )


class MeetingTombstone(OfOrganization, Base):
    """A meeting that is going or gone: nothing new begins for it, and what still arrives is deleted."""

    __tablename__ = "meeting_tombstones"

    meeting_id: Mapped[UUID] = mapped_column(primary_key=True)
    marked_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_meeting_tombstones_organization_id", "organization_id"),
        Index("ix_meeting_tombstones_marked_at", "marked_at"),
    )
