"""`aam migrate`, `cleanup`, `hold`, `keep`: what they ask of the deployed functions, and what people read."""

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
from aam_local.target import LocalTarget

Asked = list[tuple[str, dict[str, Any]]]
HASH = "ab" * 32
C1 = "01930000-0000-7000-8000-0000000000c1"
M1 = "01930000-0000-7000-8000-0000000000a1"
O1 = "01930000-0000-7000-8000-0000000000b1"
PLAN = {
    "hash": HASH,
    "name": "temp",
    "objects": 2,
    "size_bytes": 1_234_567,
    "multiparts": 0,
    "meetings": 0,
    "rows": {},
    "reasons": [
        {"why": "temporary, older than 48 hours", "count": 2, "size_bytes": 1_234_567, "first": ["temp/exports/a.json"]}
    ],
    "largest": [{"key": "temp/exports/a.json", "size_bytes": 1_234_000}],
    "kept": 0,
    "would_stop": [],
    "database_bytes": 9_876,
    "lines": 2,
}
DONE = {**PLAN, "finished": True, "run_id": "r", "resumed": None, "skipped": 0, "failed": 0}
STATISTICS = {
    "rows": {"meetings": 3},
    "objects": {"temp/": 2},
    "bytes": {"temp/": 9},
    "runs": {},
    "locks": 0,
    "database_bytes": 1,
}
HEALTHY = {
    "ok": True,
    "complaints": [],
    "hours_since_cleanup": 1.5,
    "ever_cleaned": True,
    "temp_bytes": 9,
    "log_bytes": 8,
}
ITEM = {"does": "delete", "kind": "object", "version": "null", "why": "temporary, older than 48 hours"}
PAGES = {
    0: {"plan": PLAN, "items": [{**ITEM, "name": "temp/exports/a.json", "size_bytes": 1_234_000}], "next": 99},
    99: {
        "plan": None,
        "items": [
            {**ITEM, "name": "temp/b\x1b[2J", "version": "v7", "size_bytes": 567},
            {**ITEM, "does": "delete row", "kind": "refresh_tokens", "name": "0193", "size_bytes": 0, "why": "old"},
        ],
        "next": None,
    },
}
CHECKED = {"ok": True, "rows_without_object": 0, "objects_without_row": 0, "waiting": 1, "named": []}


def answer_of_cleanup(payload: dict[str, Any]) -> dict[str, Any]:
    """What the cleanup function says."""
    answers: dict[str, dict[str, Any]] = {
        "statistics": STATISTICS,
        "health": HEALTHY,
        "check": CHECKED,
        "continue": DONE,
        "release": {"done": False},
    }
    if payload.get("action") == "plan":
        return PAGES[payload["after"]]
    if "action" in payload:
        return answers.get(payload["action"], {"done": True})
    return {"plan": PLAN} if payload["dry_run"] else {**DONE, "finished": payload["mode"] != "media"}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the deployed functions are asked; they answer as ours do."""
    calls: Asked = []

    def answer(_home: Home, output: str, payload: dict[str, Any], *, what: str) -> dict[str, Any]:
        calls.append((output, payload))
        if output == "CleanupFunctionName":
            return answer_of_cleanup(payload)
        return {"command": payload["command"], "revision": "0002", "output": "Alembic's words\n"}

    monkeypatch.setattr(aam_local.invoking, "call_function", answer)
    monkeypatch.setattr("aam_local.disks.free_bytes", lambda _home: {"objects and database": 5_000_000})
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
    assert done.output == (
        "     1,234,000  temp/exports/a.json\n"
        "       2 × temporary, older than 48 hours (1,234,567 bytes)\n"
        "           temp/exports/a.json\n"
        "           …\n"
        f"2 objects, 1,234,567 bytes would be deleted. Plan {HASH}\n"
        f"All of it by name: aam cleanup --plan {HASH} --show\n"
        "The database takes 9,876 bytes.\n"
        "5,000,000 bytes are free on the disk of objects and database.\n"
    )


def test_a_list_can_be_read_by_programs(asked: Asked) -> None:
    assert json.loads(aam("cleanup", "temp", "--json").output) == PLAN
    assert [payload["dry_run"] for _, payload in asked] == [True]


def test_every_line_of_a_plan_is_shown_page_by_page(asked: Asked) -> None:
    done = aam("cleanup", "--plan", HASH, "--show")
    assert done.output == (
        "delete object temp/exports/a.json: 1,234,000 bytes, temporary, older than 48 hours\n"
        "delete object temp/b\N{REPLACEMENT CHARACTER}[2J (v7): 567 bytes, temporary, older than 48 hours\n"
        "delete row refresh_tokens 0193: old\n"
    )
    assert [(payload["hash"], payload["after"]) for _, payload in asked] == [(HASH, 0), (HASH, 99)]
    items = [json.loads(line) for line in aam("cleanup", "--plan", HASH, "--show", "--json").output.splitlines()]
    assert items == [item for page in PAGES.values() for item in page["items"]]


def test_how_much_room_there_is_is_said_before_and_after(asked: Asked) -> None:
    for options, typed in (([], "temp\n"), (["--plan", HASH], f"{HASH[:8]}\n")):
        done = aam("cleanup", "temp", "--confirm", *options, typed=typed)
        said = "       5,000,000         5,000,000  bytes    free on the disk of objects and database"
        assert done.output.splitlines()[-1] == said


def test_a_cleanup_has_the_name_typed_and_confirms_exactly_that_plan(asked: Asked) -> None:
    refused = aam("cleanup", "temp", "--confirm", typed="yes\n")
    assert (refused.exit_code, refused.output.splitlines()[-1]) == (1, "Error: That is not it; nothing was deleted.")
    assert [payload["dry_run"] for _, payload in asked] == [True]
    asked.clear()
    done = aam("cleanup", "temp", "--confirm", typed="temp\n")
    assert "2 objects, 1,234,567 bytes were deleted.\n" in done.output
    assert done.output.splitlines()[-2].split() == ["1", "1", "bytes", "of", "the", "database"]
    assert [payload.get("confirm") for _, payload in asked] == [None, None, HASH, None]
    assert asked[2][1]["dry_run"] is False


def test_a_plan_that_was_listed_before_is_confirmed_by_its_hash(asked: Asked) -> None:
    assert aam("cleanup", "temp", "--plan", HASH).exit_code == 2
    assert aam("cleanup", "temp", "--confirm", "--plan", HASH, typed=f"{HASH[:8]}\n").exit_code == 0
    assert [payload.get("confirm") for _, payload in asked] == [None, HASH, None]


def test_a_long_cleanup_is_gone_on_with_until_its_end(asked: Asked) -> None:
    assert aam("cleanup", "media", "--confirm", "--yes").exit_code == 0
    said = [payload.get("action", payload.get("mode")) for _, payload in asked]
    assert said == ["media", "statistics", "media", "continue", "statistics"]


def test_a_thorough_cleanup_counts_before_and_after_and_checks(asked: Asked) -> None:
    done = aam(
        *("cleanup", "meetings", "--client", C1, "--confirm", "--yes", "--no-backup"),
        *("--allow", "objects", "--allow", "meetings"),
    )
    assert done.exit_code == 0, done.output
    said = [payload.get("action", payload.get("mode")) for _, payload in asked]
    assert said == ["meetings", "statistics", "meetings", "statistics", "check"]
    side_by_side = [line.split() for line in done.output.splitlines()]
    for line in (["3", "3", "rows", "meetings"], ["2", "2", "objects", "temp/"], ["0", "0", "stale", "locks"]):
        assert line in side_by_side
    run = asked[2][1]
    assert (run["scope"], run["scope_id"], run["allow"], run["no_backup"]) == (
        "client",
        C1,
        ["objects", "meetings"],
        True,
    )


@pytest.mark.parametrize(
    ("option", "action"),
    [("--health-check", "health"), ("--check", "check"), ("--statistics", "statistics"), ("--adopt", "adopt")],
)
def test_looking_asks_for_one_thing(asked: Asked, option: str, action: str) -> None:
    done = aam("cleanup", option)
    assert (done.exit_code, asked) == (0, [("CleanupFunctionName", {"action": action})])
    assert aam("cleanup", "temp", option).exit_code == 2


@pytest.mark.parametrize(("option", "answer"), [("--health-check", HEALTHY), ("--check", CHECKED)])
def test_what_is_wrong_is_an_exit_code(asked: Asked, option: str, answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(answer, "ok", False)
    assert aam("cleanup", option).exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["cleanup", "meetings", "--client", "", "--confirm", "--yes"],
        ["cleanup", "meetings", "--organization=", "--confirm", "--yes"],
        ["cleanup", "meetings", "--meeting", " "],
        ["cleanup", "temp", "--confirm", "--plan", "", "--yes"],
        ["diagnose", "--meeting", ""],
        ["retry", "--meeting="],
        ["hold", "end", "--client", ""],
        ["keep", "audio", "3", "--organization", O1, "--client", ""],
        ["delete", "client", "", "--yes"],
        ["erase", "client", "", "--confirm", "--yes"],
        ["export", "client", ""],
        ["backup", "--to", ""],
        ["restore", "run", "--from", "", "--yes"],
        ["restore", "run", "--yes", "--date="],
        ["restore", "reconcile", "--point", ""],
    ],
)
def test_empty_option_does_not_mean_all(asked: Asked, arguments: list[str]) -> None:
    done = aam(*arguments)
    assert (done.exit_code, asked) == (2, [])
    assert "empty" in done.output


def test_name_with_an_unusual_space_is_confirmed_with_a_plain_one(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PLAN, "name", "Acme\N{NO-BREAK SPACE}Ltd\x1b")
    done = aam("cleanup", "temp", "--confirm", typed="Acme Ltd\N{REPLACEMENT CHARACTER}\n")
    assert done.exit_code == 0, done.output
    assert "\x1b" not in done.output


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["temp", "--client", "a", "--meeting", "b"],
        ["temp", "--all", "--client", "a"],
        ["temp", "--dry-run", "--confirm", "--yes"],
        ["temp", "--dry-run", "--confirm", "--plan", HASH, "--yes"],
        ["--show"],
        ["temp", "--plan", HASH, "--show"],
        ["--plan", HASH, "--show", "--confirm", "--yes"],
        ["temp", "--json", "--confirm", "--yes"],
        ["--health-check", "--json"],
        ["--health-check", "--client", C1],
        ["--check", "--meeting", M1],
        ["--statistics", "--confirm", "--yes"],
        ["--adopt", "--allow", "objects"],
        ["temp", "--older-than-hours", "100000000000"],
    ],
)
def test_what_cannot_be_meant_is_refused(asked: Asked, arguments: list[str]) -> None:
    assert (aam("cleanup", *arguments).exit_code, asked) == (2, [])


@pytest.mark.parametrize(
    ("arguments", "payload"),
    [
        (["hold", "place", "--client", C1, "--reason", "r"], {"action": "hold", "reason": "r", "client_id": C1}),
        (["hold", "end", "--meeting", M1], {"action": "release", "meeting_id": M1}),
        (
            ["keep", "audio", "30", "--organization", O1, "--type", "stand-up"],
            {
                "action": "keep",
                "data_class": "audio",
                "days": 30,
                "organization_id": O1,
                "client_id": None,
                "meeting_type": "stand-up",
            },
        ),
        (
            ["keep", "video", "default", "--organization", O1, "--client", C1],
            {
                "action": "keep",
                "data_class": "video",
                "days": None,
                "organization_id": O1,
                "client_id": C1,
                "meeting_type": None,
            },
        ),
    ],
)
def test_what_is_held_and_how_long_things_stay(asked: Asked, arguments: list[str], payload: Any) -> None:
    done = aam(*arguments)
    assert (done.exit_code, asked) == (0, [("CleanupFunctionName", payload)]), done.output


@pytest.mark.parametrize(
    "arguments",
    [["hold", "place", "--client", C1], ["hold", "end"], ["keep", "audio", "soon", "--organization", O1]],
)
def test_a_hold_needs_a_reason_and_a_subject_and_an_age_a_number(asked: Asked, arguments: list[str]) -> None:
    assert (aam(*arguments).exit_code, asked) == (2, [])


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["hold", "place", "--client", C1, "--reason", "r"], "Placing the hold"),
        (["hold", "end", "--client", C1], "Ending the hold"),
        (["keep", "audio", "3", "--organization", O1], "Setting how long it is kept"),
        (["cleanup", "temp"], "Cleaning up"),
    ],
)
def test_what_failed_is_called_by_its_name(arguments: list[str], what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, what: str) -> Any:
        raise UserError(f"{what} failed: no such client.")

    monkeypatch.setattr(aam_local.invoking, "call_function", fail)
    assert aam(*arguments).output == f"Error: {what} failed: no such client.\n"


def test_without_a_stack_it_says_what_to_do(tmp_path: Any) -> None:
    with pytest.raises(UserError, match="run 'aam up' first"):
        call_function(LocalTarget(Home(tmp_path, tmp_path / ".aam")), "MigrateFunctionName", {}, what="x")


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
