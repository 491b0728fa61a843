"""A failure that arrives by name from a worker without a database keeps its name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.errors import all_leaves

ROOT = Path(__file__).resolve().parents[3]
NAMED = "import app; from aam.foundation.errors import leaves; print(*(leaf.__name__ for leaf in leaves()))"


@pytest.mark.parametrize("function", ["step_fail", "on_execution_change"])
def test_workflow_imports_every_error_leaf_of_the_steps(function: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", NAMED],
        cwd=ROOT / "functions" / function,
        env={"PYTHONPATH": str(ROOT / "layers" / "core")},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.split()
    contexts = ("aam.media.errors", "aam.transcription.errors", "aam.artifacts.errors")
    expected = {name for name, leaf in all_leaves().items() if leaf.__module__ in contexts}
    assert len(expected) > 20
    assert expected <= set(told)
