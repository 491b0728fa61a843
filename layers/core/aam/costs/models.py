"""The ledger: what was estimated and what was spent."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from aam.clients.models import Client
from aam.foundation.tables import Base, Identified, OfOrganization, one_of
from aam.identity.models import User
from aam.meetings.models import Meeting
from aam.vendor_limits.ports import Vendor


class CostKind(StrEnum):
    """An estimate is made before the work, and stands for it until the actual cost is known."""

    ESTIMATE = "estimate"
    ACTUAL = "actual"


class CostEntry(Identified, OfOrganization, Base):
    """Cost of one vendor's model in one run; it outlives meeting, client and user, because the money is spent.

    ``amount_usd`` None: no price is known; ``partial``: some of it has none.  ``month`` is the first day of the month
    (UTC) that it counts in.
    """

    __tablename__ = "cost_entries"

    client_id: Mapped[UUID | None] = mapped_column(ForeignKey(Client.id, ondelete="SET NULL"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id, ondelete="SET NULL"))
    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey(Meeting.id, ondelete="SET NULL"))
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("processing_runs.id", ondelete="SET NULL"))
    vendor: Mapped[str]
    model: Mapped[str]
    kind: Mapped[str]
    amount_usd: Mapped[Decimal | None] = mapped_column(Numeric(12, 6))
    partial: Mapped[bool] = mapped_column(server_default=text("false"))
    month: Mapped[date]
    at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(one_of("kind", *CostKind), name="kind"),
        CheckConstraint(one_of("vendor", *Vendor), name="vendor"),
        CheckConstraint("amount_usd >= 0", name="amount"),
        CheckConstraint("extract(day from month) = 1", name="month"),
        Index("uq_cost_entries_of_run", "run_id", "kind", "vendor", "model", unique=True),
        Index("ix_cost_entries_organization_id_month", "organization_id", "month"),
        Index("ix_cost_entries_meeting_id", "meeting_id"),
        Index("ix_cost_entries_client_id", "client_id"),
        Index("ix_cost_entries_user_id", "user_id"),
    )
