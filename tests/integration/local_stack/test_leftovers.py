"""A PostgreSQL that a killed run left behind."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from aam_local import postgres, postgres_place, processes
from aam_local.paths import Home
from aam_local.ports import free_port
from aam_local.processes import Started

PASSWORD = "only-for-tests"

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root's databases lie outside of the folder that is deleted here"
)


def started(folder: Path, home_name: str) -> tuple[Home, Started]:
    home = Home(folder, folder / home_name)
    home.prepare()
    return home, postgres.start(home, port=free_port(), password=PASSWORD)


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
