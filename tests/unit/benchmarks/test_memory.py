"""The peak memory that benchmarks print is that of what they measure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.memory import PEAK_MB

BALLAST_MB = 200
PARENT = """
import subprocess, sys
ballast = b"x" * (int(sys.argv[1]) * 1024 * 1024)
print(subprocess.run([sys.executable, "-c", sys.argv[2]], capture_output=True, text=True, check=True).stdout)
"""


def peak_of_child(program: str, *, parent_mb: int) -> float:
    command = [sys.executable, "-c", PARENT, str(parent_mb), program]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system has no /proc")
def test_a_large_parent_adds_nothing_to_the_peak_of_its_child() -> None:
    program = f"print({PEAK_MB})"
    alone, beside = (peak_of_child(program, parent_mb=size) for size in (0, BALLAST_MB))
    assert abs(beside - alone) < BALLAST_MB / 10


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system has no /proc")
def test_the_peak_is_the_most_that_was_held_and_not_what_is_left() -> None:
    program = f"kept = b'x' * ({BALLAST_MB} * 1024 * 1024); del kept; print({PEAK_MB})"
    assert peak_of_child(program, parent_mb=0) > BALLAST_MB
