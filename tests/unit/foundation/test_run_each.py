"""The parts of a sweep have nothing to do with each other."""

from __future__ import annotations

import logging

import pytest

from aam.foundation.run_each import run_each
from aam.foundation.storage import StorageUnavailable


def test_each_part_is_done_although_another_fails(caplog: pytest.LogCaptureFixture) -> None:
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
        run_each(parts, failed="part of the sweep failed")
    assert done == ["first", "second", "third"]
    told = [(vars(record)["part"], vars(record)["error_code"]) for record in caplog.records]
    assert told == [("first", "storage_unavailable"), ("second", "ValueError")]
    assert "somebody said" not in caplog.text
    assert run_each({"third": lambda: part("third")}, failed="") == {"third": 1}
