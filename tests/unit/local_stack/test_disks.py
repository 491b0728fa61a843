"""How much room is left: only where the stack's data lies on this machine."""

import shutil
from pathlib import Path

import pytest

from aam_local import postgres_place
from aam_local.disks import free_bytes
from aam_local.paths import Home
from aam_local.state import StackState, save_state


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path, tmp_path / ".aam")
    home.emulator.mkdir(parents=True)
    where = postgres_place.Place(tmp_path, home.postgres, None)
    where.data.mkdir(parents=True)
    monkeypatch.setattr(postgres_place, "place", lambda _home: where)
    return home


def test_one_disk_is_said_once(home: Home) -> None:
    said = free_bytes(home)
    assert list(said) == ["objects and database"]
    assert abs(said["objects and database"] - shutil.disk_usage(home.folder).free) < 1_000_000_000


def test_two_disks_are_told_apart(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aam_local.disks.device", lambda folder: 2 if folder == home.emulator else 1)
    assert list(free_bytes(home)) == ["objects", "database"]


def test_nothing_is_said_of_other_peoples_disks(home: Home) -> None:
    save_state(home, StackState(backend="localstack"))
    assert free_bytes(home) == {}


def test_nothing_is_said_before_there_is_a_stack(tmp_path: Path) -> None:
    assert free_bytes(Home(tmp_path, tmp_path / ".aam")) == {}
