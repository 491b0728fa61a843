"""Woken by schedules, or by hand: `sam local invoke CleanupFunction -e events/cleanup/temp-dry-run.json`."""

from typing import Any

from aam.foundation.deadline import until
from aam.foundation.operator import Answer, operator_function
from aam.retention.handlers import perform_in_own_folder
from aam.retention.schemas import Request, parse

ENDS_BEFORE_MS = 60_000
"""A batch begins only with this much time left; the longest statement takes 25 seconds."""


@operator_function(parse)
def handler(request: Request, context: Any) -> Answer:
    """Perform one request; what did not fit into the time is answered as ``finished: false``."""
    has_time = until(context, seconds=getattr(request, "seconds", None), before_ms=ENDS_BEFORE_MS)
    return perform_in_own_folder(request, has_time=has_time)
