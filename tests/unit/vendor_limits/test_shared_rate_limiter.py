"""Many workers at one limiter at the same time, each in a thread of its own, on the real clock."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise
from typing import Any

from botocore.exceptions import ClientError

from aam.foundation.state_table import StateTable
from aam.vendor_limits.errors import VendorBusy
from aam.vendor_limits.ports import Vendor
from aam.vendor_limits.rate_limiter import SharedRateLimiter
from aam.vendor_limits.settings import Limits

WORKERS, REQUESTS, SPACING_S = 8, 15, 0.02
LIMITS = Limits(concurrency=3, spacing_ms=round(SPACING_S * 1000), circuit_faults=3)


class OneItem:
    """As much of DynamoDB as a limiter asks for: one item, read whole, and written where its version still stands."""

    def __init__(self) -> None:
        self.item: dict[str, Any] | None = None
        self.lock = threading.Lock()
        self.slots: set[float] = set()

    def get_item(self, **_named: Any) -> dict[str, Any]:
        with self.lock:
            return {"Item": self.item} if self.item else {}

    def put_item(self, **named: Any) -> None:
        expected = named.get("ExpressionAttributeValues", {}).get(":version")
        with self.lock:
            if (self.item or {}).get("version") != expected:
                raise ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, "PutItem")
            self.item = named["Item"]
            self.slots.add(json.loads(self.item["document"]["S"])["next_start"])


def test_workers_together_keep_to_the_limits() -> None:
    item, lock = OneItem(), threading.Lock()
    table = StateTable(item, "table")
    running, most = set[str](), [0]

    def work(_number: int) -> None:
        limiter = SharedRateLimiter(Vendor.OPENAI, LIMITS, table)
        done = False
        while not done:
            with suppress(VendorBusy), limiter.request() as permit:
                with lock:
                    running.add(permit.owner)
                    most[0] = max(most[0], len(running))
                permit.wait_for_slot()
                with lock:
                    running.discard(permit.owner)
                done = True

    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        list(pool.map(work, range(REQUESTS)))
    assert most[0] == LIMITS.concurrency
    assert SharedRateLimiter(Vendor.OPENAI, LIMITS, table).state().leases == {}
    slots = sorted(item.slots)
    assert len(slots) >= REQUESTS
    assert min(later - earlier for earlier, later in pairwise(slots)) >= SPACING_S
