"""Called by the state machine's Catch: a failure that its step could not note itself."""

from typing import Any

from aam.foundation.lambda_handler import Event, lambda_handler
from aam.pipeline.schemas import Failure, RunInput
from aam.workflow.failure import fail_step


@lambda_handler
def handler(event: Event, _context: Any) -> dict[str, bool]:
    """Fail the run, then keep what it has spent; an error that its stage wrote already stands."""
    return {"was_alive": fail_step(RunInput.model_validate(event), Failure.model_validate(event["failure"]))}
