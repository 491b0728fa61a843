"""A thousand random histories of cleanups: the test of tests/integration, longer, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.figures import Figure

ROOT = Path(__file__).resolve().parents[2]
TEST = "tests/integration/retention/test_histories.py"
HISTORIES, LIMIT_S = 1_000, 180


def measure() -> Iterator[Figure]:
    """The figure; a history in which something wanted goes is a miss, however fast it was."""
    environment = {**os.environ, "AAM_HISTORIES": str(HISTORIES)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", TEST]
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    if done.returncode:
        sys.stderr.write(done.stdout[-4_000:])
    well = done.returncode == 0 and seconds <= LIMIT_S
    yield Figure(f"retention.histories_{HISTORIES}", round(seconds, 1), "s", LIMIT_S, well)
