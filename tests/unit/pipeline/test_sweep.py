"""The parts of a sweep have nothing to do with each other."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from aam.foundation.storage import StorageUnavailable
from tests.support.apps import app_of


@pytest.fixture(scope="module")
def app() -> Any:
    return app_of("sweep")


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
