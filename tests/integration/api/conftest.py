"""The API over real PostgreSQL and moto's AWS."""

from collections.abc import Iterator

import pytest

from tests.support.api import Api, running_api
from tests.support.postgres import Database


@pytest.fixture
def api(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    with running_api(database, monkeypatch) as api:
        yield api
