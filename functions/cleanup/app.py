"""Woken by schedules, or by hand: `sam local invoke CleanupFunction -e events/cleanup/temp-dry-run.json`."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aam.foundation.errors import AppError
from aam.foundation.handlers import Event, lambda_handler
from aam.retention.dispatch import cleanup_settings, cleanup_tools, note_refusal, perform
from aam.retention.errors import BadCleanupRequest
from aam.retention.schemas import Request, parse
from aam.retention.tools import HasTime

ENDS_BEFORE_MS = 60_000
"""A batch begins only with this much time left; the longest statement takes 25 seconds."""


@lambda_handler
def handler(event: Event, context: Any) -> dict[str, Any]:
    """Clean up as asked; a refusal is told as ``{"error": code, "detail": sentence}``.

    What did not fit into the time is told as ``finished: false``, and goes on by ``{"action": "continue", …}``.
    Passing faults are raised: whoever woke the function tries again.
    """

    try:
        request = parse(event)
    except BadCleanupRequest as error:
        return told(error)
    with TemporaryDirectory(prefix="cleanup-") as folder:  # a worker lives on, and its disk is small
        tools = cleanup_tools(Path(folder))
        try:
            return perform(request, tools=tools, has_time=clock_of(request, context), settings=cleanup_settings())
        except AppError as error:
            if error.retryable:
                raise
            note_refusal(error, request, tools=tools)
            return told(error)


def clock_of(request: Request, context: Any) -> HasTime:
    """Says whether there is time for another batch: of what was asked for, and of Lambda's."""
    seconds = getattr(request, "seconds", None)
    until = None if seconds is None else time.monotonic() + seconds

    def has_time() -> bool:
        asked = until is None or time.monotonic() < until
        return asked and (context is None or context.get_remaining_time_in_millis() > ENDS_BEFORE_MS)

    return has_time


def told(error: AppError) -> dict[str, Any]:
    """An error as an answer."""
    return {"error": error.code, "detail": error.detail, "finished": True}
