"""`aam cleanup --meetings | --jobs | --locks`: the payload that the cleanup function gets."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

import aam_local.invoking
from aam_cli.main import main

PLAN = {"hash": "0" * 64, "name": "x", "lines": 0, "kept": 0}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Return the payloads, in order."""
    payloads: list[dict[str, Any]] = []

    def answer(_target: object, _output: str, payload: dict[str, Any], *, what: str) -> dict[str, Any]:
        payloads.append(payload)
        return {"plan": PLAN}

    monkeypatch.setattr(aam_local.invoking, "call_function", answer)
    return payloads


@pytest.mark.parametrize(
    ("options", "payload"),
    [
        (["--meetings"], {"mode": "meetings"}),
        (["--jobs"], {"mode": "jobs"}),
        (["--locks"], {"mode": "locks"}),
        (["--meetings", "--older-than-days", "365"], {"mode": "meetings", "older_than_hours": 8760}),
        (["meetings", "--older-than-days", "1"], {"mode": "meetings", "older_than_hours": 24}),
    ],
)
def test_modes_are_options_too(asked: list[dict[str, Any]], options: list[str], payload: dict[str, Any]) -> None:
    done = CliRunner().invoke(main, ["cleanup", *options, "--json"])
    assert (done.exit_code, asked) == (0, [{**payload, "dry_run": True}])


@pytest.mark.parametrize(
    "options",
    [
        ["temp", "--jobs"],
        ["--locks", "--older-than-days", "1"],
        ["temp", "--older-than-days", "1"],
        ["media", "--older-than-hours", "1"],
    ],
)
def test_options_that_do_not_fit_the_mode_are_refused(asked: list[dict[str, Any]], options: list[str]) -> None:
    assert (CliRunner().invoke(main, ["cleanup", *options]).exit_code, asked) == (2, [])
