"""From the PUT of a file to minutes that wait for review, on the embedded stack, warm; and the SQL that it takes.

The transcript's is also given as how many times a bare chain of the same emulator it takes, the two in turn. The SQL is
also counted of runs that are paid for, the vendors being fakes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from aam_local.paths import find_home
from aam_local.state import load_state
from tests.benchmarks.bare import bare_system
from tests.benchmarks.figures import Figure
from tests.benchmarks.running_stack import Stack, bring_up_stack
from tests.support.sample import SAMPLE

LIMIT_S = 5.0
LIMIT_RATIO = 1.5
STATEMENTS = 40
WARM_UPS, RUNS = 5, 10
RECORDING_RUNS = 3  # the engine needs ten times what is measured


def journey(stack: Stack, file: Path) -> tuple[float, float]:
    """Seconds from the beginning of the upload to review, and the seconds of them that the engine took."""
    meeting_id = stack.meeting(file.stem)
    began = time.perf_counter()
    stack.put(stack.begin_upload(meeting_id, file), file)
    meeting = stack.wait(meeting_id)
    took = time.perf_counter() - began
    stages = {stage["stage"]: stage["seconds"] for stage in meeting["timings"]["stages"]}
    return took, stages["transcribe"] if "extract_audio" in stages else 0.0


def statements(stack: Stack, file: Path) -> int:
    """How many statements a run sends, from the notification to review."""
    meeting_id = stack.meeting(file.stem)
    request = stack.begin_upload(meeting_id, file)
    with stack.logged_statements() as found:
        stack.put(request, file)
        stack.wait_unseen(meeting_id)
    return len(found)


def measure() -> Iterator[Figure]:
    """Time and statements, of a transcript that is brought and of a recording."""
    stack = bring_up_stack()
    for name, file, warm_ups, runs in (
        ("transcript", SAMPLE / "standup.vtt", WARM_UPS, RUNS),
        ("recording", SAMPLE / "standup.ogg", 1, RECORDING_RUNS),
    ):
        taken = [journey(stack, file) for _ in range(warm_ups + runs)][warm_ups:]
        seconds = round(median(took - engine for took, engine in taken), 2)
        yield Figure(f"journey_{name}", seconds, "s", LIMIT_S, seconds <= LIMIT_S)
        yield asked(f"sql_{name}", stack, file)
    yield ratio(stack, SAMPLE / "standup.vtt")
    with paid_stack() as stack:
        journey(stack, SAMPLE / "standup.ogg")
        yield asked("sql_paid_recording", stack, SAMPLE / "standup.ogg")
        stack.api.call("PUT", "/budget", {"monthly_usd": "1000"})
        yield asked("sql_paid_under_a_budget", stack, SAMPLE / "standup.ogg")


def ratio(stack: Stack, file: Path) -> Figure:
    """The transcript's journey beside the bare chain."""
    with bare_system(stack) as bare:
        pairs = [(journey(stack, file)[0], bare.chain()) for _ in range(WARM_UPS + RUNS)][WARM_UPS:]
    ours, empty = (median(side) for side in zip(*pairs, strict=True))
    value = round(ours / empty, 2)
    return Figure("journey_transcript_ratio", value, "x bare chain", LIMIT_RATIO, value <= LIMIT_RATIO)


def asked(name: str, stack: Stack, file: Path) -> Figure:
    """The statements of a run beside what they may be."""
    count = statements(stack, file)
    return Figure(name, count, "statements", STATEMENTS, count <= STATEMENTS)


@contextmanager
def paid_stack() -> Iterator[Stack]:
    """The same stack with the vendors' fakes, and as it was afterwards."""
    had = bool(load_state(find_home()).fakes)
    try:
        yield bring_up_stack(fake_vendors=True)
    finally:
        bring_up_stack(fake_vendors=had)
