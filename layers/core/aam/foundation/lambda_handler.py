"""Wrap every Lambda handler: a correlation id in each log line, an answer to the warming call, and no secrets in logs.

What a handler raises is printed by the runtime, message and all, and is the cause that Step Functions keeps.  Messages
of others quote: pydantic's the value that was wrong, the database's its parameters, the vendors' bodies and URLs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from aam.foundation.errors import AppError
from aam.foundation.observability import frames_of, logger

Event = dict[str, Any]
Handler = Callable[[Event, Any], Any]


class Unforeseen(Exception):
    """Goes out in place of an error that is none of ours; it names the type and says nothing else."""


def lambda_handler(handle: Handler) -> Handler:
    """Wrap a handler: ``{"warm": true}`` returns at once, log lines carry the event's correlation id.

    The warming call lets a deployment start each function once before people wait for it.  Our own errors go out
    without what caused them, any other as Unforeseen, of which the log has type and frames.
    """

    @wraps(handle)
    def wrapped(event: Event, context: Any) -> Any:
        asked = event if isinstance(event, dict) else {}
        if asked.get("warm") is True:
            return {"warm": True}
        log = logger()
        log.clear_state()
        log.set_correlation_id(asked.get("correlation_id") or getattr(context, "aws_request_id", None))
        try:
            return handle(event, context)
        except AppError as error:
            error.__cause__ = None  # which hides the context as well
            raise
        except Exception as error:  # noqa: BLE001 - the border: whatever broke
            log.error(  # noqa: TRY400 - a traceback's message may quote
                "function broke", error_type=type(error).__name__, traceback_lines=frames_of(error)
            )
            raise Unforeseen(type(error).__name__) from None

    return wrapped
