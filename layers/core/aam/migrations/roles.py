"""The three roles: aam_owner migrates, aam_app works, aam_readonly looks.

They stand before the first migration, because it is the owner's role that makes the tables.  ``aam_app`` owns
nothing and cannot bypass row security; its time limits are settings of the role, so that no session needs a SET.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

OWNER, APP, READONLY = "aam_owner", "aam_app", "aam_readonly"

STATEMENTS = (
    *(
        f"do $$ begin if not exists (select from pg_roles where rolname = '{role}') "
        f"then create role {role} nologin; end if; end $$"
        for role in (OWNER, APP, READONLY)
    ),
    f"grant {OWNER} to current_user",
    f"alter role {APP} login nosuperuser nobypassrls nocreatedb nocreaterole",
    f"alter role {APP} set statement_timeout = '25s'",
    f"alter role {APP} set idle_in_transaction_session_timeout = '60s'",
    f"alter role {READONLY} set default_transaction_read_only = on",
    "revoke create on schema public from public",
    f"grant usage, create on schema public to {OWNER}",
    f"grant usage on schema public to {APP}, {READONLY}",
    f"alter default privileges for role {OWNER} in schema public "
    f"grant select, insert, update, delete on tables to {APP}",
    f"alter default privileges for role {OWNER} in schema public grant select on tables to {READONLY}",
)


def ensure_roles(connection: Connection) -> None:
    """Make the roles and their privileges; harmless when they stand already.

    The connection must be a role that may create roles (PostgreSQL's superuser, or the master user on Aurora).
    """
    for statement in STATEMENTS:
        connection.execute(text(statement))


def set_app_password(connection: Connection, password: str) -> None:
    """Give ``aam_app`` the password that the application's secret holds."""
    quoted = connection.execute(text("select quote_literal(:password)"), {"password": password}).scalar_one()
    connection.execute(text(f"alter role {APP} password {quoted}".replace(":", r"\:")))
