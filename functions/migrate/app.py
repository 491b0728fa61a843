"""Woken by a deployment or an operator: roles and tables."""

from typing import Any

from aam.foundation.operator import Answer, operator_function
from aam.migrations.handlers import parse, perform
from aam.migrations.service import MigrationRequest


@operator_function(parse)
def handler(request: MigrationRequest, _context: Any) -> Answer:
    """Run one command."""
    return perform(request)
