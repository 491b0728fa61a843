"""Woken by a schedule, and by hand after a restart: ends, retries or resumes what was lost or stalled."""

from typing import Any

from aam.foundation.lambda_handler import Event, lambda_handler
from aam.workflow.sweep import SweepRequest, sweep


@lambda_handler
def handler(event: Event, _context: Any) -> dict[str, int]:
    """Sweep, and return how many of each kind were done."""
    return sweep(SweepRequest.model_validate(event))
