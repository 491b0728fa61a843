"""The worker's one connection after an error, and what errors tell."""

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from aam.foundation.database import DatabaseUnavailable, single_statements, transaction
from tests.support.api import Api
from tests.support.postgres import Database


def answer_of(statement: str) -> object:
    """The only value of a query, in a transaction of its own."""
    with transaction() as session:
        return session.scalar(text(statement))


def test_a_parameter_that_the_driver_cannot_send_does_not_shift_the_answers(api: Api) -> None:
    before_all_time = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    with pytest.raises(OverflowError), transaction() as session:
        session.execute(text("select 'of the request before', :moment"), {"moment": before_all_time})
    assert [answer_of("select 1"), answer_of("select 2")] == [1, 2]
    assert api.call("GET", "/health").json["checks"]["database"]["status"] == "ok"


@pytest.mark.usefixtures("api")
def test_a_refusal_of_the_server_keeps_the_connection() -> None:
    process = answer_of("select pg_backend_pid()")
    with pytest.raises(DBAPIError, match="division by zero"):
        answer_of("select 1 / 0")
    assert answer_of("select pg_backend_pid()") == process


@pytest.mark.usefixtures("api")
def test_an_errors_text_does_not_quote_what_was_sent() -> None:
    with pytest.raises(DBAPIError) as caught, transaction() as session:
        session.execute(text("select 1 / 0, cast(:said as text)"), {"said": "between us"})
    assert "between us" not in str(caught.value)


def test_the_servers_log_does_not_quote_rows(database: Database) -> None:
    assert database.rows("show log_error_verbosity") == [("terse",)]


@pytest.mark.usefixtures("api")
def test_a_connection_that_died_while_idle_is_replaced(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    process = answer_of("select pg_backend_pid()")
    database.rows(f"select pg_terminate_backend({process}, 5000)")
    monkeypatch.setattr("aam.foundation.database.TRUSTED_FOR_S", -1)
    assert answer_of("select pg_backend_pid()") != process


@pytest.mark.usefixtures("api")
def test_a_connection_that_died_in_use_is_named_and_replaced(database: Database) -> None:
    process = answer_of("select pg_backend_pid()")
    database.rows(f"select pg_terminate_backend({process}, 5000)")
    with pytest.raises(DatabaseUnavailable):
        answer_of("select 1")
    assert answer_of("select pg_backend_pid()") != process


@pytest.mark.usefixtures("api")
def test_single_statements_commit_themselves_and_leave_transactions_as_they_were(database: Database) -> None:
    with single_statements() as session:
        session.execute(text("insert into organizations (id, name) values (gen_random_uuid(), 'kept')"))
        assert database.rows("select name from organizations where name = 'kept'") == [("kept",)]
    lost = text("insert into organizations (id, name) values (gen_random_uuid(), 'lost')")
    with pytest.raises(RuntimeError), transaction() as session:
        raise RuntimeError(session.execute(lost))
    assert database.rows("select name from organizations where name = 'lost'") == []
