"""The API over real PostgreSQL and moto's AWS."""

from collections.abc import Iterator

import pytest

from aam.meetings import catalogue_rows
from aam.meetings.catalogue_rows import Entries, ScenarioEntry, TypeEntry
from tests.support.api import Api, running_api
from tests.support.postgres import Database

CATALOGUE = Entries(
    scenarios=(
        ScenarioEntry(key="general", name="General", version="1"),
        ScenarioEntry(key="stand-up", name="Stand-up", version="1"),
    ),
    types=(
        TypeEntry(key="general", name="Meeting", scenario="general"),
        TypeEntry(key="stand-up", name="Daily", scenario="stand-up"),
    ),
)


@pytest.fixture
def api(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    monkeypatch.setattr(catalogue_rows, "read_entries", lambda: CATALOGUE)
    with running_api(database, monkeypatch) as api:
        yield api
