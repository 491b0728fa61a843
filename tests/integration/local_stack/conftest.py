"""A small project of its own, brought up beside whatever stack the checkout runs."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from aam_local import reset
from aam_local.environments import ensure_environment
from aam_local.paths import Home, find_home
from tests.support.built import build_folder

CHECKOUT = find_home(Path(__file__).resolve().parents[3])


def make_project(folder: Path) -> Home:
    """A checkout that shares tools and built layers with the real one, and nothing else."""
    shutil.copytree(Path(__file__).with_name("project"), folder)
    CHECKOUT.prepare()
    build_folder()  # the layers are shared, and another process may be building them
    (CHECKOUT.cache / "layers").mkdir(exist_ok=True)
    for name in ("emulator", "sam"):
        ensure_environment(CHECKOUT, name)
    home = Home(folder, folder / ".aam")
    (home.folder / "cache").mkdir(parents=True)
    (folder / "infra").mkdir()
    for link, target in {
        folder / ".venv": CHECKOUT.root / ".venv",
        folder / "layers": CHECKOUT.root / "layers",
        folder / "infra" / "requirements": CHECKOUT.root / "infra" / "requirements",
        home.envs: CHECKOUT.envs,
        home.cache / "layers": CHECKOUT.cache / "layers",
    }.items():
        link.symlink_to(target)
    return home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """The folders of a project that is not up yet; everything it started is ended afterwards."""
    made = make_project(tmp_path_factory.mktemp("stack") / "project")
    yield made
    reset.wipe_data(made)
