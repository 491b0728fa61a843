"""The parts of a sweep have nothing to do with each other."""

from __future__ import annotations

import importlib.util
import logging
from pathlib import Path
from typing import Any

import pytest

from aam.foundation.storage import StorageUnavailable

APP = Path(__file__).resolve().parents[3] / "functions" / "sweep" / "app.py"


@pytest.fixture(scope="module")
def app() -> Any:
    spec = importlib.util.spec_from_file_location("sweep_app", APP)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_part_is_done_although_another_fails(app: Any, caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    def part(name: str, error: Exception | None = None) -> int:
        done.append(name)
        if error:
            raise error
        return 1

    parts = {
        "first": lambda: part("first", StorageUnavailable()),
        "second": lambda: part("second", ValueError("what somebody said")),
        "third": lambda: part("third"),
    }
    with caplog.at_level(logging.ERROR), pytest.raises(StorageUnavailable):
        app.do_all(parts)
    assert done == ["first", "second", "third"]
    told = [(vars(record)["part"], vars(record)["error_code"]) for record in caplog.records]
    assert told == [("first", "storage_unavailable"), ("second", "ValueError")]
    assert "somebody said" not in caplog.text
    assert app.do_all({"third": lambda: part("third")}) == {"third": 1}
