"""A real PostgreSQL for tests: one server a session, one fresh database a test, the application's own role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL, Engine, NullPool, create_engine, event, text
from sqlalchemy.orm import Session

from aam.migrations.roles import set_app_password
from aam.migrations.service import MigrationRequest, migrate
from aam_local import postgres, processes
from aam_local.paths import Home
from aam_local.ports import LOOPBACK

PASSWORD = "only-for-tests"
TEMPLATE = "aam_template"


@dataclass
class Database:
    """A migrated database of one test; ``statements`` are those that the application's role has sent."""

    port: int
    name: str
    engine: Engine
    admin: Engine
    statements: list[str] = field(default_factory=list)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Yield what `aam.foundation.database.transaction` is in production."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """Return the rows that the administrator sees."""
        with self.admin.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]


def admin_engine(port: int, name: str) -> Engine:
    """Return an engine of the administrator."""
    return create_engine(
        URL.create("postgresql+pg8000", postgres.SUPERUSER, PASSWORD, LOOPBACK, port, name), poolclass=NullPool
    )


def application_engine(port: int, name: str) -> Engine:
    """Return an engine of the role that functions have."""
    url = URL.create("postgresql+pg8000", "aam_app", PASSWORD, LOOPBACK, port, name)
    return create_engine(url, pool_size=5, max_overflow=10)


@contextmanager
def running_server(folder: Path, port: int) -> Iterator[int]:
    """Yield a server with the migrated template database; its port."""
    home = Home(root=Path(__file__).resolve().parents[2], folder=folder)
    home.prepare()
    process = postgres.start(home, port=port, password=PASSWORD)
    try:
        autocommit = admin_engine(port, "postgres").execution_options(isolation_level="AUTOCOMMIT")
        with autocommit.connect() as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nothing here must outlive a crash
                connection.execute(text(f"alter system set {setting} = off"))
            connection.execute(text("select pg_reload_conf()"))
            connection.execute(text(f"create database {TEMPLATE}"))
        migrate(
            MigrationRequest(command="up"),
            engine=admin_engine(port, TEMPLATE),
            finish=lambda connection: set_app_password(connection, PASSWORD),
        )
        yield port
    finally:
        postgres.stop(process)
        assert processes.find(process) is None
        postgres.wipe(home)


@contextmanager
def fresh_database(port: int, name: str) -> Iterator[Database]:
    """Yield a copy of the template, dropped afterwards."""
    autocommit = admin_engine(port, "postgres").execution_options(isolation_level="AUTOCOMMIT")
    with autocommit.connect() as connection:
        connection.execute(text(f"create database {name} template {TEMPLATE}"))
    engine = application_engine(port, name)
    database = Database(port, name, engine, admin_engine(port, name))
    event.listen(engine, "before_cursor_execute", lambda _c, _cur, sql, *_: database.statements.append(sql))
    try:
        yield database
    finally:
        engine.dispose()
        with autocommit.connect() as connection:
            connection.execute(text(f"drop database {name} with (force)"))


@contextmanager
def emptied(database: Database) -> Iterator[Database]:
    """Yield a database that several tests share, one after the other: rows of organizations go at the end of each."""
    yield database
    with database.admin.begin() as connection:
        connection.execute(text("truncate organizations, maintenance_log, cleanup_runs cascade"))
    database.statements.clear()
