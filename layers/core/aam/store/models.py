"""Tables of the store: which bucket belongs to this database, and the maintenance log."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from aam.foundation.tables import Base, Identified, JsonObject, one_of


class Level(StrEnum):
    """DEBUG on demand, INFO what was done, WARNING what could not be, ERROR what broke."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class StoreIdentity(Base):
    """Id that this database and its bucket share; one row."""

    __tablename__ = "store_identity"

    store_id: Mapped[UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index("uq_store_identity_one", text("(true)"), unique=True),)


class MaintenanceEntry(Identified, Base):
    """A line of the maintenance log; it holds counts and ids, never keys or names."""

    __tablename__ = "maintenance_log"

    level: Mapped[str]
    operation: Mapped[str]
    result: Mapped[str]
    details: Mapped[JsonObject] = mapped_column(server_default=text("'{}'::jsonb"))

    __table_args__ = (
        CheckConstraint(one_of("level", *Level), name="level"),
        Index("ix_maintenance_log_created_at", "created_at"),
    )
