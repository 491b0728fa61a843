"""Woken by an operator (`aam cost`): what was spent, and the budgets."""

from typing import Any

from aam.costs.schemas import BudgetView, CostRequest
from aam.foundation.clock import utc_now
from aam.foundation.database import transaction
from aam.foundation.errors import AppError, InvalidInput
from aam.foundation.handlers import Event, lambda_handler
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
    """How the budget stands, and how many runs went on because it was raised."""

    budget: BudgetView
    resumed_runs: int


@lambda_handler
def handler(event: Event, _context: Any) -> dict[str, Any]:
    """Answer one request; an error of ours is told as ``{"error": code, "detail": sentence}``."""
    try:
        request = read_request(
            event, actions={}, otherwise=CostRequest, error=BadCostRequest, ending="nothing was changed"
        )
        return report(request) if request.command == "report" else budget(request)
    except AppError as error:
        return {"error": error.code, "detail": error.detail}


def report(request: CostRequest) -> dict[str, Any]:
    """What a month has cost, in one organization or in all."""
    with transaction() as session:
        one = find_organization(session, request.organization) if request.organization else None
        return read_report(session, month=request.month, by=request.by, organization_id=one, now=utc_now()).model_dump(
            mode="json"
        )


def budget(request: CostRequest) -> dict[str, Any]:
    """Show a budget, or set it and begin what it had kept waiting."""
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
    return BudgetAnswer(budget=view, resumed_runs=resumed).model_dump(mode="json")
