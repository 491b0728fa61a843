"""Real PostgreSQL for what stands on it."""

import uuid
from collections.abc import Iterator

import pytest

from aam_local.ports import free_port
from tests.support.postgres import Database, emptied, fresh_database, running_server


@pytest.fixture(scope="session")
def postgres_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with running_server(tmp_path_factory.mktemp("postgres"), free_port()) as port:
        yield port


@pytest.fixture
def database(postgres_port: int) -> Iterator[Database]:
    with fresh_database(postgres_port, f"t{uuid.uuid4().hex[:16]}") as database:
        yield database


@pytest.fixture(scope="module")
def shared_database(postgres_port: int) -> Iterator[Database]:
    with fresh_database(postgres_port, f"m{uuid.uuid4().hex[:16]}") as database:
        yield database


@pytest.fixture
def emptied_database(shared_database: Database) -> Iterator[Database]:
    """For files of many tests that change rows only: making a database takes longer than emptying one."""
    with emptied(shared_database) as database:
        yield database
