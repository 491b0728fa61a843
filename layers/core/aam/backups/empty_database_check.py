"""Check that a database may be restored into: without tables, or with ours and no data."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from aam.backups.dependencies import Schema
from aam.backups.errors import DatabaseNotEmpty, RestoreInProgress
from aam.foundation.database import sql_state

if TYPE_CHECKING:
    from sqlalchemy import Engine

NOT_EMPTY, BUSY = "AAM01", "AAM02"
BOOKKEEPING = ("alembic_version", "store_identity", "maintenance_log", "cleanup_runs")
"""What a database that was only migrated, or looked at by cleanups, has rows in."""

ALONE = """
do $$$$ begin
  if not pg_try_advisory_xact_lock($lock) then raise exception 'busy' using errcode = '$state'; end if;
end $$$$
"""

EMPTY = """
do $$$$ declare each record; found boolean; begin
  for each in
    select c.relname, pg_get_userbyid(c.relowner) as owner from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
  loop
    if each.owner <> '$owner' then raise exception 'not empty' using errcode = '$state'; end if;
    if each.relname <> all (array$bookkeeping) then
      $lock
      execute format('select exists (select from public.%I)', each.relname) into found;
      if found then raise exception 'not empty' using errcode = '$state'; end if;
    end if;
  end loop;
end $$$$
"""

LOCK = "execute format('lock table public.%I in access exclusive mode', each.relname);"


def conditions(schema: Schema, *, lock: bool) -> tuple[str, str]:
    """Return the statements that fail unless the database is empty and no other restore or migration runs.

    With ``lock`` it stays empty until the transaction ends.
    """
    return (
        Template(ALONE).substitute(lock=schema.advisory_lock, state=BUSY),
        Template(EMPTY).substitute(
            owner=schema.owner, state=NOT_EMPTY, bookkeeping=list(BOOKKEEPING), lock=LOCK if lock else ""
        ),
    )


def statements_before_dump(schema: Schema) -> str:
    """Return the statements before a dump's own, as the administrator, in one transaction with them.

    Tables that stand in the way go with it; so do privileges of the owner's role, which are then given anew.
    """
    parts = (
        "begin",
        "set local lock_timeout = '10s'",
        *conditions(schema, lock=True),
        *schema.roles,
        f"drop owned by {schema.owner} cascade",
        *schema.roles,
        f"set role {schema.owner}",
    )
    return "".join(f"{part};\n" for part in parts)


def require_empty(admin: Engine, schema: Schema) -> None:
    """Raise DatabaseNotEmpty, or RestoreInProgress while another restore or migration runs."""
    with admin.connect() as connection:
        try:
            for statement in conditions(schema, lock=False):
                connection.execute(text(statement.replace(":", r"\:")))
        except DBAPIError as error:
            raise error_of(sql_state(error)) or error from None
        finally:
            connection.rollback()


def error_of(state: str | None) -> DatabaseNotEmpty | RestoreInProgress | None:
    """Return our error for one of our states, or for a lock that was not acquired in time."""
    if state == NOT_EMPTY:
        return DatabaseNotEmpty()
    return RestoreInProgress() if state in (BUSY, "55P03") else None
