"""A world that is looked at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from aam.foundation.settings import load
from tests.support.operations import World
from tests.support.postgres import Database


@pytest.fixture
def database(emptied_database: Database) -> Database:
    return emptied_database


@pytest.fixture
def world(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("STATE_MACHINE_ARN", "arn:aws:states:us-east-1:000000000000:stateMachine:aam")
    load.cache_clear()
    with mock_aws():
        yield World(database)
    load.cache_clear()
