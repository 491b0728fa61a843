"""How long the API takes to answer, warm: the slowest twentieth of each kind of request that people wait for.

The limit is ours, for this stack on one machine: 300 ms are about what people still take for at once. Beside it stands
how many times a bare call of the same emulator each kind takes, the two measured in turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median, quantiles

from tests.benchmarks.bare import bare_system
from tests.benchmarks.figures import Figure
from tests.benchmarks.running_stack import bring_up_stack

LIMIT_MS = 300
LIMIT_RATIO = 2.0
WARM_UPS, RUNS = 5, 40


def seconds(ask: Callable[[], object]) -> float:
    """The time of one call."""
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


def in_turn(ask: Callable[[], object], bare: Callable[[], object]) -> tuple[list[float], list[float]]:
    """The times of many calls of each, one after the other, so that other work on the machine meets both."""
    pairs = [(seconds(ask), seconds(bare)) for _ in range(WARM_UPS + RUNS)][WARM_UPS:]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


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
    with bare_system(stack) as bare:
        for name, ask in asked.items():
            ours, empty = in_turn(ask, bare.call)
            value = round(quantiles(ours, n=20)[-1] * 1000, 1)
            ratio = round(median(ours) / median(empty), 2)
            figures.append(Figure(f"api_{name}_p95", value, "ms", LIMIT_MS, value <= LIMIT_MS))
            figures.append(Figure(f"api_{name}_ratio", ratio, "x bare call", LIMIT_RATIO, ratio <= LIMIT_RATIO))
    return figures
