"""`aam list` and short ids: what they ask of the deployed function, and what people read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

import aam_local.invoking
from aam_cli.list import PAGE
from aam_cli.main import main
from aam_local.errors import UserError
from aam_local.paths import Home

WHOLE = "01930000-0000-7000-8000-0000000000a1"
AT = "2026-11-21T12:00:00.123Z"
CLIENTS = [
    {"id": WHOLE, "created_at": AT, "name": f"Acme {number}\x1b[2J", "meetings": number, "organization": "O"}
    for number in range(PAGE + 50)
]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the function is asked; it pages as ours does, and knows one meeting by its beginning."""
    calls: list[dict[str, Any]] = []

    def answer(_home: Home, output: str, payload: dict[str, Any], *, what: str) -> dict[str, Any]:
        assert output == "OperationsFunctionName"
        calls.append(payload)
        if payload["action"] == "resolve":
            if payload["prefix"] != "01930000":
                raise UserError(f"{what} failed: No meeting has an id that begins with {payload['prefix']}.")
            return {"id": WHOLE}
        if payload["action"] == "retry":
            return {"run_id": "r", "from_stage": "probe", "took_over": None, "paid_again": []}
        first = int(payload.get("cursor", 0))
        last = first + payload["limit"]
        return {"rows": CLIENTS[first:last], "next_cursor": str(last) if last < len(CLIENTS) else None}

    monkeypatch.setattr(aam_local.invoking, "call_function", answer)
    return calls


def aam(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_a_table_has_a_heading_and_cannot_give_orders_to_the_terminal(asked: list[dict[str, Any]]) -> None:
    done = aam("list", "clients", "--limit", "2")
    heading, first, second = done.stdout.splitlines()
    assert heading.split() == ["id", "created", "name", "meetings", "organization"]
    assert first.split()[:3] == [WHOLE, "2026-11-21", "12:00:00"]
    assert heading.index("organization") == first.index("O", 70) == second.index("O", 70)
    assert "\x1b" not in done.stdout
    assert "There are more than 2" in done.stderr


def test_json_is_whole_and_nothing_else(asked: list[dict[str, Any]]) -> None:
    done = aam("list", "clients", "--limit", "2", "--json")
    assert (json.loads(done.stdout), done.stderr) == (CLIENTS[:2], "")


def test_a_large_limit_is_read_page_by_page(asked: list[dict[str, Any]]) -> None:
    done = aam("list", "clients", "--limit", "1000")
    assert len(done.stdout.splitlines()) == 1 + len(CLIENTS)
    assert [(call["limit"], call.get("cursor")) for call in asked] == [(PAGE, None), (PAGE, str(PAGE))]


def test_filters_are_sent_as_whole_ids_and_moments(asked: list[dict[str, Any]]) -> None:
    aam("list", "runs", "--meeting", "01930000", "--status", "failed", "--since", "2026-11-21")
    assert asked[-1] == {
        "action": "list",
        "kind": "runs",
        "meeting_id": WHOLE,
        "status": "failed",
        "since": "2026-11-21T00:00:00+00:00",
        "limit": 50,
    }


@pytest.mark.parametrize("words", [["list"], ["list", "minutes"], ["list", "runs", "--since", "yesterday"]])
def test_what_is_none_of_these_is_refused(asked: list[dict[str, Any]], words: list[str]) -> None:
    assert (aam(*words).exit_code, asked) == (2, [])


@pytest.mark.parametrize("typed", ["01930000", "0193-0000", WHOLE.upper(), WHOLE.replace("-", "")])
def test_an_id_may_be_short_or_written_otherwise(asked: list[dict[str, Any]], typed: str) -> None:
    assert aam("retry", "--meeting", typed).exit_code == 0
    assert asked[-1] == {"action": "retry", "meeting_id": WHOLE}


@pytest.mark.parametrize("typed", ["01930", "Kestrel", "0193000g", WHOLE + "0"])
def test_what_is_no_id_is_refused_before_anything_is_asked(asked: list[dict[str, Any]], typed: str) -> None:
    done = aam("retry", "--meeting", typed)
    assert (done.exit_code, asked) == (2, [])
    assert "at least its first 6 characters (0-9, a-f). 'aam list meetings' shows them." in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        *(["retry", "--meeting"], ["diagnose", "--meeting"], ["delete", "meeting"], ["delete", "client"]),
        *(["export", "client"], ["export", "user"], ["export", "participant"]),
        *(["erase", "client"], ["erase", "user"], ["erase", "participant"], ["erase", "certificate"]),
        *(["cleanup", "media", "--client"], ["cleanup", "media", "--organization"], ["hold", "end", "--client"]),
        *(["keep", "audio", "3", "--organization"], ["restore", "release", "quarantine/x", "--meeting"]),
        *(["list", "meetings", "--client"], ["list", "meetings", "--organization"]),
    ],
    ids=" ".join,
)
def test_every_verb_looks_a_short_id_up_and_stops_where_it_is_unknown(
    asked: list[dict[str, Any]], words: list[str]
) -> None:
    done = aam(*words, "abcdef12")
    assert done.exit_code == 1
    assert [(call["action"], call["prefix"]) for call in asked] == [("resolve", "abcdef12")]
    assert done.stderr.endswith("has an id that begins with abcdef12.\n")
