"""Map each cleanup request to its use case."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import Field

from aam.deletion import legal_holds
from aam.deletion.schemas import (
    HoldRequest,
)
from aam.foundation.clock import utc_now
from aam.foundation.database import single_statements, transaction
from aam.foundation.deadline import HasTime
from aam.foundation.errors import AppError, Conflict
from aam.foundation.operator import Answer
from aam.foundation.settings import Environment, load
from aam.foundation.state_table import state_table
from aam.foundation.storage import backup_store, media_store
from aam.pipeline.executions import stop_execution
from aam.retention import expiry_tags
from aam.retention.dependencies import CleanupDeps
from aam.retention.errors import CleanupInProgress
from aam.retention.health import Health, look
from aam.retention.integrity import check, statistics
from aam.retention.metrics import record_failure
from aam.retention.plan_store import read_page
from aam.retention.policy import load_policy
from aam.retention.queues import work_queues
from aam.retention.schemas import (
    AdoptRequest,
    CheckRequest,
    CleanupReport,
    CleanupRequest,
    ContinueRequest,
    HealthRequest,
    KeepRequest,
    Mode,
    PlanRequest,
    Request,
    StatisticsRequest,
)
from aam.retention.service import clean_up, continue_cleanup
from aam.store import identity
from aam.store.bucket import Bucket
from aam.store.maintenance_log import note
from aam.store.models import Level


class CleanupSettings(Environment):
    """Schedules, as ``backup=cron(…);temp=cron(…);full=off``, and the moment at which missed ones are caught up on."""

    cleanup_schedules: str = Field(alias="CLEANUP_SCHEDULES", default="")
    maintenance_window: str = Field(
        alias="MAINTENANCE_WINDOW", default="", pattern=r"^$|^[0-2]\d:[0-5]\d-[0-2]\d:[0-5]\d$"
    )

    @property
    def scheduled(self) -> frozenset[Mode]:
        """Return the modes whose schedule is on."""
        return frozenset(Mode(name) for name in self.switched_on if name != "backup")

    @property
    def backs_up(self) -> bool:
        """Return whether backups are made by schedule; otherwise the operator makes others."""
        return "backup" in self.switched_on

    @property
    def switched_on(self) -> frozenset[str]:
        """Return the names whose schedule is on."""
        pairs = (entry.partition("=") for entry in self.cleanup_schedules.split(";") if entry)
        return frozenset(name for name, _, expression in pairs if expression != "off")

    def in_window(self, now: datetime) -> bool:
        """Return whether this is within the maintenance window (times of day in UTC); always, where there is none."""
        if not self.maintenance_window:
            return True
        first, _, last = self.maintenance_window.partition("-")
        at = now.astimezone(UTC).strftime("%H:%M")
        return first <= at < last if first <= last else at >= first or at < last


class HealthReport(Health):
    """The health, and the cleanup that was caught up on."""

    caught_up: Mode | None = None
    finished: bool = True
    run_id: str | None = None


def build_cleanup_deps(folder: Path) -> CleanupDeps:
    """Return the dependencies by this function's settings; the caller deletes the folder, which holds plans."""
    return CleanupDeps(
        bucket=Bucket(media_store()),
        backups=backup_store(),
        open_transaction=transaction,
        open_statements=single_statements,
        table=state_table(),
        queues=work_queues(),
        policy=load_policy(),
        clock=utc_now,
        stop_execution=stop_execution,
        folder=lambda: Path(tempfile.mkdtemp(dir=folder)),
    )


def perform_in_own_folder(request: Request, *, has_time: HasTime) -> Answer:
    """Perform one request with a folder for its plan, which is deleted afterwards: workers live on, disks are small.

    The refusal of a scheduled cleanup is noted and counted: no caller reads its answer.
    """
    with TemporaryDirectory(prefix="cleanup-") as folder:
        deps = build_cleanup_deps(Path(folder))
        try:
            return perform(request, deps=deps, has_time=has_time, settings=cleanup_settings())
        except AppError as error:
            if not error.retryable:
                note_refusal(error, request, deps=deps)
            raise


def perform(request: Request, *, deps: CleanupDeps, has_time: HasTime, settings: CleanupSettings) -> Answer:
    """Perform one request and return its answer; raise leaves of `aam.retention.errors`, and transient errors."""
    if isinstance(request, HealthRequest):
        return check_and_catch_up(request, deps=deps, has_time=has_time, settings=settings)
    return HANDLERS[type(request)](request, deps, has_time)


def adopt(_request: AdoptRequest, deps: CleanupDeps, _has_time: HasTime) -> Answer:
    """Take the bucket as this database's own."""
    with deps.open_transaction() as session:
        identity.adopt(session, deps.bucket)
        note(session, Level.INFO, "store", "adopted")
    return {"action": "adopt", "done": True}


def hold_or_release(request: HoldRequest, deps: CleanupDeps, _has_time: HasTime) -> Answer:
    """Place or end a legal hold."""
    if request.action == "hold":
        expiry_tags.hold(request, deps=deps)
        return {"action": request.action, "done": True}
    with deps.open_transaction() as session:
        return {"action": request.action, "done": legal_holds.release(session, request)}


def keep(request: KeepRequest, deps: CleanupDeps, _has_time: HasTime) -> Answer:
    """Set an age."""
    expiry_tags.keep(request, deps=deps)
    with deps.open_transaction() as session:
        note(session, Level.INFO, "age", "set", **request.model_dump(mode="json", exclude={"action"}))
    return {"action": request.action, "done": True}


def check_and_catch_up(
    request: HealthRequest, *, deps: CleanupDeps, has_time: HasTime, settings: CleanupSettings
) -> HealthReport:
    """Look, and with ``catch_up`` do the most thorough cleanup that was missed; it does the others' work as well.

    Outside the maintenance window it is still missed, and a later look catches up on it.  Like the schedule that it
    stands in for, it wants a backup where backups are made.
    """
    health = look(deps=deps, scheduled=settings.scheduled)
    if not (request.catch_up and health.missed and settings.in_window(deps.clock())):
        return HealthReport(**health.model_dump())
    asked = CleanupRequest(mode=health.missed[0], dry_run=False, no_backup=not settings.backs_up, trigger="schedule")
    try:
        report: CleanupReport = clean_up(asked, deps=deps, has_time=has_time)
    except CleanupInProgress:
        return HealthReport(**health.model_dump())
    except Conflict as error:
        note_refusal(error, asked, deps=deps)
        return HealthReport(**health.model_dump(exclude={"ok"}), ok=False)
    return HealthReport(
        **health.model_dump(),
        caught_up=asked.mode,
        finished=report.finished,
        run_id=str(report.run_id) if report.run_id else None,
    )


def note_refusal(error: AppError, request: Request, *, deps: CleanupDeps) -> None:
    """Log and count the refusal of a schedule's cleanup, whose answer is not read."""
    if isinstance(request, CleanupRequest) and request.trigger == "schedule":
        record_failure(request.mode)
        with deps.open_transaction() as session:
            note(session, Level.ERROR, "cleanup", "refused", mode=request.mode, error_code=error.code)


def cleanup_settings() -> CleanupSettings:
    """Return this function's settings."""
    settings: CleanupSettings = load(CleanupSettings)
    return settings


HANDLERS: dict[type[Request], Callable[[Any, CleanupDeps, HasTime], Answer]] = {
    CleanupRequest: lambda request, deps, has_time: clean_up(request, deps=deps, has_time=has_time),
    ContinueRequest: lambda request, deps, has_time: continue_cleanup(request.run_id, deps=deps, has_time=has_time),
    PlanRequest: lambda request, deps, _: read_page(request, store=deps.bucket.store),
    CheckRequest: lambda _request, deps, _: check(deps=deps),
    StatisticsRequest: lambda _request, deps, _: statistics(deps=deps),
    AdoptRequest: adopt,
    HoldRequest: hold_or_release,
    KeepRequest: keep,
}
"""The use case of each request but health, which has settings of its own."""
