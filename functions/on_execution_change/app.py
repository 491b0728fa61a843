"""Woken by EventBridge: an execution failed, timed out or was stopped, and its run must not hang."""

from typing import Any, Literal

from pydantic import BaseModel, Json

import aam.artifacts.errors
import aam.media.errors
import aam.transcription.errors  # noqa: F401 - all three: a failure can only be named by a leaf that is imported
from aam.foundation.clock import utc_now
from aam.foundation.database import transaction
from aam.foundation.handlers import Event, lambda_handler
from aam.pipeline.ending import fail_run
from aam.pipeline.schemas import RunInput


class Ended(BaseModel):
    """How an execution ended, and the input that it was started with."""

    status: Literal["FAILED", "TIMED_OUT", "ABORTED"]
    input: Json[RunInput]
    error: str | None = None
    cause: str | None = None


class ExecutionChange(BaseModel):
    """EventBridge's "Step Functions Execution Status Change", as far as we read it."""

    detail: Ended


@lambda_handler
def handler(event: Event, _context: Any) -> dict[str, bool]:
    """Fail the run of the execution, unless it said itself what happened."""
    ended = ExecutionChange.model_validate(event).detail
    noted = fail_run(
        run_id=ended.input.run_id,
        error_name=ended.status if ended.status != "FAILED" else ended.error or "",
        cause=ended.cause or "",
        open_transaction=transaction,
        now=utc_now(),
        resumption=ended.input.resumption,
    )
    return {"was_alive": noted}
