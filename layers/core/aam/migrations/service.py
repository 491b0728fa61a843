"""Running migrations: one at a time in the whole world, with limits on locks and statements."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field
from sqlalchemy import Connection, Engine, text

from aam.foundation.errors import InvalidInput, Transient
from aam.foundation.schemas import RequestBody
from aam.migrations.roles import OWNER, ensure_roles

SCRIPTS = Path(__file__).parent
ADVISORY_LOCK = 4_201_337_001
LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "10min"

Verb = Literal["up", "down", "current", "history", "heads", "new", "merge", "stamp"]


class MigrationRefused(InvalidInput):
    """Alembic does not know what was asked for."""

    code = "migration_refused"
    sentence = "The migration cannot be run; see 'aam migrate history' for the revisions there are."


class DatabaseBusy(Transient):
    """Another migration holds the lock, or a table was in use for too long."""

    code = "database_busy"
    sentence = "Another migration is running, or a table was in use for too long; try again in a minute."


class MigrationRequest(RequestBody):
    """Request of a migration: the verb, and the revision or message where the verb takes one."""

    command: Verb = "up"
    revision: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_+\-@:]{1,64}$")
    message: str | None = Field(default=None, max_length=120)


class MigrationReport(BaseModel):
    """Report of a migration in Alembic's own words, and the revision the database now stands at."""

    command: str
    revision: str | None
    output: str


def migrate(
    request: MigrationRequest, *, engine: Engine, finish: Callable[[Connection], None] | None = None
) -> MigrationReport:
    """Run one command; ``finish`` is called on the admin's connection after a successful ``up``.

    Raises DatabaseBusy when the advisory lock or a table lock is not had in time, MigrationRefused for unknown
    revisions.
    """
    from alembic import command as alembic
    from alembic.util.exc import CommandError
    from sqlalchemy.exc import OperationalError, ProgrammingError

    printed = io.StringIO()
    try:
        with engine.connect() as connection, only_one(connection), redirect_stdout(printed):
            ensure_roles(connection)
            connection.commit()
            with as_owner(connection):
                config = alembic_config(connection, printed)
                run(alembic, config, request)
                connection.commit()
            if request.command == "up" and finish is not None:
                finish(connection)
                connection.commit()
            revision = current_revision(connection)
    except CommandError as error:
        raise MigrationRefused(f"{error}; see 'aam migrate history'.") from error
    except (OperationalError, ProgrammingError) as error:
        if "55P03" in str(error.orig) or "57014" in str(error.orig):
            raise DatabaseBusy from error
        raise
    return MigrationReport(command=request.command, revision=revision, output=printed.getvalue())


def run(alembic: Any, config: Any, request: MigrationRequest) -> None:
    """Call the Alembic command that the verb stands for."""
    if request.command == "up":
        alembic.upgrade(config, request.revision or "head")
    elif request.command == "down":
        alembic.downgrade(config, request.revision or "-1")
    elif request.command == "new":
        alembic.revision(config, message=request.message, autogenerate=True, rev_id=next_revision(config))
    elif request.command == "merge":
        alembic.merge(config, "heads", message=request.message, rev_id=next_revision(config))
    elif request.command == "stamp":
        alembic.stamp(config, request.revision or "head")
    elif request.command == "current":
        alembic.current(config, verbose=False)
    elif request.command == "history":
        alembic.history(config)
    else:
        alembic.heads(config)


def alembic_config(connection: Connection, printed: io.StringIO) -> Any:
    """Alembic's settings: our folder, our connection."""
    from alembic.config import Config

    config = Config(stdout=printed)
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config


def known_revisions() -> frozenset[str]:
    """Return the revisions that this version of the package knows."""
    from alembic.script import ScriptDirectory

    return frozenset(revision.revision for revision in ScriptDirectory(str(SCRIPTS)).walk_revisions())


def next_revision(config: Any) -> str:
    """Return the number that follows those of the existing revisions; files then stand in the order of the history."""
    from alembic.script import ScriptDirectory

    return f"{len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1:04d}"


@contextmanager
def only_one(connection: Connection) -> Iterator[None]:
    """Hold the advisory lock and the time limits for the block."""
    connection.execute(text(f"set lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.execute(text(f"set statement_timeout = '{STATEMENT_TIMEOUT}'"))
    connection.execute(text(f"select pg_advisory_lock({ADVISORY_LOCK})"))
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(text(f"select pg_advisory_unlock({ADVISORY_LOCK})"))
        connection.commit()


@contextmanager
def as_owner(connection: Connection) -> Iterator[None]:
    """Let everything in the block belong to the owner's role."""
    connection.execute(text(f"set role {OWNER}"))
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(text("reset role"))
        connection.commit()


def current_revision(connection: Connection) -> str | None:
    """Return the revision that the database stands at, or None before the first."""
    if connection.execute(text("select to_regclass('public.alembic_version')")).scalar() is None:
        return None
    found = connection.execute(text("select version_num from alembic_version")).scalars().all()
    return ",".join(sorted(found)) or None
