"""Deadlines: whether there is time left for another step."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from typing import Any

HasTime = Callable[[], bool]
"""Returns whether there is time for another step."""


def within(seconds: float) -> HasTime:
    """Return a deadline so many seconds from now."""
    ends = time.monotonic() + seconds
    return lambda: time.monotonic() < ends


def until(context: Any, *, seconds: int | None, before_ms: int) -> HasTime:
    """Return a deadline of ``seconds`` from now, if any, that leaves ``before_ms`` of the Lambda's own time."""
    asked = within(seconds) if seconds is not None else None
    return lambda: (
        (asked is None or asked()) and (context is None or context.get_remaining_time_in_millis() > before_ms)
    )


def from_first_use(begin: Callable[[], HasTime]) -> HasTime:
    """Return a deadline that ``begin`` starts when there is first asked for time, not now."""
    started = cache(begin)
    return lambda: started()()
