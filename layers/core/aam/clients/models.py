"""The table of clients."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from aam.foundation.tables import Base, Identified, OfOrganization
from aam.identity.models import User


class Client(Identified, OfOrganization, Base):
    """A client of an organization; its meetings are deleted with it."""

    __tablename__ = "clients"

    name: Mapped[str]
    notes: Mapped[str | None]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey(User.id, ondelete="SET NULL"))

    __table_args__ = (
        CheckConstraint("length(name) between 1 and 200", name="name_length"),
        Index("ix_clients_organization_id_name", "organization_id", "name"),
    )
