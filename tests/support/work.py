"""Work counted in lines of code that run, which no load on the machine changes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def lines_run(work: Callable[[], object], *, below: str) -> int:
    """Return how many lines run in files whose path holds ``below``."""
    count = 0

    def count_lines(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return count_lines

    def enter(frame: FrameType, _event: str, _argument: Any) -> Any:
        return count_lines if below in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        work()
    finally:
        sys.settrace(before)
    return count
