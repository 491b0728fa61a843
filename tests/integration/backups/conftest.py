"""Backups over real PostgreSQL and moto's S3."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.backups import BackupWorld, two_buckets
from tests.support.postgres import Database


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[BackupWorld]:
    with two_buckets() as s3:
        yield BackupWorld(database, tmp_path, s3=s3)
