"""Costs and the budget, for the organization's owner."""

from __future__ import annotations

from aam.costs.schemas import BudgetView, CostReport, Grouping, Month, NewBudget
from aam.foundation.database import transaction
from aam.foundation.schemas import RequestBody
from aam.identity.errors import OrganizationOwnerOnly
from aam.identity.service import require_organization_owner
from calls import Call, Endpoints

endpoints = Endpoints("costs")


class CostQuery(RequestBody):
    """Month of the report (the present one where it is left out), and the subject of its lines."""

    month: Month | None = None
    by: Grouping = "model"


@endpoints.route("GET", "/costs", query=CostQuery, answer=CostReport, errors=(OrganizationOwnerOnly,))
def get_costs(call: Call, *, query: CostQuery) -> CostReport:
    """Show what a month has cost by model, client or user, and how the budget stands."""
    from aam.pipeline.spending import read_report

    with transaction() as session:
        require_organization_owner(session, caller=call.caller)
        return read_report(
            session, month=query.month, by=query.by, organization_id=call.caller.organization_id, now=call.now
        )


@endpoints.route("PUT", "/budget", body=NewBudget, answer=BudgetView, errors=(OrganizationOwnerOnly,))
def put_budget(call: Call, *, body: NewBudget) -> BudgetView:
    """Set the monthly budget; runs that waited for it and fit now begin at once."""
    from aam.pipeline.budget import resume_waiting_runs, set_budget
    from aam.pipeline.executions import start_execution
    from aam.pipeline.spending import read_budgets

    organization_id = call.caller.organization_id
    with transaction() as session:
        require_organization_owner(session, caller=call.caller)
        set_budget(session, organization_id, monthly_usd=body.monthly_usd)
    resume_waiting_runs(
        open_transaction=transaction, start_execution=start_execution, now=call.now, organization_id=organization_id
    )
    with transaction() as session:
        (view,) = read_budgets(session, organization_id=organization_id, now=call.now)
    return view
