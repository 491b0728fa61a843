"""Rules of the house that no tool knows: sizes, locks, help, sample events, and what must not be committed."""

import json
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

from tests.support.template import ROOT, functions

MAX_LINES = 400
LONG_FOR_A_REASON = {
    "template.yaml": "the whole system on one map",
    "docs/openapi.json": "generated",
    "layers/core/aam/migrations/versions/0001_the_first_tables.py": "written by Alembic, reviewed as a whole",
}
SCENES = [ROOT / "tests" / "support" / name for name in ("scenes", "unseen_scenes")]  # a meeting is as long as it is
LOCKS = sorted([*ROOT.glob("layers/*/*.txt"), *ROOT.glob("infra/requirements/*.txt")])
EVENTS = sorted(ROOT.glob("events/*/*.json"))


@cache
def committed() -> list[Path]:
    """Every file of the project that git knows or would take."""
    said = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    ).stdout
    return [ROOT / name for name in said.split("\0") if name and (ROOT / name).is_file()]


def text_files() -> list[Path]:
    return [file for file in committed() if file.suffix not in {".ogg", ".png", ".ico", ".woff2"}]


def test_no_file_is_long_without_a_reason() -> None:
    lengths = {
        str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines())
        for file in text_files()
        if file not in LOCKS
        and file.parent not in SCENES
        and file.suffix in {".py", ".yaml", ".yml", ".json", ".toml", ".mk", ""}
    }
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES and name not in LONG_FOR_A_REASON} == {}


def test_the_code_of_a_function_is_thin() -> None:
    lengths = {app.parent.name: len(app.read_text("utf-8").splitlines()) for app in ROOT.glob("functions/*/app.py")}
    assert len(lengths) > 20
    assert {name: lines for name, lines in lengths.items() if lines > 25} == {}


ORACLES = ("pymorphy3", "num2words")
"""What tests compare our own tables with; too large and too often wrong to be asked at run time."""


def test_oracles_are_installed_for_tests_only() -> None:
    holding = {
        lock.name if lock.parent.name == "requirements" else lock.parent.name
        for lock in LOCKS
        if re.search(rf"^({'|'.join(ORACLES)})", lock.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert holding == {"dev.txt"}


def contexts() -> list[str]:
    """The contexts from the ground up, as the contract of imports lists them."""
    (layers,) = (
        contract["layers"]
        for contract in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
        if contract["name"] == "Contexts import downwards only"
    )
    return [name.strip().removeprefix("aam.") for layer in reversed(layers) for name in layer.split("|")]


def test_every_context_is_in_the_contract_of_imports_and_in_the_list_for_contributors() -> None:
    packages = {init.parent.name for init in ROOT.glob("layers/core/aam/*/__init__.py")} - {"seeds"}
    assert packages == set(contexts())
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == contexts()


def test_the_sample_is_small() -> None:
    assert (ROOT / "infra" / "sample" / "standup.ogg").stat().st_size <= 300 * 1024
    assert max(file.stat().st_size for file in committed()) <= 1024 * 1024


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_lock_is_hashed_and_names_no_host(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|--trusted-host", text)
    wanted = [line for line in text.splitlines() if re.match(r"^[a-zA-Z0-9]", line)]
    assert wanted
    for line in wanted:
        assert re.match(r"^[a-zA-Z0-9._-]+(\[[a-z0-9,_-]+\])?==\S+.*\\$", line), line
    assert text.count("--hash=sha256:") >= len(wanted)
    assert lock.with_suffix(".in").exists()


def test_help_lists_every_target() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = {name for line in re.findall(r"^\.PHONY: (.+)$", text, re.MULTILINE) for name in line.split()}
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True).stdout
    listed = re.findall(r"^  make (\S+) +\S", said, re.MULTILINE)
    assert set(listed) == phony
    assert len(listed) == len(set(listed))
    targets = set(re.findall(r"^([a-z][a-z-]*):", text, re.MULTILINE))
    assert targets == phony


@pytest.mark.parametrize("event", EVENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_sample_event_is_json_for_a_function_that_there_is(event: Path) -> None:
    assert isinstance(json.loads(event.read_text(encoding="utf-8")), dict)
    assert event.parent.name in {Path(function["CodeUri"]).name for function in functions().values()}


def test_what_people_invoke_by_hand_has_sample_events() -> None:
    assert {"cleanup", "export", "migrate", "on_execution_change", "on_upload", "operations", "sweep"} <= {
        path.parent.name for path in EVENTS
    }


def test_nothing_of_a_workplace_is_committed() -> None:
    for file in text_files():
        if file != Path(__file__):
            found = re.search(r"/work/(main|wt-|shared)|/root/|/home/\w+/", file.read_text(encoding="utf-8"))
            assert found is None, f"{file}: {found and found[0]}"


def test_no_todo_without_an_owner() -> None:
    for file in text_files():
        if file != Path(__file__) and file.suffix == ".py":
            assert not re.search(r"\b(TODO|FIXME|XXX)\b(?!\()", file.read_text(encoding="utf-8")), file
