"""What stacks leave behind that were killed, and whose folders were deleted afterwards."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from aam_local import emulator, postgres, postgres_place, processes
from aam_local.environments import ensure_environment
from aam_local.lock import exclusive
from aam_local.paths import Home, find_home
from aam_local.ports import free_port
from aam_local.processes import Started

PASSWORD = "only-for-tests"


def started(folder: Path, home_name: str) -> tuple[Home, Started]:
    home = Home(folder, folder / home_name)
    home.prepare()
    return home, postgres.start(home, port=free_port(), password=PASSWORD)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's databases lie outside of the folder that is deleted here")
@pytest.mark.parametrize("next_start", ["same", "another"])
def test_the_server_and_data_of_a_stack_that_is_gone_are_gone_after_the_next_start(
    tmp_path: Path, next_start: str
) -> None:
    home, server = started(tmp_path, "same")
    left = postgres_place.place(home).folder
    assert left.parent == postgres_place.ELSEWHERE
    (left / "data" / "of-the-first").touch()
    shutil.rmtree(home.folder)
    home, successor = started(tmp_path, next_start)
    try:
        assert processes.find(server) is None
        assert not (left / "data" / "of-the-first").exists()
        assert left.exists() == (next_start == "same")
    finally:
        postgres.stop(successor)
        postgres.wipe(home)


def test_the_emulator_of_a_stack_that_is_gone_is_gone_after_the_next_start(tmp_path: Path) -> None:
    checkout = find_home(Path(__file__).resolve().parents[3])
    checkout.prepare()
    with exclusive(checkout, lambda _said: None):
        python = ensure_environment(checkout, "emulator") / "python"

    def begun(name: str) -> tuple[Home, Started]:
        home = Home(checkout.root, tmp_path / name)
        home.prepare()
        return home, emulator.start(home, python=python, port=free_port(), secret_access_key="only-for-tests")

    home, left = begun("gone")
    unpacked = emulator._temporary(home)
    if unpacked.parent != emulator.SHARED_MEMORY:
        processes.stop(left)
        pytest.skip("with little shared memory the emulator unpacks into the folder that is deleted here")
    shutil.rmtree(home.folder)
    home, successor = begun("another")
    try:
        assert processes.find(left) is None
        assert not unpacked.exists()
        assert emulator.intact(home)
    finally:
        processes.stop(successor)
        emulator.wipe(home)
