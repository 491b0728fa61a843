"""Erasures over real PostgreSQL and buckets in memory."""

from pathlib import Path

import pytest

from tests.support.erasure import ErasureWorld
from tests.support.postgres import Database


@pytest.fixture
def world(database: Database, tmp_path: Path) -> ErasureWorld:
    return ErasureWorld(database, tmp_path)
