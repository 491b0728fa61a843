"""The work of the database, sessions that hold others up, and errors that are marked as read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from aam.operations import sessions
from aam.operations.errors import SessionGone
from aam_cli.diagnose import told_database
from tests.support.operations import World, advice


@contextmanager
def holding(world: World) -> Iterator[tuple[int, Any]]:
    """A session that holds a lock without a statement."""
    with world.database.engine.connect() as connection:
        connection.execute(text("lock table organizations in access exclusive mode"))
        yield connection.scalar(text("select pg_backend_pid()")), connection
        connection.rollback()


@contextmanager
def waiting(world: World) -> Iterator[None]:
    """Another one that waits for it."""
    failures: list[Exception] = []

    def wait() -> None:
        try:
            with world.database.engine.connect() as connection:
                connection.execute(text("select count(*) from organizations"))
        except DBAPIError as error:
            failures.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    try:
        yield
    finally:
        thread.join(30)
    assert failures == []


def until_seen(world: World, count: int) -> dict[str, Any]:
    for _ in range(2_000):
        found = world.ask(action="diagnose", database=True)
        if len(found["sessions"]) == count:
            return found
    raise AssertionError(found)


def test_a_quiet_database_has_nothing_to_show(world: World) -> None:
    found = world.ask(action="diagnose", database=True)
    assert found["sessions"] == []
    assert found["slowest"] is None, "this server keeps no statistics"
    assert sum(found["connections"].values()) >= 1
    assert any("none has been at work" in line for line in told_database(found))


def test_who_blocks_is_named_and_can_be_ended_once(world: World) -> None:
    with holding(world) as (blocker, held), waiting(world):
        found = until_seen(world, 2)
        blocked = next(each for each in found["sessions"] if each["blocked_by"])
        assert blocked["blocked_by"] == [blocker]
        assert "select count(*) from organizations" in blocked["text"]
        assert advice(found) == [f"aam diagnose --end {blocker}"]
        assert any(f"waits for {blocker}" in line for line in told_database(found))
        session = next(each for each in found["sessions"] if each["pid"] == blocker)
        with pytest.raises(SessionGone):
            world.ask(action="end", pid=blocker, since="2020-01-01T00:00:00Z")
        assert world.ask(action="end", pid=blocker, since=session["since"])["pid"] == blocker
        with pytest.raises(DBAPIError):
            held.execute(text("select 1"))
    with world.database.transaction() as session:
        notes = session.execute(text("select result, details from maintenance_log where operation = 'database'")).all()
    assert [(note.result, note.details["pid"]) for note in notes] == [("session_ended", blocker)]


def test_a_statement_that_takes_long_is_shown_without_values(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "SLOW_S", 0)
    with world.database.engine.connect() as connection:
        connection.execute(text("select cast(:secret as text)"), {"secret": "Kestrel"})
        shown = world.ask(action="diagnose", database=True)["sessions"]
        connection.rollback()
    assert [each["state"] for each in shown] == ["idle in transaction"]
    assert "Kestrel" not in str(shown)
