"""Booking what was estimated and spent, and reading what a meeting has cost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Text, cast, column, func, join, literal, or_, select, values
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from aam.costs.models import CostEntry, CostKind
from aam.costs.prices import Charge
from aam.costs.schemas import ChargeView, CostView, MeetingCost
from aam.foundation.clock import new_id
from aam.foundation.schemas import Value
from aam.meetings.models import Meeting

if TYPE_CHECKING:
    from sqlalchemy.orm import InstrumentedAttribute, Session


class Account(Value):
    """The account that pays: the organization, and the meeting's run that caused the cost."""

    organization_id: UUID
    meeting_id: UUID
    run_id: UUID


def month_of(moment: datetime) -> date:
    """Return the first day of the month that a moment (in UTC) belongs to."""
    return date(moment.year, moment.month, 1)


def book(
    session: Session,
    charges: Sequence[Charge],
    *,
    to: Account,
    kind: CostKind,
    now: datetime,
    only_if: Sequence[ColumnElement[bool]] = (),
) -> bool:
    """Write charges down in one statement; those of the same run, kind and model are replaced, so it may come twice.

    The meeting's client and owner are taken over as they are now.  Says whether anything was written: nothing is for a
    meeting that is gone, or unless all of ``only_if`` hold.
    """
    if not charges:
        return False
    given = values(
        *(
            column(name, CostEntry.__table__.c[name].type)
            for name in ("id", "vendor", "model", "amount_usd", "partial")
        ),
        name="given",
    ).data([(new_id(), charge.vendor, charge.model, charge.usd, charge.partial) for charge in charges])
    shared = {**to.model_dump(), "kind": kind, "month": month_of(now), "at": now}
    source = (
        select(
            *(cast(given_column, given_column.type) for given_column in given.c),  # a bare NULL has no type
            Meeting.client_id,
            Meeting.owner_id,
            *(literal(value, CostEntry.__table__.c[name].type) for name, value in shared.items()),
        )
        .select_from(join(given, Meeting.__table__, Meeting.id == to.meeting_id))
        .where(*only_if)
    )
    statement = insert_or_update(CostEntry).from_select(
        [*given.c.keys(), "client_id", "user_id", *shared], source, include_defaults=False
    )
    written = session.execute(
        statement.on_conflict_do_update(
            index_elements=["run_id", "kind", "vendor", "model"],
            set_={"amount_usd": statement.excluded.amount_usd, "partial": statement.excluded.partial},
        ).returning(CostEntry.id)
    )
    return bool(written.all())


def costs_of_meeting(meeting_id: UUID, *, run_id: InstrumentedAttribute[UUID]) -> ScalarSelect[Any]:
    """Return a column for a statement that reads a run: its estimate, and the cost of all runs of its meeting.

    What it holds is for `meeting_cost`.
    """
    sums = (
        select(
            CostEntry.kind,
            CostEntry.vendor,
            CostEntry.model,
            cast(func.sum(CostEntry.amount_usd), Text).label("usd"),
            func.bool_and(CostEntry.amount_usd.is_not(None) & ~CostEntry.partial).label("complete"),
        )
        .where(
            CostEntry.meeting_id == meeting_id,
            or_(CostEntry.kind == CostKind.ACTUAL, CostEntry.run_id == run_id),
        )
        .group_by(CostEntry.kind, CostEntry.vendor, CostEntry.model)
        .order_by(CostEntry.vendor, CostEntry.model)
        .correlate(run_id.class_.__table__)
        .subquery()
    )
    return select(func.jsonb_agg(func.to_jsonb(sums.table_valued()))).scalar_subquery()


def meeting_cost(found: list[dict[str, Any]] | None) -> MeetingCost:
    """Return the result of `costs_of_meeting` as the API shows it."""
    rows = found or []
    return MeetingCost(
        estimated=_together([row for row in rows if row["kind"] == CostKind.ESTIMATE]),
        actual=_together([row for row in rows if row["kind"] == CostKind.ACTUAL]),
    )


def _together(rows: Sequence[dict[str, Any]]) -> CostView | None:
    """Return sums by model as one cost; None where nothing was booked."""
    charges = tuple(ChargeView.model_validate(row) for row in rows)
    if not charges:
        return None
    return CostView(
        usd=sum((charge.usd for charge in charges if charge.usd is not None), Decimal(0)),
        complete=all(charge.complete for charge in charges),
        charges=charges,
    )
