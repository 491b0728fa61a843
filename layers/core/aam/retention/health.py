"""Health of the store: metrics for the alarms, and scheduled cleanups that were missed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from sqlalchemy import func, select, text

from aam.foundation.observability import gauge
from aam.foundation.schemas import Value
from aam.retention.dependencies import CleanupDeps
from aam.retention.models import CleanupRun, RunState
from aam.retention.schemas import Mode
from aam.store.manifest import newest_backup
from aam.store.models import MaintenanceEntry, StoreIdentity

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TEMP, LOGS = "temp/", "logs/"
TEMP_LIMIT, LOG_LIMIT = 1_000_000_000, 500_000_000
SILENT_HOURS = 7 * 24
COVERS = {
    Mode.TEMP: (Mode.TEMP, Mode.FULL, Mode.AGGRESSIVE),
    Mode.FULL: (Mode.FULL, Mode.AGGRESSIVE),
    Mode.AGGRESSIVE: (Mode.AGGRESSIVE,),
}
"""Which cleanups do what a scheduled one would have done."""

Complaint = Literal["no_cleanup_for_7_days", "temp_over_1_gb", "logs_over_500_mb", "last_cleanup_failed"]


class Health(Value):
    """Figures for the alarms; ``missed`` are the scheduled modes that are overdue, the most thorough one first.

    Where ``ever_cleaned`` is false, ``hours_since_cleanup`` counts from the beginning of the store.
    """

    ok: bool
    complaints: tuple[Complaint, ...]
    hours_since_cleanup: float
    ever_cleaned: bool
    temp_bytes: int
    log_bytes: int
    old_logs: int
    missed: tuple[Mode, ...]


def look(*, deps: CleanupDeps, scheduled: frozenset[Mode]) -> Health:
    """Measure everything once, and write the measures down as metrics."""
    now = deps.clock()
    temp = sum(each.size for each in deps.bucket.versions(TEMP))
    log_days = next(rule.expire_days or 0 for rule in deps.policy.expiring("logs") if rule.prefix == LOGS)
    logs = list(deps.bucket.versions(LOGS))
    with deps.open_transaction() as session:
        table = session.scalar(text("select pg_total_relation_size('maintenance_log')")) or 0
        entries_before = now - timedelta(days=deps.policy.rows.maintenance_log)
        old_entries = session.scalar(select(func.count()).where(MaintenanceEntry.created_at < entries_before)) or 0
        ours = session.scalars(select(StoreIdentity)).one()
        began = ours.created_at
        ends = last_ends(session)
        failed = last_failed(session)
    hours = (now - max(ends.values(), default=began)).total_seconds() / 3600
    log_bytes = sum(each.size for each in logs) + table
    old = sum(each.modified < now - timedelta(days=log_days) for each in logs) + old_entries
    complaints: list[Complaint] = []
    if hours > SILENT_HOURS:
        complaints.append("no_cleanup_for_7_days")
    if temp > TEMP_LIMIT:
        complaints.append("temp_over_1_gb")
    if log_bytes > LOG_LIMIT:
        complaints.append("logs_over_500_mb")
    if failed:
        complaints.append("last_cleanup_failed")
    gauge("HoursSinceCleanup", hours, "None")
    last_backup = newest_backup(deps.backups, store_id=ours.store_id, now=now) or began
    gauge("HoursSinceBackup", (now - last_backup).total_seconds() / 3600, "None")
    gauge("TempBytes", temp, "Bytes")
    gauge("LogBytes", log_bytes, "Bytes")
    gauge("OldLogs", old, "Count")
    return Health(
        ok=not complaints,
        complaints=tuple(complaints),
        hours_since_cleanup=round(hours, 2),
        ever_cleaned=bool(ends),
        temp_bytes=temp,
        log_bytes=log_bytes,
        old_logs=old,
        missed=missed(ends, began=began, deps=deps, scheduled=scheduled, now=now),
    )


def last_ends(session: Session) -> dict[Mode, datetime]:
    """Return when each mode was last done for everything."""
    rows = session.execute(
        select(CleanupRun.mode, func.max(CleanupRun.finished_at))
        .where(CleanupRun.state == RunState.DONE, CleanupRun.scope == "all")
        .group_by(CleanupRun.mode)
    )
    return {Mode(mode): ended for mode, ended in rows if ended is not None}


def last_failed(session: Session) -> bool:
    """Return whether the newest cleanup that is over had failed."""
    newest = session.scalar(
        select(CleanupRun.state)
        .where(CleanupRun.finished_at.is_not(None))
        .order_by(CleanupRun.finished_at.desc())
        .limit(1)
    )
    return newest == RunState.FAILED


def missed(
    ends: dict[Mode, datetime], *, began: datetime, deps: CleanupDeps, scheduled: frozenset[Mode], now: datetime
) -> tuple[Mode, ...]:
    """Return the overdue scheduled modes, the most thorough one first."""
    limits = deps.policy.missed_after_hours
    allowed = {Mode.AGGRESSIVE: limits.aggressive, Mode.FULL: limits.full, Mode.TEMP: limits.temp}
    found = []
    for mode, hours in allowed.items():
        last = max((ends[each] for each in COVERS[mode] if each in ends), default=began)
        if mode in scheduled and last + timedelta(hours=hours) < now:
            found.append(mode)
    return tuple(found)
