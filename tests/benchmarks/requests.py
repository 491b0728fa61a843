"""How long the API takes to answer, warm: the slowest twentieth of each kind of request that people wait for.

The limit is ours, for this stack on one machine: 300 ms are about what people still take for at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import quantiles

from tests.benchmarks.figures import Figure
from tests.benchmarks.running_stack import bring_up_stack

LIMIT_MS = 300
WARM_UPS, RUNS = 5, 40


def p95_ms(ask: Callable[[], object]) -> float:
    """The 95th percentile of many calls one after another, in milliseconds."""
    taken = []
    for number in range(WARM_UPS + RUNS):
        began = time.perf_counter()
        ask()
        if number >= WARM_UPS:
            taken.append((time.perf_counter() - began) * 1000)
    return round(quantiles(taken, n=20)[-1], 1)


def measure() -> list[Figure]:
    """Reading one meeting, listing, and writing."""
    stack = bring_up_stack()
    meeting_id = stack.meeting("Bench")
    asked: dict[str, Callable[[], object]] = {
        "read": lambda: stack.api.call("GET", f"/meetings/{meeting_id}"),
        "list": lambda: stack.api.call("GET", "/meetings"),
        "create": lambda: stack.meeting("Bench"),
    }
    figures = []
    for name, ask in asked.items():
        value = p95_ms(ask)
        figures.append(Figure(f"api_{name}_p95", value, "ms", LIMIT_MS, value <= LIMIT_MS))
    return figures
