"""Woken by EventBridge: an execution failed, timed out or was stopped, and its run must not hang."""

from typing import Any

from aws_lambda_powertools.utilities.data_classes import EventBridgeEvent

import aam.artifacts.errors
import aam.media.errors
import aam.transcription.errors  # noqa: F401 - all three: a failure can only be named by a leaf that is imported
from aam.foundation.clock import utc_now
from aam.foundation.database import transaction
from aam.foundation.handlers import Event, lambda_handler
from aam.pipeline.ending import fail_run
from aam.pipeline.schemas import RunInput


@lambda_handler
def handler(event: Event, _context: Any) -> dict[str, bool]:
    """Fail the run of the execution, unless it said itself what happened."""
    detail = EventBridgeEvent(event).detail
    noted = fail_run(
        run_id=RunInput.model_validate_json(detail["input"]).run_id,
        error_name=detail["status"] if detail["status"] != "FAILED" else detail.get("error") or "",
        cause=detail.get("cause") or "",
        open_transaction=transaction,
        now=utc_now(),
    )
    return {"was_alive": noted}
