"""Saved code on its way to the stack: placeholders of state machines, copies, and which files changed."""

from __future__ import annotations

import json
from pathlib import Path

from aam_local.saved_code import filled
from aam_local.staging import compile_missing, mirror
from aam_local.watched_files import changed, look

SOURCE = {"StartAt": "A", "States": {"A": {"Resource": "${First}", "Arguments": "{% f('${Second}', 3) %}"}}}
DEPLOYED = {"StartAt": "A", "States": {"A": {"Resource": "arn:1", "Arguments": "{% f('arn:\"2\"', 3) %}"}}}


def test_placeholders_take_the_values_of_the_deploy() -> None:
    saved = {"StartAt": "B", "States": {"B": {"Resource": "${Second}", "Next": "${First}-x"}}}
    found = filled(saved, SOURCE, DEPLOYED)
    assert found is not None
    assert json.loads(found) == {"StartAt": "B", "States": {"B": {"Resource": 'arn:"2"', "Next": "arn:1-x"}}}


def test_new_placeholder_cannot_be_filled() -> None:
    assert filled({"Resource": "${Third}"}, SOURCE, DEPLOYED) is None


def test_copy_follows_changes_and_deletions_and_keeps_bytecode_of_the_rest(tmp_path: Path) -> None:
    source, copy = tmp_path / "source", tmp_path / "copy" / "aam"
    source.mkdir()
    for name in ("same", "other", "gone"):
        (source / f"{name}.py").write_text("x = 1", encoding="utf-8")
    mirror(source, copy)
    compile_missing(copy)
    compiled = {file.name.partition(".")[0]: file.stat().st_ino for file in copy.glob("__pycache__/*.pyc")}
    assert compiled.keys() == {"same", "other", "gone"}
    (source / "other.py").write_text("x = 2", encoding="utf-8")
    (source / "gone.py").unlink()
    mirror(source, copy)
    assert {file.name.partition(".")[0] for file in copy.glob("__pycache__/*.pyc")} == {"same"}
    assert sorted(file.name for file in copy.glob("*.py")) == ["other.py", "same.py"]
    compile_missing(copy)
    after = {file.name.partition(".")[0]: file.stat().st_ino for file in copy.glob("__pycache__/*.pyc")}
    assert after.keys() == {"same", "other"}
    assert after["same"] == compiled["same"]


def test_new_changed_and_deleted_files_are_seen_and_passing_ones_are_not(tmp_path: Path) -> None:
    folder = tmp_path / "functions" / "hello"
    folder.mkdir(parents=True)
    for name in ("app.py", "gone.py", "same.py"):
        (folder / name).write_text("1", encoding="utf-8")
    before = look(tmp_path, {})
    (folder / "same.py").write_text("1", encoding="utf-8")
    (folder / "app.py").write_text("22", encoding="utf-8")
    (folder / "gone.py").unlink()
    for name in ("new.py", ".app.py.swp", "app.py~"):
        (folder / name).write_text("3", encoding="utf-8")
    assert changed(before, look(tmp_path, before)) == {folder / name for name in ("app.py", "gone.py", "new.py")}
