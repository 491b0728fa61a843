"""Heartbeat: extend leases while work continues, so that those of a killed worker expire soon."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aam.foundation.observability import logger

BEAT_S = 20.0
LIFE_S = 60.0
"""Whoever has not been heard for this long counts as dead: two beats may be lost."""


@contextmanager
def beating(beat: Callable[[], None], *, every_s: float = BEAT_S) -> Iterator[None]:
    """Call ``beat`` every so often in a thread while the block runs; a beat that fails is missed, nothing more."""
    over = threading.Event()

    def go_on() -> None:
        while not over.wait(every_s):
            try:
                beat()
            except Exception as error:  # noqa: BLE001 - the work is what matters; the next beat may succeed
                logger().warning("missed a heartbeat", error_type=type(error).__name__)

    thread = threading.Thread(target=go_on, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
