"""Map each request about costs and budgets to its use case."""

from __future__ import annotations

from typing import Any

from aam.costs.schemas import BudgetView, CostReport, CostRequest
from aam.foundation.clock import utc_now
from aam.foundation.database import transaction
from aam.foundation.errors import InvalidInput
from aam.foundation.requests import read_request
from aam.foundation.schemas import Value
from aam.pipeline.budget import resume_waiting_runs, set_budget
from aam.pipeline.executions import start_execution
from aam.pipeline.spending import find_organization, read_budgets, read_report


class BadCostRequest(InvalidInput):
    """The event asks for nothing that there is."""

    code = "bad_cost_request"
    sentence = 'Say {"command": "report"} or {"command": "budget", "monthly_usd": "100"}; nothing was changed.'


class BudgetAnswer(Value):
    """A budget as it stands, and how many runs were resumed because it was raised."""

    budget: BudgetView
    resumed_runs: int


def parse(event: Any) -> CostRequest:
    """Return the request in an event; raise BadCostRequest, whose sentence says what is wrong with it."""
    return read_request(event, models=(CostRequest,), error=BadCostRequest, ending="nothing was changed")


def perform(request: CostRequest) -> CostReport | BudgetAnswer:
    """Perform one request."""
    return report(request) if request.command == "report" else budget(request)


def report(request: CostRequest) -> CostReport:
    """Return what a month has cost, in one organization or in all."""
    with transaction() as session:
        one = find_organization(session, request.organization) if request.organization else None
        return read_report(session, month=request.month, by=request.by, organization_id=one, now=utc_now())


def budget(request: CostRequest) -> BudgetAnswer:
    """Return a budget, or set it and resume the runs that waited for it."""
    resumed = 0
    with transaction() as session:
        organization_id = find_organization(session, request.organization)
        if request.set:
            set_budget(session, organization_id, monthly_usd=request.monthly_usd)
    if request.set:
        resumed = resume_waiting_runs(
            open_transaction=transaction,
            start_execution=start_execution,
            now=utc_now(),
            organization_id=organization_id,
        )
    with transaction() as session:
        (view,) = read_budgets(session, organization_id=organization_id, now=utc_now())
    return BudgetAnswer(budget=view, resumed_runs=resumed)
