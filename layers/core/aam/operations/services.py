"""Everything that the system stands on, looked at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from importlib import resources
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import func, select, text

from aam.foundation.observability import frames_of, logger
from aam.foundation.storage import translated
from aam.operations.advice import on_sweep, on_vendors
from aam.operations.dependencies import OperationsDeps
from aam.operations.schemas import Advice, DatabaseFacts, ScheduleFacts, ServicesDiagnosis, Statement, VendorFacts
from aam.pipeline.health import NAMES, State
from aam.retention.models import CleanupRun, RunState
from aam.vendor_limits.ports import Vendor
from aam.vendor_limits.rate_limiter import read_limiter
from aam.workflow.last_sweep import last_sweep

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SLOW_S = 5.0
TEXT_SHOWN = 120
CACHE_LOW = 0.9

T = TypeVar("T")


def look_at_services(*, deps: OperationsDeps) -> ServicesDiagnosis:
    """Check every service; one that fails becomes an error of its own and the others are still checked."""
    now = deps.clock()
    checks: dict[str, State] = {}

    def asked(name: str, ask: Callable[[], T]) -> T | None:
        try:
            answer = ask()
        except Exception as error:  # noqa: BLE001 - whatever it is, the part does not answer
            logger().warning(
                "a part does not answer", part=name, error_type=type(error).__name__, traceback_lines=frames_of(error)
            )
            checks[name] = "error"
            return None
        checks[name] = "ok"
        return answer

    database = asked("database", lambda: ask_database(deps))
    asked("bucket", lambda: touch_bucket(deps))
    sweep = asked("state_table", lambda: last_sweep(deps.table))
    asked("queues", lambda: [deps.sqs.get_queue_attributes(QueueUrl=url) for url, _dead in deps.queues.values()])
    vendors = asked("vendors", lambda: tuple(look_at_vendors(deps, now))) or ()
    cleanups = asked("schedules", lambda: ends_of_cleanups(deps)) or ()
    schedules = (ScheduleFacts(name="sweep", last=sweep), *cleanups)
    advice = (*on_checks(checks), *on_database(database), *on_vendors(vendors), *on_sweep(sweep, now=now))
    status: State = "error" if "error" in checks.values() else "warning" if advice else "ok"
    return ServicesDiagnosis(
        status=status, checks=checks, database=database, vendors=vendors, schedules=schedules, advice=advice
    )


def ask_database(deps: OperationsDeps) -> DatabaseFacts:
    """Return connections, slow statements, size, cache and revision."""
    with deps.open_transaction() as session:
        hits, reads = session.execute(
            text("select blks_hit, blks_read from pg_stat_database where datname = current_database()")
        ).one()
        return DatabaseFacts(
            version=str(session.scalar(text("show server_version"))),
            connections=session.scalar(text("select count(*) from pg_stat_activity where datname = current_database()"))
            or 0,
            connections_most=int(session.scalar(text("show max_connections")) or 0),
            slow=tuple(slow_statements(session)),
            size_bytes=session.scalar(text("select pg_database_size(current_database())")) or 0,
            cache_hit_ratio=round(hits / (hits + reads), 4) if hits + reads else None,
            revision=session.scalar(text("select max(version_num) from alembic_version")),
            newest_revision=newest_revision(),
        )


def slow_statements(session: Session) -> Iterator[Statement]:
    """Yield our own role's statements that run for more than five seconds; values are never part of the text."""
    rows = session.execute(
        text(
            "select extract(epoch from now() - query_start) as seconds, state, left(query, :shown) as query "
            "from pg_stat_activity where datname = current_database() and usename = current_user "
            "and state <> 'idle' and pid <> pg_backend_pid() and query_start < now() - make_interval(secs => :slow) "
            "order by query_start limit 10"
        ),
        {"shown": TEXT_SHOWN, "slow": SLOW_S},
    )
    for row in rows:
        yield Statement(seconds=round(float(row.seconds), 1), state=row.state, text=" ".join(row.query.split()))


def newest_revision() -> str:
    """Return the newest revision in this code, by the names of its files."""
    files = resources.files("aam.migrations.versions").iterdir()
    return max(file.name[:4] for file in files if file.name[:4].isdigit())


def touch_bucket(deps: OperationsDeps) -> None:
    """Look whether the bucket answers."""
    with translated():
        deps.store.client.list_objects_v2(Bucket=deps.store.bucket, Prefix="system/", MaxKeys=1)


def look_at_vendors(deps: OperationsDeps, now: datetime) -> Iterator[VendorFacts]:
    """Yield the limiters, and whether there are keys; no vendor is asked."""
    keys = deps.stored_keys()
    at = now.timestamp()
    for vendor in Vendor:
        limiter = read_limiter(deps.table, vendor)
        closed = limiter.closed_until > at
        yield VendorFacts(
            vendor=NAMES[vendor],
            has_key=getattr(keys, vendor.value),
            state="down" if limiter.closings else "asked us to slow down" if closed else "open",
            faults=limiter.faults,
            wait_s=max(0, round(limiter.closed_until - at)),
            under_way=len(limiter.living(at)),
        )


def ends_of_cleanups(deps: OperationsDeps) -> tuple[ScheduleFacts, ...]:
    """Return the time at which each scheduled cleanup last ended."""
    with deps.open_transaction() as session:
        rows = session.execute(
            select(CleanupRun.mode, func.max(CleanupRun.finished_at).label("last"))
            .where(CleanupRun.state == RunState.DONE, CleanupRun.scope == "all")
            .group_by(CleanupRun.mode)
        )
        known = {row.mode: row.last for row in rows}
    return tuple(ScheduleFacts(name=f"cleanup {mode}", last=known.get(mode)) for mode in ("temp", "full", "aggressive"))


def on_checks(checks: dict[str, State]) -> Iterator[Advice]:
    """Yield the advice on services that do not answer."""
    for name, state in checks.items():
        if state == "error":
            yield Advice(why=f"{name.replace('_', ' ')} does not answer.", command="aam logs Operations")


def on_database(facts: DatabaseFacts | None) -> Iterator[Advice]:
    """Yield the advice on the database."""
    if facts is None:
        return
    if facts.revision != facts.newest_revision:
        yield Advice(
            why=f"The database stands at {facts.revision}, the code at {facts.newest_revision}.",
            command="aam migrate up",
        )
    if facts.connections > 0.8 * facts.connections_most:
        yield Advice(why=f"{facts.connections} of {facts.connections_most} connections are taken.")
    for each in facts.slow:
        yield Advice(why=f"A statement has been at work for {each.seconds} s: {each.text}")
    if facts.cache_hit_ratio is not None and facts.cache_hit_ratio < CACHE_LOW:
        yield Advice(why=f"Only {facts.cache_hit_ratio:.0%} of what is read comes from memory; give it more.")
