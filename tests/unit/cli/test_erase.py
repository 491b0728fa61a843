"""`aam erase`: what it asks of the deployed function, and what people read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result

import aam_local.invoking
from aam_cli.main import main
from aam_local.errors import UserError

ID = "01930000-0000-7000-8000-0000000000c1"
PREVIEW = {
    "subject": "client",
    "id": ID,
    "name": "Kestrel\x1b[2J Ltd",
    "counts": {"meetings": 2, "backup_objects": 9},
    "held": ["m1"],
    "held_clients": ["c1"],
    "heir": None,
    "unrecognised": ["m2"],
    "namesakes": ["p1"],
    "all_read": False,
}
CERTIFICATE: dict[str, Any] = {
    "id": "e1",
    "subject": "client",
    "subject_id": ID,
    "state": "waiting",
    "requested_at": "2026-12-01T12:00:00Z",
    "erased_at": None,
    "rescan_at": None,
    "completed_at": None,
    "counts": {"meetings": 2},
    "kept": 1,
    "waits": 0,
    "unrecognised": 1,
    "remains": [{"what": "prompts", "where": "OpenAI", "until": "30 days"}],
    "hash": None,
}


class Asked(list[dict[str, Any]]):
    """What the function was asked; ``finished`` are its answers to that question, one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.finished = iter([False, True])
        self.fault = ""

    def __call__(self, _home: Any, output: str, payload: dict[str, Any], *, what: str) -> dict[str, Any]:
        self.append(payload)
        assert (output, what) == ("ErasureFunctionName", "Erasing")
        if payload.get("dry_run"):
            return {"preview": PREVIEW}
        if payload.get("action") == "list":
            complete = {**CERTIFICATE, "state": "complete", "completed_at": "now"}
            first = {"certificates": [CERTIFICATE], "next_cursor": "c"}
            return {"certificates": [complete], "next_cursor": None} if payload.get("cursor") == "c" else first
        if payload.get("dry_run") is False and self.fault:
            raise UserError(self.fault)
        if payload.get("action") == "certificate":
            return {"certificate": {**CERTIFICATE, "state": "complete", "completed_at": "now", "hash": "abc"}}
        return {"finished": next(self.finished), "certificate": CERTIFICATE}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    made = Asked()
    monkeypatch.setattr(aam_local.invoking, "call_function", made)
    return made  # type: ignore[return-value]


def aam(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, ["erase", *words], input=typed)


def test_it_shows_what_would_go_and_erases_nothing_unless_told(asked: Asked) -> None:
    done = aam("client", ID)
    assert done.exit_code == 0, done.output
    assert asked == [{"subject": "client", "id": ID, "dry_run": True}]
    for said in (
        "2 meetings",
        "9 backup objects",
        "keeps 1 meetings and 1 clients",
        "m2",
        "p1",
        "more of it may name them",
    ):
        assert said in done.output
    assert "\x1b" not in done.output
    assert json.loads(aam("client", ID, "--json").output) == PREVIEW


def test_it_has_the_name_typed_and_goes_on_until_the_end(asked: Asked) -> None:
    refused = aam("client", ID, "--confirm", typed="Kestrel\n")
    assert refused.exit_code == 1
    assert "nothing was erased" in refused.output
    assert len(asked) == 1
    done = aam("client", ID, "--confirm", typed="Kestrel\N{REPLACEMENT CHARACTER}[2J Ltd\n")
    assert done.exit_code == 0, done.output
    assert asked[2:] == [
        {"subject": "client", "id": ID, "dry_run": False, "seconds": 60},
        {"action": "continue", "erasure_id": "e1", "seconds": 60},
    ]
    for said in ("a hold keeps 1 meetings or clients", "OpenAI: prompts; until 30 days", "nobody knows"):
        assert said in done.output


def test_a_certificate_alone_is_json(asked: Asked) -> None:
    done = CliRunner().invoke(main, ["erase", "client", ID, "--confirm", "--yes", "--json"])
    assert json.loads(done.stdout)["id"] == "e1"
    assert json.loads(aam("certificate", ID, "--json").output)["hash"] == "abc"
    assert "SHA-256 abc" in aam("certificate", ID).output
    assert asked[-1] == {"action": "certificate", "erasure_id": ID}


def test_all_erasures_are_a_line_each(asked: Asked) -> None:
    assert len(aam("list").output.splitlines()) == 2
    assert len(json.loads(aam("list", "--json").output)) == 2
    assert asked == [{"action": "list"}, {"action": "list", "cursor": "c"}] * 2


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("The stack does not answer.", "Erasure e1 has begun and goes on by itself; 'aam erase certificate e1'"),
        ("Erasing failed: Erasure e1 is under way already.", "e1 is under way already.\n"),
    ],
)
def test_where_to_ask_after_an_erasure_that_broke_off(asked: Asked, fault: str, told: str) -> None:
    asked.fault = fault
    done = aam("client", ID, "--confirm", "--yes")
    assert done.exit_code == 1
    assert done.output.count("e1") == told.count("e1")
    assert told in done.output
    assert asked[-1] == {"action": "list", "subject_id": ID, "limit": 1}


@pytest.mark.parametrize(
    "words",
    [("client",), ("list", ID), ("list", "--confirm"), ("certificate", ID, "--confirm"), ("everybody", ID)],
)
@pytest.mark.usefixtures("asked")
def test_what_means_nothing_is_refused(words: tuple[str, ...]) -> None:
    assert aam(*words).exit_code == 2


@pytest.mark.parametrize(("erased", "said"), [(0, "The hold has ended.\n"), (2, "2 erasures that had waited")])
def test_the_end_of_a_hold_lets_erasures_go_on(monkeypatch: pytest.MonkeyPatch, erased: int, said: str) -> None:
    calls: list[dict[str, Any]] = []

    def answer(_home: Any, _output: str, payload: dict[str, Any], **_more: str) -> dict[str, Any]:
        calls.append(payload)
        return {"done": True} if payload["action"] == "release" else {"erased": erased}

    monkeypatch.setattr(aam_local.invoking, "call_function", answer)
    done = CliRunner().invoke(main, ["hold", "end", "--client", ID])
    assert said in done.output
    assert calls == [{"action": "release", "client_id": ID}, {"action": "sweep"}]


def test_the_end_of_a_hold_stands_whatever_becomes_of_erasures(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(_home: Any, _output: str, payload: dict[str, Any], **_more: str) -> dict[str, Any]:
        if payload["action"] == "sweep":
            raise UserError("Erasing failed.")
        return {"done": True}

    monkeypatch.setattr(aam_local.invoking, "call_function", answer)
    done = CliRunner().invoke(main, ["hold", "end", "--client", ID])
    assert (done.exit_code, done.stdout) == (0, "The hold has ended.\n")
    assert "the schedule tries it again" in done.stderr


def test_replay_is_repeated_until_it_is_finished_and_fails_with_an_erasure(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(
        [
            {"found": 3, "erased": 1, "failed": 0, "finished": False},
            {"found": 2, "erased": 2, "failed": 0, "finished": True},
            {"found": 2, "erased": 1, "failed": 1, "finished": True},
        ]
    )
    monkeypatch.setattr(aam_local.invoking, "call_function", lambda *_, **__: next(answers))
    whole, failing = (CliRunner().invoke(main, ["erase", "replay"]) for _ in range(2))
    assert (whole.exit_code, whole.output.count("reappeared")) == (0, 2)
    assert (failing.exit_code, "1 erasures failed" in failing.output) == (1, True)
