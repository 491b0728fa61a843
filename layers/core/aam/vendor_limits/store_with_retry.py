"""Store a paid vendor response, retrying while storage is unavailable."""

from __future__ import annotations

import time
from collections.abc import Callable

from aam.foundation.observability import logger
from aam.foundation.storage import ObjectStore, StorageUnavailable

WAITS_S = (0.5, 1.0, 2.0, 4.0, 8.0)
"""The waits between the writes of one answer: a store that is away for this long costs no second payment."""


def store_with_retry(store: ObjectStore, key: str, body: bytes, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Store a vendor's answer (JSON), and try again where others would give up: to ask again is to pay again.

    Raises StorageUnavailable when the store stays away.
    """
    for wait_s in WAITS_S:
        try:
            return store.write(key, body, content_type="application/json")
        except StorageUnavailable:
            logger().warning("the store did not take an answer, trying again", seconds=wait_s)
            sleep(wait_s)
    return store.write(key, body, content_type="application/json")
