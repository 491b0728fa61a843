"""What the function says to people, and what it raises where nobody reads what it says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from aam.erasure.errors import LedgerForged
from aam.foundation.lambda_handler import Unforeseen
from aam.foundation.storage import StorageUnavailable

APP = Path(__file__).resolve().parents[3] / "functions" / "erasure" / "app.py"
ID = "01930000-0000-7000-8000-0000000000c1"


@pytest.fixture(scope="module")
def app() -> Any:
    spec = importlib.util.spec_from_file_location("erasure_app", APP)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def failing(app: Any, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def perform(*_request: object, **_tools: object) -> None:
        raise error

    monkeypatch.setattr(app, "erasure_deps", lambda: None)
    monkeypatch.setattr(app, "perform", perform)


def test_people_are_told_a_refusal(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(app, monkeypatch, LedgerForged())
    asked = {"action": "continue", "erasure_id": ID}
    assert app.handler(asked, None) == {"error": "ledger_forged", "detail": LedgerForged.sentence, "finished": True}


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (LedgerForged(), LedgerForged),
        (StorageUnavailable(), StorageUnavailable),
        (ValueError("what somebody said"), Unforeseen),
    ],
)
def test_a_sweep_that_fails_is_counted_as_failed(
    app: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, raised: type[Exception]
) -> None:
    """The alarm looks at what Lambda counts as errors, and that is what was raised."""
    failing(app, monkeypatch, error)
    with pytest.raises(raised):
        app.handler({"action": "sweep"}, None)
