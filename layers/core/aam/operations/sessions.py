"""Look at the work of the database, and end a session that stands in the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import text

from aam.operations.dependencies import OperationsDeps
from aam.operations.errors import SessionGone
from aam.operations.schemas import Advice, DatabaseDiagnosis, Ended, Session, SlowStatement
from aam.operations.services import SLOW_S, TEXT_SHOWN
from aam.store.maintenance_log import note
from aam.store.models import Level

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Transaction

SHOWN = 10

# Other roles' statements are hidden from ours, and their sessions cannot be ended by it.
SESSIONS = """
select pid, backend_start, application_name, state, left(query, :shown) as query, pg_blocking_pids(pid) as blocked_by,
       extract(epoch from clock_timestamp() - query_start) as seconds
from pg_stat_activity
where datname = current_database() and usename = current_user and pid <> pg_backend_pid() and state <> 'idle'
  and (query_start < clock_timestamp() - make_interval(secs => :slow) or cardinality(pg_blocking_pids(pid)) > 0
       or pid in (select unnest(pg_blocking_pids(waiting.pid)) from pg_stat_activity waiting))
order by query_start limit 50
"""
SLOWEST = """
select calls, mean_exec_time, max_exec_time, total_exec_time, left(query, :shown) as query
from pg_stat_statements
where dbid = (select oid from pg_database where datname = current_database())
order by mean_exec_time desc limit :most
"""
END = """
select pg_terminate_backend(pid) from pg_stat_activity
where pid = :pid and backend_start = :since and usename = current_user and pid <> pg_backend_pid()
"""


def look_at_database(*, deps: OperationsDeps) -> DatabaseDiagnosis:
    """Return the work of the database; values are never part of a statement's text."""
    with deps.open_transaction() as session:
        states = session.execute(
            text(
                "select coalesce(state, 'of the server') as state, count(*) as sessions from pg_stat_activity "
                "where datname = current_database() group by 1"
            )
        ).all()
        working = tuple(_sessions(session))
        return DatabaseDiagnosis(
            connections={row.state: row.sessions for row in states},
            connections_most=int(session.scalar(text("show max_connections")) or 0),
            sessions=working,
            slowest=_slowest(session),
            advice=tuple(_advice(working)),
        )


def end_session(pid: int, since: datetime, *, deps: OperationsDeps) -> Ended:
    """End a session of our own role and note it in the maintenance log; raises SessionGone."""
    with deps.open_transaction() as session:
        if not session.scalar(text(END), {"pid": pid, "since": since}):
            raise SessionGone
        note(session, Level.WARNING, "database", "session_ended", pid=pid, since=since.isoformat())
    return Ended(pid=pid)


def _sessions(session: Transaction) -> Iterator[Session]:
    for row in session.execute(text(SESSIONS), {"shown": TEXT_SHOWN, "slow": SLOW_S}):
        yield Session(
            pid=row.pid,
            since=row.backend_start,
            application=row.application_name,
            state=row.state,
            seconds=round(float(row.seconds), 1),
            blocked_by=tuple(row.blocked_by),
            text=" ".join(row.query.split()),
        )


def _slowest(session: Transaction) -> tuple[SlowStatement, ...] | None:
    if session.scalar(text("select to_regclass('pg_stat_statements') is null")):
        return None
    rows = session.execute(text(SLOWEST), {"shown": TEXT_SHOWN, "most": SHOWN})
    return tuple(
        SlowStatement(
            calls=row.calls,
            mean_ms=round(row.mean_exec_time, 1),
            most_ms=round(row.max_exec_time, 1),
            total_ms=round(row.total_exec_time),
            text=" ".join(row.query.split()),
        )
        for row in rows
    )


def _advice(sessions: tuple[Session, ...]) -> Iterator[Advice]:
    blocking = {pid for each in sessions for pid in each.blocked_by}
    for each in sessions:
        if each.pid in blocking and not each.blocked_by:
            yield Advice(
                why=f"Session {each.pid} holds others up; end it if it does not end by itself.",
                command=f"aam diagnose --end {each.pid}",
            )
