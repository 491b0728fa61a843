"""Polling with a deadline."""

import time
from collections.abc import Callable


def wait_until(ready: Callable[[], bool], *, seconds: float, every: float = 0.05) -> bool:
    """Ask until ``ready`` says yes; False when ``seconds`` have passed."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() >= deadline:
            return False
        time.sleep(every)
    return True
