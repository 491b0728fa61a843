"""`aam diagnose --database` and `--end`: a session is shown before it is ended."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

import aam_cli.diagnose
from aam_cli.main import main

AT = "2026-11-21T12:00:00.123Z"
SESSION = {
    "pid": 4711,
    "since": AT,
    "application": "f",
    "state": "active",
    "seconds": 61.0,
    "blocked_by": [],
    "text": "update x",
}
DATABASE = {
    "connections": {"active": 1, "idle": 4},
    "connections_most": 100,
    "sessions": [SESSION],
    "slowest": [{"calls": 3, "mean_ms": 1500.0, "most_ms": 2000.0, "total_ms": 4500.0, "text": "select y"}],
    "advice": [],
}


@pytest.mark.parametrize(
    ("words", "typed", "sent"),
    [
        (["--end", "4711"], "y\n", ["diagnose", "end"]),
        (["--end", "4711"], "n\n", ["diagnose"]),
        (["--end", "4711", "--yes"], "", ["diagnose", "end"]),
        (["--end", "1"], "", ["diagnose"]),
    ],
)
def test_session_is_ended_only_after_it_was_shown_and_confirmed(
    monkeypatch: pytest.MonkeyPatch, words: list[str], typed: str, sent: list[str]
) -> None:
    asked: list[dict[str, Any]] = []

    def answer(payload: dict[str, Any]) -> dict[str, Any]:
        asked.append(payload)
        return DATABASE if payload["action"] == "diagnose" else {"pid": 4711}

    monkeypatch.setattr(aam_cli.diagnose, "ask", answer)
    CliRunner().invoke(main, ["diagnose", *words], input=typed)
    assert [payload["action"] for payload in asked] == sent
    if "end" in sent:
        assert asked[-1] == {"action": "end", "pid": 4711, "since": AT}


def test_work_of_the_database_fits_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aam_cli.diagnose, "ask", lambda _: DATABASE)
    assert CliRunner().invoke(main, ["diagnose", "--database"]).output.splitlines()[:3] == [
        "connections    5 of 100: 1 active, 4 idle",
        "session        4711  61 s, active: update x",
        "slowest        1,500 ms on average, 2,000 ms at most, 3 times: select y",
    ]
