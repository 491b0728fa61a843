"""Woken by schedules, or by hand: `sam local invoke CleanupFunction -e events/cleanup/temp-dry-run.json`."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aam.foundation.deadline import until
from aam.foundation.errors import AppError
from aam.foundation.handlers import Event, lambda_handler
from aam.retention.errors import BadCleanupRequest
from aam.retention.handlers import cleanup_deps, cleanup_settings, note_refusal, perform
from aam.retention.schemas import parse

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
    has_time = until(context, seconds=getattr(request, "seconds", None), before_ms=ENDS_BEFORE_MS)
    with TemporaryDirectory(prefix="cleanup-") as folder:  # a worker lives on, and its disk is small
        deps = cleanup_deps(Path(folder))
        try:
            return perform(request, deps=deps, has_time=has_time, settings=cleanup_settings())
        except AppError as error:
            if error.retryable:
                raise
            note_refusal(error, request, deps=deps)
            return told(error)


def told(error: AppError) -> dict[str, Any]:
    """An error as an answer."""
    return {"error": error.code, "detail": error.detail, "finished": True}
