"""The three roles: one migrates, one works, one looks."""

import pytest
from sqlalchemy import URL, Engine, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from aam.foundation.database import sql_state
from aam_local.ports import LOOPBACK
from tests.support.postgres import Database
from tests.support.rows import make_scene

FORBIDDEN = "42501"
READ_ONLY_TRANSACTION = "25006"


@pytest.fixture
def reader(database: Database) -> Engine:
    """Somebody who may only look: a login of its own that is a member of aam_readonly."""
    with database.admin.begin() as connection:
        if not database.rows("select 1 from pg_roles where rolname = 'test_reader'"):  # roles outlive a test's database
            connection.execute(text("create role test_reader login password 'r' in role aam_readonly"))
    url = URL.create("postgresql+pg8000", "test_reader", "r", LOOPBACK, database.port, database.name)
    return create_engine(url, poolclass=NullPool)


def refusal(engine: Engine, statement: str) -> str | None:
    """The SQLSTATE with which a statement is refused."""
    with pytest.raises(DBAPIError) as caught, engine.begin() as connection:
        connection.execute(text(statement))
    return sql_state(caught.value)


def test_the_application_owns_nothing_and_stands_under_row_security(database: Database) -> None:
    owned = database.rows(
        "select c.relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = 'aam_app'"
    )
    assert owned == []
    assert database.rows(
        "select rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication "
        "from pg_roles where rolname = 'aam_app'"
    ) == [(True, False, False, False, False, False)]
    assert database.rows(
        "select count(*) from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname = 'aam_app'"
    ) == [(0,)]


def test_every_table_belongs_to_the_owner_who_cannot_log_in(database: Database) -> None:
    owners = database.rows(
        "select distinct r.rolname, r.rolcanlogin, r.rolsuper, r.rolbypassrls from pg_tables t "
        "join pg_roles r on r.rolname = t.tableowner where t.schemaname = 'public'"
    )
    assert owners == [("aam_owner", False, False, False)]


@pytest.mark.parametrize(
    "statement",
    [
        "create table mine (id int)",
        "create schema mine",
        "drop table meetings",
        "alter table meetings disable trigger all",
        "truncate meetings",
        "set role aam_owner",
        "set role aam_admin",
        "create role mine",
        "alter table meetings add column mine int",
        "create index mine on meetings (title)",
    ],
)
def test_the_application_cannot_change_the_schema(database: Database, statement: str) -> None:
    assert refusal(database.engine, statement) == FORBIDDEN


def test_the_application_works_within_time_limits(database: Database) -> None:
    with database.engine.connect() as connection:
        assert connection.execute(text("show statement_timeout")).scalar() == "25s"
        assert connection.execute(text("show idle_in_transaction_session_timeout")).scalar() == "1min"


def test_the_reader_reads(database: Database, reader: Engine) -> None:
    make_scene(database)
    with reader.connect() as connection:
        assert connection.execute(text("select count(*) from meetings")).scalar() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "update meetings set title = 'x'",
        "delete from meetings",
        "insert into organizations (id, name) values (gen_random_uuid(), 'x')",
        "truncate meetings",
        "create table mine (id int)",
    ],
)
def test_the_reader_cannot_write_even_in_a_writing_transaction(
    database: Database, reader: Engine, statement: str
) -> None:
    make_scene(database)
    assert refusal(reader, f"set transaction read write; {statement}") in {FORBIDDEN, READ_ONLY_TRANSACTION}
    with reader.connect() as connection:
        connection.execute(text("set transaction read write"))
        with pytest.raises(DBAPIError) as caught:
            connection.execute(text(statement))
        assert sql_state(caught.value) == FORBIDDEN
