"""What every Lambda handler shares: a correlation id in each log line, and an answer to the warming call."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from aam.foundation.observability import logger

Event = dict[str, Any]
Handler = Callable[[Event, Any], Any]


def lambda_handler(handle: Handler) -> Handler:
    """Wrap a handler: ``{"warm": true}`` returns at once, log lines carry the event's correlation id.

    The warming call lets a deployment start each function once before people wait for it.
    """

    @wraps(handle)
    def wrapped(event: Event, context: Any) -> Any:
        if event.get("warm") is True:
            return {"warm": True}
        log = logger()
        log.clear_state()
        log.set_correlation_id(event.get("correlation_id") or getattr(context, "aws_request_id", None))
        return handle(event, context)

    return wrapped
