"""Woken by an operator (`aam diagnose`, `aam retry`): looks at what stands in the way, and tries again."""

from typing import Any

from aam.foundation.operator import Answer, operator_function
from aam.operations.handlers import operations_deps, perform
from aam.operations.requests import OperationsRequest, parse


@operator_function(parse)
def handler(request: OperationsRequest, _context: Any) -> Answer:
    """Perform one request."""
    return perform(request, deps=operations_deps())
