"""`aam cost`: what it asks of the deployed function, and what people read."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

import aam_local.invoking
from aam_cli.main import main
from aam_local.paths import Home

BUDGET = {
    "organization_id": "01a200e9-0000-7000-8000-000000000001",
    "organization": "Acme",
    "monthly_usd": "50.000000",
    "spent_usd": "41.20",
    "reserved_usd": "0.85",
    "warning": True,
    "waiting_runs": 2,
}
REPORT = {
    "month": "2026-11",
    "by": "client",
    "total_usd": "41.200004",
    "unknown": 3,
    "lines": [
        {"id": "1", "name": "Globex", "usd": "41.20", "unknown": 0},
        {"id": None, "name": None, "usd": "0.000004", "unknown": 3},
    ],
    "budgets": [BUDGET],
}
LINE = (
    "Acme (01a200e9-0000-7000-8000-000000000001): $41.20 spent, $0.85 reserved, of $50.00 a month, "
    "WARNING: over 80 %, 2 runs wait for a higher budget.\n"
)
Asked = list[dict[str, Any]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the function of costs is asked; it answers as ours does."""
    calls: Asked = []

    def answer(_home: Home, output: str, payload: dict[str, Any], *, what: str) -> dict[str, Any]:
        assert output == "CostsFunctionName"
        calls.append(payload)
        return REPORT if payload["command"] == "report" else {"budget": BUDGET, "resumed_runs": 2}

    monkeypatch.setattr(aam_local.invoking, "call_function", answer)
    return calls


def aam(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["cost", *arguments])


def test_a_month_by_client(asked: Asked) -> None:
    done = aam("--month", "2026-11", "--by", "client")
    assert (done.exit_code, asked) == (0, [{"command": "report", "by": "client", "month": "2026-11"}])
    assert done.output == (
        "      $41.20  Globex\n"
        "   $0.000004  (deleted)  (3 without a known price)\n"
        "      $41.20  in 2026-11, and 3 charges without a known price.\n" + LINE
    )


def test_the_present_month_by_model_for_programs(asked: Asked) -> None:
    done = aam("--json")
    assert asked == [{"command": "report", "by": "model"}]
    assert json.loads(done.output) == REPORT


@pytest.mark.parametrize(
    ("arguments", "payload"),
    [
        ([], {"command": "budget"}),
        (["Acme"], {"command": "budget", "organization": "Acme"}),
        (["--monthly", "50"], {"command": "budget", "set": True, "monthly_usd": "50"}),
        (["--monthly", "0"], {"command": "budget", "set": True, "monthly_usd": "0"}),
        (["Acme", "--none"], {"command": "budget", "organization": "Acme", "set": True, "monthly_usd": None}),
    ],
)
def test_a_budget_is_shown_or_set(asked: Asked, arguments: list[str], payload: dict[str, Any]) -> None:
    done = aam("budget", *arguments)
    assert (done.exit_code, asked) == (0, [payload])
    assert done.output == f"{LINE}2 waiting runs were begun.\n"


def test_a_budget_for_programs(asked: Asked) -> None:
    assert json.loads(aam("budget", "--json").output) == {"budget": BUDGET, "resumed_runs": 2}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--month", "november"],
        ["--month", "2026-13"],
        ["--by", "mood"],
        ["budget", "--monthly", "much"],
        ["budget", "--monthly", "NaN"],
        ["budget", "--monthly", "1000000"],
        ["budget", "--monthly", "1", "--none"],
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_asked(asked: Asked, arguments: list[str]) -> None:
    done = aam(*arguments)
    assert (done.exit_code, asked) == (2, [])


def test_the_help_teaches() -> None:
    said = aam("--help").output
    assert "aam cost budget --monthly 50" in said
    assert "budget_exceeded" in aam("budget", "--help").output
