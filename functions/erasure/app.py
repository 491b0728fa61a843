"""Woken by an operator (`aam erase`) and by its schedule: whom to erase, and what still waits for its end."""

import time
from typing import Any

from aam.erasure.errors import BadErasureRequest
from aam.erasure.handlers import erasure_deps, perform
from aam.erasure.schemas import Request, SweepRequest, parse
from aam.foundation.deadline import HasTime
from aam.foundation.errors import AppError
from aam.foundation.handlers import Event, lambda_handler

ENDS_BEFORE_MS = 120_000
"""A meeting begins only with this much time left."""


@lambda_handler
def handler(event: Event, context: Any) -> dict[str, Any]:
    """Erase as asked; a refusal is told as ``{"error": code, "detail": sentence}``.

    What did not fit into the time is told as ``finished: false``, and goes on by ``{"action": "continue", …}`` or by
    the schedule.  Passing faults are raised: the schedule goes on where they stopped us.  A sweep raises refusals too:
    nobody reads what a schedule is answered, and the alarm hears only of what is raised.
    """
    try:
        request = parse(event)
    except BadErasureRequest as error:
        return told(error)
    try:
        return perform(request, deps=erasure_deps(), has_time=clock_of(request, context))
    except AppError as error:
        if error.retryable or isinstance(request, SweepRequest):
            raise
        return told(error)


def clock_of(request: Request, context: Any) -> HasTime:
    """Says whether there is time for another meeting: of what was asked for, and of Lambda's.

    What was asked for counts from the first question on.  A replay reads all of the ledger before it; counted in, a
    large ledger would leave each call without time for anybody.
    """
    seconds, began = getattr(request, "seconds", None), None

    def has_time() -> bool:
        nonlocal began
        began = time.monotonic() if began is None else began
        asked = seconds is None or time.monotonic() < began + seconds
        return asked and (context is None or context.get_remaining_time_in_millis() > ENDS_BEFORE_MS)

    return has_time


def told(error: AppError) -> dict[str, Any]:
    """An error as an answer."""
    return {"error": error.code, "detail": error.detail, "finished": True}
