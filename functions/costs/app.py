"""Woken by an operator (`aam cost`): what was spent, and the budgets."""

from typing import Any

from aam.costs.schemas import CostRequest
from aam.foundation.operator import Answer, operator_function
from aam.pipeline.cost_handlers import parse, perform


@operator_function(parse)
def handler(request: CostRequest, _context: Any) -> Answer:
    """Perform one request."""
    return perform(request)
