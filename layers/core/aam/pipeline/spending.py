"""Report a month's costs and the state of budgets."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, null, select

from aam.clients.models import Client
from aam.costs.errors import OrganizationAmbiguous, OrganizationNotFound
from aam.costs.models import CostEntry, CostKind
from aam.costs.schemas import BudgetView, CostLine, CostReport, Grouping, first_day
from aam.foundation.sql import id_begins
from aam.identity.models import Organization, User
from aam.pipeline.budget import WARN_AT, committed
from aam.pipeline.models import ProcessingRun

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LINES_MAX = 500
"""More lines than anybody reads; the sums count all."""

BEGINS_AN_ID = re.compile(r"[0-9a-f]{6,32}")


def read_report(
    session: Session, *, month: str | None, by: Grouping, organization_id: UUID | None, now: datetime
) -> CostReport:
    """Return a month's costs (the present one where None), of one organization or of all, with the present budgets."""
    wanted = month or f"{now:%Y-%m}"
    of_month: list[ColumnElement[bool]] = [CostEntry.kind == CostKind.ACTUAL, CostEntry.month == first_day(wanted)]
    if organization_id is not None:
        of_month.append(CostEntry.organization_id == organization_id)
    spent = func.coalesce(func.sum(CostEntry.amount_usd), Decimal(0)).label("usd")
    unknown = func.count().filter(CostEntry.amount_usd.is_(None) | CostEntry.partial).label("unknown")
    total = session.execute(select(spent, unknown).where(*of_month)).one()
    lines = session.execute(
        grouped(by).add_columns(spent, unknown).where(*of_month).order_by(spent.desc()).limit(LINES_MAX)
    )
    return CostReport(
        month=wanted,
        by=by,
        total_usd=total.usd,
        unknown=total.unknown,
        lines=tuple(CostLine.model_validate(line) for line in lines),
        budgets=read_budgets(session, organization_id=organization_id, now=now),
    )


def grouped(by: Grouping) -> Select[Any, Any]:
    """Return the id and the name by which costs are grouped; both are null where it was deleted."""
    if by == "client":
        return (
            select(CostEntry.client_id.label("id"), Client.name.label("name"))
            .outerjoin(Client, Client.id == CostEntry.client_id)
            .group_by(CostEntry.client_id, Client.name)
        )
    if by == "user":
        return (
            select(CostEntry.user_id.label("id"), User.full_name.label("name"))
            .outerjoin(User, User.id == CostEntry.user_id)
            .group_by(CostEntry.user_id, User.full_name)
        )
    name = CostEntry.vendor + literal(" ") + CostEntry.model
    return select(null().label("id"), name.label("name")).group_by(CostEntry.vendor, CostEntry.model)


def read_budgets(session: Session, *, organization_id: UUID | None, now: datetime) -> tuple[BudgetView, ...]:
    """Return the state of the budgets, in order of the organizations' names."""
    waiting = (
        select(func.count())
        .where(ProcessingRun.organization_id == Organization.id, ProcessingRun.waiting_reason.is_not(None))
        .scalar_subquery()
    )
    wanted = select(Organization.id, Organization.name, Organization.monthly_budget_usd, waiting.label("waiting"))
    if organization_id is not None:
        wanted = wanted.where(Organization.id == organization_id)
    views = []
    for row in session.execute(wanted.order_by(Organization.name, Organization.id).limit(LINES_MAX)).all():
        used = committed(session, row.id, now=now)
        budget = row.monthly_budget_usd
        views.append(
            BudgetView(
                organization_id=row.id,
                organization=row.name,
                monthly_usd=budget,
                spent_usd=used.spent,
                reserved_usd=used.reserved,
                warning=budget is not None and used.total >= WARN_AT * budget,
                waiting_runs=row.waiting,
            )
        )
    return tuple(views)


def find_organization(session: Session, named: str | None) -> UUID:
    """Return the organization of this name, the one whose id this is or begins, or the only one there is.

    Raise OrganizationNotFound, OrganizationAmbiguous.
    """
    every = select(Organization.id).limit(2)
    found = session.scalars(every if named is None else every.where(Organization.name == named)).all()
    digits = (named or "").replace("-", "").lower()
    if not found and BEGINS_AN_ID.fullmatch(digits):
        found = session.scalars(every.where(id_begins(Organization.id, digits))).all()
    if not found:
        raise OrganizationNotFound
    if len(found) > 1:
        raise OrganizationAmbiguous
    return found[0]
