"""Tables of organizations, users and their refresh tokens."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from aam.foundation.tables import Base, Identified, JsonObject, OfOrganization


class Organization(Identified, Base):
    """Organization that owns the data; registering makes a new one, owned by its registrant.

    ``monthly_budget_usd`` None means without limit; ``budget_warned_month`` is the month in which the last warning
    about it was given.
    """

    __tablename__ = "organizations"

    name: Mapped[str]
    speech: Mapped[JsonObject] = mapped_column(default=dict, server_default="{}")
    owner_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL", use_alter=True, name="fk_organizations_owner_id_users")
    )
    monthly_budget_usd: Mapped[Decimal | None] = mapped_column(Numeric(12, 6))
    budget_warned_month: Mapped[date | None]

    __table_args__ = (
        CheckConstraint("monthly_budget_usd >= 0", name="monthly_budget"),
        Index("ix_organizations_owner_id", "owner_id"),
    )


class User(Identified, OfOrganization, Base):
    """A person who logs in; the e-mail address is unique over all organizations, whatever its case."""

    __tablename__ = "users"

    email: Mapped[str]
    full_name: Mapped[str]
    password_hash: Mapped[str]
    disabled_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("email like '%_@_%'", name="email_has_at"),
        Index("uq_users_email", text("lower(email)"), unique=True),
        Index("ix_users_organization_id", "organization_id"),
    )


class RefreshToken(Identified, OfOrganization, Base):
    """A refresh token, stored as its SHA-256; each is used once, and re-use revokes its whole family."""

    __tablename__ = "refresh_tokens"

    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"))
    family_id: Mapped[UUID]
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_refresh_tokens_user_id", "user_id"),
        Index("ix_refresh_tokens_family_id", "family_id"),
    )
