"""A budget with its runs."""

from collections.abc import Iterator

import pytest

from tests.support.budgets import Desk
from tests.support.postgres import Database
from tests.support.rows import make_scene

MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:aam"


@pytest.fixture
def desk(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    from aam.foundation.settings import load

    monkeypatch.setenv("STATE_MACHINE_ARN", MACHINE)
    load.cache_clear()
    yield Desk(database, make_scene(database))
    load.cache_clear()
