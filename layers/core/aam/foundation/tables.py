"""Base of all tables: naming of constraints, identifiers, the organization every row belongs to."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, MetaData, Text, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from aam.foundation.clock import new_id

JsonObject = dict[str, Any]


class Base(DeclarativeBase):
    """The declarative base; every constraint gets a predictable name so that migrations can speak of it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a class attribute
        datetime: DateTime(timezone=True),
        str: Text,
        UUID: Uuid,
        JsonObject: JSONB,
        list[str]: JSONB,
    }


class Identified:
    """A row with a time-ordered UUID and the moment it was made."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class OfOrganization:
    """A row that belongs to an organization."""

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))


class OfMeeting(OfOrganization):
    """A row that goes when its meeting goes."""

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))


def one_of(column: str, *values: str) -> str:
    """Return the text of a check constraint that allows only these values."""
    return f"{column} in ({', '.join(repr(str(value)) for value in values)})"
