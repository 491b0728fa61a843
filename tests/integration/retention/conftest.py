"""Cleanups over real PostgreSQL and a bucket in memory."""

from pathlib import Path

import pytest

from tests.support.postgres import Database
from tests.support.retention import World


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path)
