"""Nothing is paid twice but what a worker had asked for, and not stored, when it died."""

from __future__ import annotations

from aam_fakes.deepgram import DeepgramFake
from tests.support.stack import Stack
from tests.support.vendor_load import PAID, UNPAID, vendor_load


def test_workers_die_at_every_moment_of_a_paid_stage(stack: Stack) -> None:
    """With the queue's and the worker's settings as shipped; each stage loses one worker, and each succeeds."""
    with vendor_load(stack, DeepgramFake(work_s=1.0)) as load:
        for moment in (*UNPAID, *PAID):
            load.kill_at(moment)
        assert load.wait(seconds=150) == ["SUCCEEDED"] * 5
        assert len(load.deepgram.asked) == len(UNPAID) + 2 * len(PAID)
        assert load.dead_letters() == 0
        stack.quiet()
