"""After a restore the ledger of erasures is replayed to its end, however little one call does."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from aam.backups.tools import Step

APP = Path(__file__).resolve().parents[3] / "functions" / "restore" / "app.py"


@pytest.fixture(scope="module")
def app() -> Any:
    spec = importlib.util.spec_from_file_location("restore_app", APP)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("calls", "has_time", "told"),
    [
        ([Step(67, finished=False), Step(0, finished=False), Step(3)], True, Step(70)),
        ([Step(67, finished=False)], False, Step(67, finished=False)),
        ([Step(0, finished=False)] * 12, True, Step(0, finished=False)),
    ],
)
def test_it_is_called_until_it_is_done(
    app: Any, monkeypatch: pytest.MonkeyPatch, calls: list[Step], has_time: bool, told: Step
) -> None:
    left = iter(calls)
    monkeypatch.setattr(app, "replay", lambda: next(left))
    assert app.erase_again(lambda: has_time) == told
    assert list(left) == []
