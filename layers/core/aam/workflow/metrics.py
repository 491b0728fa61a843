"""Measure what only the database and the state table know, for the dashboard: runs, their age, money, vendors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from aam.costs.ledger import month_of
from aam.costs.models import CostEntry, CostKind
from aam.foundation.observability import gauge
from aam.pipeline.models import ALIVE, ProcessingRun
from aam.vendor_limits.limiter_state import LimiterState
from aam.vendor_limits.ports import Vendor

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def measure(session: Session, *, read_limiter: Callable[[Vendor], LimiterState], now: datetime) -> None:
    """Write each figure as it stands now, so that one that is written twice is still right."""
    alive, waiting, oldest = session.execute(
        select(
            func.count(),
            func.count(ProcessingRun.waiting_reason),
            func.min(ProcessingRun.created_at).filter(ProcessingRun.waiting_reason.is_(None)),
        ).where(ProcessingRun.status.in_(ALIVE))
    ).one()
    gauge("RunsAlive", alive, "Count")
    gauge("RunsWaitingForBudget", waiting, "Count")
    gauge("OldestRunSeconds", (now - oldest).total_seconds() if oldest is not None else 0, "Seconds")
    spent = {
        row.vendor: row.usd
        for row in session.execute(
            select(CostEntry.vendor, func.sum(CostEntry.amount_usd).label("usd"))
            .where(CostEntry.kind == CostKind.ACTUAL, CostEntry.month == month_of(now))
            .group_by(CostEntry.vendor)
        )
    }
    for vendor in Vendor:
        gauge("SpentThisMonthUsd", float(spent.get(vendor) or 0), "None", vendor=vendor.value)
        limiter = read_limiter(vendor)
        gauge("VendorClosed", int(limiter.closed_until > now.timestamp()), "Count", vendor=vendor.value)
        gauge("VendorRequests", len(limiter.living(now.timestamp())), "Count", vendor=vendor.value)
