"""The database as a worker sees it: a pool of one, opened with the secret's words, and short transactions."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from aam.foundation.errors import Transient
from aam.foundation.secrets import read_secret
from aam.foundation.settings import AdminSettings, DatabaseSettings, load

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.engine import ExceptionContext
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.orm import Session
    from sqlalchemy.pool import ConnectionPoolEntry

Transaction = Callable[[], AbstractContextManager["Session"]]
"""Opens a session whose block is one transaction: committed at its end, rolled back on any error."""

RECYCLE_AFTER_S = 600  # below the idle limit of RDS Proxy (1,800 s by default)
TRUSTED_FOR_S = 5  # a connection used so lately is not asked again whether it lives


class DatabaseUnavailable(Transient):
    """The database did not answer."""

    code = "database_unavailable"
    sentence = "The database did not answer; try again in a moment."


@lru_cache(maxsize=1)
def engine() -> Engine:
    """Return this worker's engine: one connection, checked after a pause, no session settings."""
    from sqlalchemy import URL, create_engine, event
    from sqlalchemy.exc import DisconnectionError

    settings = load(DatabaseSettings)
    connect_args: dict[str, Any] = {
        "timeout": 10,
        "application_name": settings.application_name,
        **tls_arguments(settings),
    }
    url = URL.create(
        "postgresql+pg8000",
        host=settings.database_host,
        port=settings.database_port,
        database=settings.database_name,
    )
    made = create_engine(
        url,
        connect_args=connect_args,
        pool_size=1,
        max_overflow=0,
        pool_recycle=RECYCLE_AFTER_S,
        hide_parameters=True,  # they are what people said, and an error's text ends in logs
    )

    @event.listens_for(made, "do_connect")
    def _log_in(_dialect: object, _record: object, _args: object, parameters: dict[str, Any]) -> None:
        """Read user and password at each connection, so that a rotated secret needs no restart."""
        secret = json.loads(read_secret(settings.database_secret_arn))
        parameters["user"], parameters["password"] = secret["username"], secret["password"]

    @event.listens_for(made, "checkout")
    def _look_whether_it_lives(driver: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        """Ask a connection that was idle, as one is after the worker slept; a dead one is replaced by the pool.

        The pool's own check asks every time, and opens a transaction with it.
        """
        now = time.time()  # the monotonic clock may stand still while a worker is frozen
        if now - record.info.setdefault("used_at", now) > TRUSTED_FOR_S and not answers(driver):
            raise DisconnectionError
        record.info["used_at"] = now

    @event.listens_for(made, "handle_error")
    def _give_up_connection(failure: ExceptionContext) -> None:
        """Close the connection unless it was the server that refused.

        pg8000 sends a statement before it converts its parameters.  A parameter that it cannot convert therefore
        leaves an answer unread, and each later statement would be given the answer of the one before it:
        another request's rows.
        """
        if not is_servers_word(failure.original_exception):
            failure.is_disconnect = True

    return made


def admin_engine(settings: AdminSettings) -> Engine:
    """Return an engine without a pool that logs in as the database's administrator."""
    from sqlalchemy import URL, NullPool, create_engine

    secret = json.loads(read_secret(settings.admin_secret_arn))
    url = URL.create(
        "postgresql+pg8000",
        username=secret["username"],
        password=secret["password"],
        host=settings.database_host,
        port=settings.database_port,
        database=settings.database_name,
    )
    return create_engine(url, poolclass=NullPool, connect_args=tls_arguments(settings))


def tls_arguments(settings: DatabaseSettings) -> dict[str, Any]:
    """Return the arguments that pg8000 needs for the wanted TLS.

    ``verify`` checks the server's certificate against the public authorities, as RDS Proxy's can be; ``require``
    encrypts without checking, for an RDS instance inside a private network, whose authority is Amazon's own.
    """
    import ssl

    if settings.database_tls == "off":
        return {}
    context = ssl.create_default_context()
    if settings.database_tls == "require":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return {"ssl_context": context}


def answers(driver: DBAPIConnection) -> bool:
    """Return whether a connection answers the empty statement, which opens no transaction."""
    driver.autocommit = True
    try:
        driver.cursor().execute("")
    except Exception:  # noqa: BLE001 - the driver raises whatever its socket does
        return False
    finally:
        driver.autocommit = False
    return True


@contextmanager
def transaction() -> Iterator[Session]:
    """Yield a transaction on this worker's connection; raises DatabaseUnavailable when the database does not answer."""
    from sqlalchemy.orm import Session

    with translated(), Session(engine(), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def single_statements() -> Iterator[Session]:
    """Yield a session whose every statement is a transaction of its own, which spares the two statements around it.

    The driver's own flag is set, because SQLAlchemy's way back from its AUTOCOMMIT is a SET that would pin a proxy.
    Raises DatabaseUnavailable when nobody answers.
    """
    from sqlalchemy.orm import Session

    with translated(), engine().connect() as connection:
        driver = cast("Any", connection.connection.driver_connection)
        driver.autocommit = True
        try:
            with Session(connection, expire_on_commit=False, autoflush=False) as session:
                yield session
        finally:
            driver.autocommit = False


@contextmanager
def translated() -> Iterator[None]:
    """Convert failures of a connection into DatabaseUnavailable."""
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated or is_connection_failure(error):
            raise DatabaseUnavailable from error
        raise
    except TimeoutError as error:  # pg8000's socket timeout passes through SQLAlchemy as it is
        raise DatabaseUnavailable from error


def is_servers_word(original: BaseException) -> bool:
    """Return whether a driver's error is PostgreSQL's own answer: pg8000 passes its fields on unchanged."""
    return bool(original.args) and isinstance(original.args[0], dict) and "C" in original.args[0]


def sql_state(error: BaseException) -> str | None:
    """Return the SQLSTATE of a database error, such as 23505 for a unique violation, or None."""
    original = getattr(error, "orig", None)
    details = original.args[0] if original is not None and original.args else None
    return details.get("C") if isinstance(details, dict) else None


def is_connection_failure(error: BaseException) -> bool:
    """Return whether the connection failed rather than the statement (no SQLSTATE, or classes 08, 53 and 57P)."""
    state = sql_state(error)
    return (
        type(error).__name__ in {"InterfaceError", "OperationalError"}
        if state is None
        else state[:2] in {"08", "53"} or state.startswith("57P")
    )


def violates(error: BaseException, constraint: str) -> bool:
    """Return whether a database error is the violation of this constraint or unique index."""
    original = getattr(error, "orig", None)
    details = original.args[0] if original is not None and original.args else None
    return isinstance(details, dict) and details.get("n") == constraint
