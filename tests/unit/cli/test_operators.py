"""`aam migrate` and `aam cleanup`: what they ask of the deployed functions, and what people read."""

import io
import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

import aam_local.invoking
from aam_cli.main import main
from aam_local.errors import UserError
from aam_local.invoking import call_function, invoke
from aam_local.paths import Home

Asked = list[tuple[str, dict[str, Any]]]
PLANNED = {
    "mode": "temp",
    "objects": 2,
    "size_bytes": 1_234_567,
    "largest": [{"key": "temp/exports/a.json", "size_bytes": 1_234_000, "modified_at": "2026-11-20T10:00:00Z"}],
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the deployed functions are asked; they answer as ours do."""
    calls: Asked = []

    def answer(_home: Home, output: str, payload: dict[str, Any], *, what: str) -> dict[str, Any]:
        calls.append((output, payload))
        if output == "CleanupFunctionName":
            return PLANNED | {"dry_run": payload["dry_run"]}
        return {"command": payload["command"], "revision": "0002", "output": "Alembic's words\n"}

    monkeypatch.setattr(aam_local.invoking, "call_function", answer)
    return calls


def aam(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, arguments, input=typed)


@pytest.mark.parametrize(
    ("arguments", "payload"),
    [
        (["up"], {"command": "up", "revision": "head"}),
        (["up", "0001"], {"command": "up", "revision": "0001"}),
        (["down", "--yes"], {"command": "down", "revision": "-1"}),
        (["down", "--yes", "base"], {"command": "down", "revision": "base"}),
        (["down", "--yes", "--", "-2"], {"command": "down", "revision": "-2"}),
        (["stamp", "--yes", "0001"], {"command": "stamp", "revision": "0001"}),
        (["current"], {"command": "current"}),
        (["history"], {"command": "history"}),
        (["heads"], {"command": "heads"}),
    ],
)
def test_the_deployed_function_is_asked_for_the_verb(asked: Asked, arguments: list[str], payload: Any) -> None:
    done = aam("migrate", *arguments)
    assert (done.exit_code, asked) == (0, [("MigrateFunctionName", payload)])
    assert done.output == "Alembic's words\nThe database stands at 0002.\n"


@pytest.mark.parametrize("verb", ["down", "stamp"])
def test_what_cannot_be_undone_is_asked_first(asked: Asked, verb: str) -> None:
    assert aam("migrate", verb, typed="n\n").exit_code == 1
    assert asked == []
    assert aam("migrate", verb, typed="y\n").exit_code == 0
    assert len(asked) == 1


@pytest.mark.parametrize("verb", ["new", "merge"])
def test_a_revision_needs_words_and_a_running_database(
    verb: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AAM_HOME", str(tmp_path))
    assert aam("migrate", verb).exit_code == 2
    done = aam("migrate", verb, "words")
    assert (done.exit_code, done.output) == (1, "Error: The database does not answer; run 'aam up' first.\n")


def test_a_cleanup_lists_and_deletes_nothing_unless_told(asked: Asked) -> None:
    done = aam("cleanup", "temp", "--older-than-hours", "48")
    assert done.exit_code == 0
    assert asked == [("CleanupFunctionName", {"mode": "temp", "older_than_hours": 48, "dry_run": True})]
    assert done.output == "     1,234,000  temp/exports/a.json\n2 objects, 1,234,567 bytes would be deleted.\n"


def test_a_cleanup_asks_before_it_deletes(asked: Asked) -> None:
    assert aam("cleanup", "temp", "--confirm", typed="n\n").exit_code == 1
    assert [payload["dry_run"] for _, payload in asked] == [True]
    asked.clear()
    done = aam("cleanup", "temp", "--confirm", "--yes")
    assert [payload["dry_run"] for _, payload in asked] == [True, False]
    assert done.output.endswith("2 objects, 1,234,567 bytes were deleted.\n")


def test_without_a_stack_it_says_what_to_do(tmp_path: Any) -> None:
    with pytest.raises(UserError, match="run 'aam up' first"):
        call_function(Home(tmp_path, tmp_path / ".aam"), "MigrateFunctionName", {}, what="x")


class Functions:
    """A Lambda client with one prepared answer."""

    def __init__(self, body: Any, **more: str) -> None:
        self.answer = {"Payload": io.BytesIO(json.dumps(body).encode()), **more}

    def invoke(self, **_arguments: Any) -> dict[str, Any]:
        return self.answer


@pytest.mark.parametrize(
    ("functions", "said"),
    [
        (
            Functions({"errorMessage": "It broke."}, FunctionError="Unhandled"),
            "Migrating failed: It broke; 'aam logs f'",
        ),
        (Functions("odd", FunctionError="Unhandled"), "Migrating failed: it gave no reason; 'aam logs f'"),
        (Functions({"error": "database_busy", "detail": "Another one runs."}), "Migrating failed: Another one runs."),
    ],
)
def test_a_failure_is_one_sentence_whichever_way_it_is_told(functions: Functions, said: str) -> None:
    with pytest.raises(UserError) as caught:
        invoke(functions, "f", {}, what="Migrating")
    assert str(caught.value).startswith(said)


def test_an_answer_is_given_back() -> None:
    assert invoke(Functions({"revision": "0002"}), "f", {}, what="x") == {"revision": "0002"}
    assert invoke(Functions(None), "f", {}, what="x") == {}
