"""Costs as the API and the command line show them; amounts are US dollars as decimal strings."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from aam.costs.prices import Charge, has_unknown, known_sum
from aam.foundation.schemas import RequestBody, View, as_whole
from aam.uploads.schemas import UploadView
from aam.vendor_limits.ports import Vendor

Month = Annotated[str, StringConstraints(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
"""A calendar month in UTC, such as 2026-11."""

DOLLARS = r"^[0-9]{1,6}(\.[0-9]{1,6})?$"


def plain_decimal(value: Any) -> Any:
    """Return an amount; raises ValueError for a binary fraction, and for text that is not written as 12.5 is."""
    value = as_whole(value)
    if isinstance(value, str) and re.fullmatch(DOLLARS, value):
        return Decimal(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, Decimal):
        return value
    raise ValueError('must be whole, or a decimal in quotes such as "12.5"')


WHOLE, WRITTEN = {"type": "integer", "minimum": 0, "maximum": 999_999}, {"type": "string", "pattern": DOLLARS}
Dollars = Annotated[
    Decimal,
    Field(ge=0, max_digits=12, decimal_places=6),
    BeforeValidator(plain_decimal),
    WithJsonSchema({"anyOf": [WHOLE, WRITTEN]}, mode="validation"),
]
"""An amount of dollars; fractions come as text, since binary ones have no exact digits."""

Grouping = Literal["model", "client", "user"]


class ChargeView(View):
    """Charge for one vendor's model; ``usd`` is null without a known price, ``complete`` says whether it is all."""

    vendor: Vendor
    model: str
    usd: Decimal | None
    complete: bool


class CostView(View):
    """A cost: the sum of what has a known price, whether that is all of it, and its parts."""

    usd: Decimal
    complete: bool
    charges: tuple[ChargeView, ...]


class MeetingCost(View):
    """Estimate of the latest run, and cost of all runs of the meeting so far."""

    estimated: CostView | None = None
    actual: CostView | None = None


class PricedUpload(UploadView):
    """An upload with what processing it will cost at most, guessed from size and type."""

    estimated_cost: CostView


class CostLine(View):
    """Spending on one model, client or user; ``unknown`` counts charges without a known price.

    ``name`` is null for what was deleted meanwhile: the money stays spent.
    """

    id: UUID | None
    name: str | None
    usd: Decimal
    unknown: int


class BudgetView(View):
    """A budget and what is left of it in this month (UTC); ``monthly_usd`` null means without limit.

    ``reserved_usd`` is for runs under way.  ``warning`` from 80 % on; ``waiting_runs`` wait for a higher budget.
    """

    organization_id: UUID
    organization: str
    monthly_usd: Decimal | None
    spent_usd: Decimal
    reserved_usd: Decimal
    warning: bool
    waiting_runs: int


class CostReport(View):
    """Costs of a month by model, client or user, the dearest first, and the budgets' present state."""

    month: Month
    by: Grouping
    total_usd: Decimal
    unknown: int
    lines: tuple[CostLine, ...]
    budgets: tuple[BudgetView, ...]


class NewBudget(RequestBody):
    """A monthly budget in US dollars; null takes the limit away."""

    monthly_usd: Dollars | None


class CostRequest(RequestBody):
    """Operator's request: a month's report, or a budget to be shown or (``set``) changed.

    An organization by id or name; the only one there is where None.
    """

    command: Literal["report", "budget"]
    month: Month | None = None
    by: Grouping = "model"
    organization: str | None = None
    set: bool = False
    monthly_usd: Dollars | None = None


def view_of(charges: tuple[Charge, ...]) -> CostView:
    """Return charges as the API shows them."""
    return CostView(
        usd=known_sum(charges),
        complete=not has_unknown(charges),
        charges=tuple(ChargeView.model_validate(charge) for charge in charges),
    )


def first_day(month: str) -> date:
    """Return the first day of a month such as 2026-11."""
    return date.fromisoformat(f"{month}-01")
