"""Woken by EventBridge: an execution failed, timed out or was stopped, and its run must not hang."""

from typing import Any

from aam.foundation.lambda_handler import Event, lambda_handler
from aam.workflow.failure import ExecutionChange, fail_ended_execution


@lambda_handler
def handler(event: Event, _context: Any) -> dict[str, bool]:
    """Fail the run of the execution, unless it said itself what happened."""
    return {"was_alive": fail_ended_execution(ExecutionChange.model_validate(event).detail)}
