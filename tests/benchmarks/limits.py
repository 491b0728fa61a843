"""What keeping to a vendor's limits costs, and what dying workers cost, through the deployed queue and workers.

A stack of the tests' own, as they bring it up; Deepgram is a fake on the loopback.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from aam_fakes.deepgram import DeepgramFake
from tests.benchmarks.figures import Figure
from tests.support.stack import Stack, running_stack
from tests.support.vendor_load import PAID, UNPAID, vendor_load

CONCURRENCY, STARTS_A_SECOND, WORK_S = 5, 2, 1.5
MESSAGES, FIRST, LAST = 200, 20, 180
SHARE_LEAST = 90.0
PATIENCE_S = 400.0

ROUNDS = 2
MOMENTS = (*UNPAID, *PAID)
PAID_MOST = 1 + len(PAID) / len(MOMENTS)
"""Every moment once a round: those between asking and storing cost a call more, the others none."""


def measure() -> Iterator[Figure]:
    """The burst, then the kills."""
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder) / "limits") as stack:
        yield from burst(stack)
        yield from kills(stack)


def burst(stack: Stack) -> Iterator[Figure]:
    """200 messages at once against a vendor that allows 5 requests at once and 2 starts in any second."""
    deepgram = DeepgramFake(concurrency=CONCURRENCY, rate=(STARTS_A_SECOND, 1.0), work_s=WORK_S)
    limits = {"DEEPGRAM_CONCURRENCY": str(CONCURRENCY), "DEEPGRAM_SPACING_MS": str(1000 // STARTS_A_SECOND)}
    with vendor_load(stack, deepgram, **limits) as load:
        for _ in range(MESSAGES):
            load.begin()
        statuses = load.wait(seconds=PATIENCE_S)
        starts = sorted(asked.at for asked in deepgram.asked)
        rate = (LAST - FIRST) / (starts[LAST - 1] - starts[FIRST - 1])
        share = round(100 * rate / STARTS_A_SECOND, 1)
        yield Figure("burst_share_of_limit", share, "%", SHARE_LEAST, share >= SHARE_LEAST)
        for name, value in {
            "burst_violations": deepgram.violations,
            "burst_failures": MESSAGES - statuses.count("SUCCEEDED"),
            "burst_dead_letters": load.dead_letters(),
            "burst_calls_too_many": len(starts) - MESSAGES,
        }.items():
            yield Figure(name, value, "", 0, value == 0)
        stack.quiet()


def kills(stack: Stack) -> Iterator[Figure]:
    """Each stage loses one worker, at every moment of the stage alike."""
    with vendor_load(stack, DeepgramFake(work_s=1.0), DEEPGRAM_CONCURRENCY="50") as load:
        for moment in MOMENTS * ROUNDS:
            load.kill_at(moment)
        succeeded = load.wait(seconds=PATIENCE_S).count("SUCCEEDED")
        paid = round(len(load.deepgram.asked) / max(succeeded, 1), 2)
        whole = succeeded == len(MOMENTS) * ROUNDS
        yield Figure("paid_calls_per_stage_under_kills", paid, "calls", PAID_MOST, whole and paid <= PAID_MOST)
        stack.quiet()
