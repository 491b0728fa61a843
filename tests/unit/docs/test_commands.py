"""Every command that the docs show is parsed as it stands, and run up to what it sends: its function must read that.

Nothing leaves this process. Some functions answer, so that what a command sends later is seen as well; at the first
question to any other the command is stopped. Commands that only start, stop or read programs of one machine are parsed.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from pydantic import ValidationError

import aam_local.invoking
from aam.backups.schemas import parse_backup, parse_restore
from aam.costs.schemas import CostRequest
from aam.data_export.schemas import parse as parse_export
from aam.erasure.schemas import parse as parse_erasure
from aam.foundation.errors import AppError
from aam.migrations.service import MigrationRequest
from aam.operations.requests import parse as parse_operations
from aam.retention.schemas import parse as parse_cleanup
from aam_cli.main import main

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").glob("*/README.md")])
IN_CODE = re.compile(r"```sh\n(.*?)```|`([^`\n]+)`", re.DOTALL)
SENDS_A_FILE = re.compile(r"-e (events/(\w+)/[\w.-]+)")

READS: dict[str, Callable[[dict[str, Any]], object]] = {
    "BackupFunctionName": parse_backup,
    "CleanupFunctionName": parse_cleanup,
    "CostsFunctionName": CostRequest.model_validate,
    "ErasureFunctionName": parse_erasure,
    "ExportFunctionName": parse_export,
    "MigrateFunctionName": MigrationRequest.model_validate,
    "OperationsFunctionName": parse_operations,
    "RestoreFunctionName": parse_restore,
}
"""How each function reads what it is sent, by the output that names the function."""

OF_THIS_MACHINE = ("demo", "up", "down", "status", "keys", "engines", "dev", "logs", "reset")
WRITES_HERE = (["migrate", "new"], ["migrate", "merge"])

ID = "01930000-0000-7000-8000-0000000000c1"
HASH = "ab" * 32
STANDS_FOR = {
    "ID": ID,
    "HASH": HASH,
    "TIME": "2026-11-22T10:00:00Z",
    "…": "~/aam-backup",
    "quarantine/KEY": f"quarantine/meetings/{ID}/{ID}.mp3",
}
"""What a reader puts in the place of a word."""

NOTHING: dict[str, Any] = {
    "rows": {},
    "objects": 1,
    "size_bytes": 9,
    "multiparts": 0,
    "meetings": 0,
    "database_bytes": 1,
}
PLAN = {"hash": HASH, "name": "Kestrel", "lines": 1, "kept": 0, "largest": [], "reasons": [], "would_stop": []}
DONE = {"finished": True, "run_id": ID, "resumed": None, "skipped": 0, "failed": 0}
COUNTED: dict[str, Any] = {"rows": {}, "objects": {}, "bytes": {}, "runs": {}, "locks": 0, "database_bytes": 1}
CHECKED = {"ok": True, "rows_without_object": 0, "objects_without_row": 0, "waiting": 0, "named": []}
PREVIEW = {"subject": "client", "id": ID, "name": "Kestrel", "counts": {}, "all_read": True, "held": []}
FAILED = {"meeting_id": ID, "title": "T", "stage": "probe", "code": "c", "helps": True}
ANSWERS: dict[tuple[str, str], dict[str, Any]] = {
    ("CleanupFunctionName", "list"): {"plan": NOTHING | PLAN},
    ("CleanupFunctionName", "do"): NOTHING | DONE,
    ("CleanupFunctionName", "statistics"): COUNTED,
    ("CleanupFunctionName", "check"): CHECKED,
    ("CleanupFunctionName", "release"): {"done": True},
    ("ErasureFunctionName", "list"): {
        "preview": PREVIEW | dict.fromkeys(("held_clients", "heir", "unrecognised", "namesakes"))
    },
    ("OperationsFunctionName", "failed"): {"meetings": [FAILED], "beyond_help": 0, "after": None},
}
"""What functions answer whose commands go on asking; by the action, or by whether anything is to be done."""


class Stopped(Exception):
    """The command has sent what it sends first, and nobody answers."""


@dataclass
class Desk:
    """Stands for the deployed functions: reads what each is sent as it would, and answers for some."""

    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def call(self, _home: object, output: str, payload: dict[str, Any], **_said: object) -> dict[str, Any]:
        """In the place of `call_function`; raises what the function's request model raises."""
        event = json.loads(json.dumps(payload))
        READS[output](event)
        self.sent.append((output, event))
        action = event.get("action") or ("do" if event.get("dry_run") is False else "list")
        if (action == "list" and "dry_run" not in event) or (output, action) not in ANSWERS:
            raise Stopped
        return ANSWERS[output, action]


class Place:
    """A folder or bucket that nothing is read from."""

    def prepare(self) -> None:
        """It is there."""

    def __getattr__(self, name: str) -> None:
        """Nothing else can be done with it."""
        raise Stopped(name)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Desk:
    desk = Desk()
    monkeypatch.setattr(aam_local.invoking, "call_function", desk.call)
    monkeypatch.setattr("aam_cli.backup.place_of", lambda _said: Place())
    monkeypatch.setattr("aam_cli.restore.place_of", lambda _said: Place())
    monkeypatch.setattr(click, "prompt", lambda asked, **_how: re.findall(r'\("(.*)"\)', asked)[0])
    monkeypatch.setattr(click, "confirm", lambda *_asked, **_how: True)
    monkeypatch.chdir(tmp_path)
    return desk


@dataclass(frozen=True)
class Shown:
    """A command as a page shows it; in a line of prose it may be only a verb's name."""

    page: str
    said: str
    prose: bool

    @property
    def words(self) -> list[str]:
        """What the shell makes of it."""
        return [STANDS_FOR.get(word, word) for word in shlex.split(self.said, comments=True)]

    @property
    def is_only_named(self) -> bool:
        """Whether it may leave out whom or what it is about: a verb, or a verb with an option that wants a value."""
        return self.prose and len(self.words) <= 2


def shown(pages: list[Path]) -> list[Shown]:
    """Every command of `aam` in the pages, each once a page."""
    found = []
    for page in pages:
        for block, inline in IN_CODE.findall(page.read_text("utf-8")):
            for line in (block or inline).splitlines():
                said = re.search(r"(?:^|/)aam (?:--stack \S+ )?([a-z].*?)\s*$", line)
                if said:
                    found.append(Shown(str(page.relative_to(ROOT)), said[1], prose=bool(inline)))
    return list(dict.fromkeys(found))


def parsed(words: list[str]) -> None:
    """Parse a command without running it; raises click.UsageError."""
    command: click.Command = main
    context = click.Context(main)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        if found is None:
            raise click.NoSuchOption(words[0])
        command, words = found, words[1:]
    command.make_context("aam", list(words))


def judge(command: Shown, desk: Desk) -> None:
    """Parse a command and run it as far as it goes without the stack; raises what is wrong with it."""
    try:
        parsed(command.words)
    except (click.MissingParameter, click.exceptions.NoArgsIsHelpError, click.BadOptionUsage):
        if command.is_only_named:
            return
        raise
    if command.words[0] in OF_THIS_MACHINE or command.words[:2] in WRITES_HERE:
        return
    done = CliRunner().invoke(main, command.words, standalone_mode=False)
    wrong = done.exception
    if command.is_only_named and type(wrong) is click.UsageError:
        return  # it says what else to name
    if wrong is not None and not isinstance(wrong, Stopped):
        raise wrong
    assert desk.sent or isinstance(wrong, Stopped), "it asked nobody"


@pytest.mark.parametrize("command", shown(PAGES), ids=lambda command: f"{command.page}: {command.said}")
def test_a_command_is_parsed_and_what_it_sends_is_read(command: Shown, desk: Desk) -> None:
    judge(command, desk)


@pytest.mark.parametrize(
    "said",
    [
        *("cleanup nonsense", "cleanup temp now", "cleanup --nonsense", "clean temp", "cleanup media --plan HASH"),
        *("cleanup temp --client Kestrel", "erase clinet ID", "erase client", "erase list ID", "erase client Kestrel"),
        *("keep audio ninety --organization ID", "keep audio 90", "hold place --client ID", "cost budget --monthly x"),
        *(
            "retry --meeting",
            "retry --meeting ID --from nowhere",
            "diagnose --meeting Kestrel",
            "restore run --point TIME",
        ),
        *("restore reconcile --point yesterday", "backup --no-objects", "delete user ID", "export organization ID"),
        *("logs -f work more", "keys set nobody", "migrate sideways", "up --port 1", 'migrate up "two words"'),
    ],
)
def test_a_command_that_is_none_is_seen(said: str, desk: Desk) -> None:
    """Neither typing nor the functions themselves let these pass."""
    with pytest.raises((click.UsageError, AppError, ValidationError)):
        judge(Shown("a page", said, prose=False), desk)


def test_what_is_confirmed_is_seen_up_to_its_end(desk: Desk) -> None:
    """Not only the list that comes first."""
    judge(Shown("a page", "cleanup full --confirm --no-backup", prose=False), desk)
    judge(Shown("a page", "erase client ID --confirm", prose=False), desk)
    judge(Shown("a page", "retry --failed", prose=False), desk)
    asked = [(output, event.get("action"), event.get("dry_run")) for output, event in desk.sent]
    assert asked == [
        ("CleanupFunctionName", None, True),
        ("CleanupFunctionName", "statistics", None),
        ("CleanupFunctionName", None, False),
        ("CleanupFunctionName", "statistics", None),
        ("CleanupFunctionName", "check", None),
        ("ErasureFunctionName", None, True),
        ("ErasureFunctionName", None, False),
        ("OperationsFunctionName", "failed", None),
        ("OperationsFunctionName", "retry", None),
    ]


def test_files_that_are_sent_are_what_their_functions_read() -> None:
    """By `sam local invoke`."""
    found = {match for page in PAGES for match in SENDS_A_FILE.findall(page.read_text("utf-8"))}
    assert {folder for _, folder in found} >= {"cleanup"}
    for file, folder in found:
        READS[f"{folder.capitalize()}FunctionName"](json.loads((ROOT / file).read_text("utf-8")))
