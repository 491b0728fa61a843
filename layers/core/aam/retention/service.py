"""Use cases of cleaning up: plan, confirm, execute, go on; each says what it did in one report."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from aam.deletion.errors import UnknownScope
from aam.foundation.deadline import HasTime
from aam.foundation.observability import logger
from aam.retention import runs
from aam.retention.build_plan import make_plan
from aam.retention.dependencies import CleanupDeps
from aam.retention.errors import BackupMissing, PlanChanged, PlanUnknown, TooMuchWouldGo
from aam.retention.execution import Progress, execute
from aam.retention.metrics import record_cleanup, record_failure, record_plan
from aam.retention.models import CleanupRun
from aam.retention.plan import Plan, changes
from aam.retention.plan_store import fetch_plan, forget_plan, keep_plan
from aam.retention.runs import Lease
from aam.retention.schemas import CleanupReport, CleanupRequest, Mode, PlanSummary
from aam.store import identity
from aam.store.maintenance_log import note
from aam.store.manifest import newest_backup
from aam.store.models import Level
from aam.store.restore_marker import require_reconciled

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def clean_up(request: CleanupRequest, *, deps: CleanupDeps, has_time: HasTime) -> CleanupReport:
    """Plan, and with ``dry_run`` false do what the plan says.

    A cleanup that somebody began and did not finish is finished first.  Raises what is wrong with the request or the
    store (leaves of `aam.retention.errors`), and passing faults, after which another call goes on.
    """
    now = deps.clock()
    if request.dry_run:
        with deps.open_transaction() as session:
            identity.require_match(session, deps.bucket)
        return planned(request, deps=deps, now=now)
    require_reconciled(deps.bucket)
    with deps.open_transaction() as session:
        identity.require_match(session, deps.bucket)
        standing = runs.interrupted(session, now)
    before = None if standing is None else continue_cleanup(standing, deps=deps, has_time=has_time)
    if before and not before.finished:
        return before
    resumed = before.run_id if before else None
    try:
        plan = confirmed(request, deps=deps, now=now) if request.confirm else make_plan(request, deps=deps, now=now)
    except UnknownScope:
        if before and before.scope == request.scope_text:
            return before.model_copy(update={"resumed": resumed})  # that was what is asked for now
        raise
    record_plan(plan.summary)
    refuse(request, plan.summary, deps=deps, now=now)
    lease = runs.begin(request, plan.summary, open_transaction=deps.open_transaction, now=now)
    keep_plan(plan, deps)
    report = work(plan, lease, deps=deps, has_time=has_time)
    return report.model_copy(update={"resumed": resumed})


def planned(request: CleanupRequest, *, deps: CleanupDeps, now: datetime) -> CleanupReport:
    """A plan, kept under its hash so that it can be confirmed."""
    plan = make_plan(request, deps=deps, now=now)
    keep_plan(plan, deps)
    summary = plan.summary
    record_plan(summary)
    return CleanupReport(
        mode=request.mode,
        scope=request.scope_text,
        dry_run=True,
        objects=summary.objects,
        size_bytes=summary.size_bytes,
        multiparts=summary.multiparts,
        meetings=summary.meetings,
        rows=summary.rows,
        plan=summary,
    )


def confirmed(request: CleanupRequest, *, deps: CleanupDeps, now: datetime) -> Plan:
    """The plan that the request confirms, made anew as of its own moment; raises PlanUnknown, PlanChanged."""
    old = fetch_plan(str(request.confirm), deps)
    planned_at = datetime.fromisoformat(old.summary.planned_at)
    if planned_at + timedelta(hours=deps.policy.plan_hours) < now:
        raise PlanUnknown(f"This plan is over {deps.policy.plan_hours} hours old; make a new one. Nothing was deleted.")
    if (old.summary.mode, old.summary.scope) != (request.mode, request.scope_text):
        raise PlanChanged(
            f"This is a plan of {old.summary.mode} for {old.summary.scope}, not of {request.mode} for "
            f"{request.scope_text}; confirm it with its own mode and scope, or make another. Nothing was deleted."
        )
    plan = make_plan(request, deps=deps, now=planned_at)
    if plan.summary.hash != old.summary.hash:
        gone, come, named = changes(old.file, plan.file)
        raise PlanChanged(
            f"Since the plan was made {gone} of its lines have gone and {come} have come ({', '.join(named)}); "
            "look at a new plan. Nothing was deleted."
        )
    return plan


def refuse(request: CleanupRequest, summary: PlanSummary, *, deps: CleanupDeps, now: datetime) -> None:
    """Raise TooMuchWouldGo or BackupMissing."""
    stops = [amount for amount in summary.would_stop if amount not in request.allow]
    if stops:
        share = round(100 * deps.policy.breaker.share)
        raise TooMuchWouldGo(
            f"More than {share} % of all {' and '.join(stops)} would go; allow {', '.join(stops)} by name, or look "
            "what is wrong. Nothing was deleted."
        )
    if request.wants_backup and not request.no_backup:
        with deps.open_transaction() as session:
            ours = identity.store_id(session)
        newest = newest_backup(deps.backups, store_id=ours, now=now)
        hours = deps.policy.backup_hours
        if newest is None or newest < now - timedelta(hours=hours):
            raise BackupMissing(
                f"There is no backup of the last {hours} hours; make one ('aam backup'), or say no_backup. "
                "Nothing was deleted."
            )


def continue_cleanup(run_id: UUID, *, deps: CleanupDeps, has_time: HasTime) -> CleanupReport:
    """Go on with a cleanup that ran out of time or was killed; one that is over is reported as it ended."""
    require_reconciled(deps.bucket)
    lease = runs.take_over(run_id, open_transaction=deps.open_transaction, now=deps.clock())
    if lease is None:
        return ended(run_id, deps=deps)
    try:
        plan = fetch_plan(lease.plan_hash, deps)
    except PlanUnknown:  # killed before the plan was stored: nothing was done
        with deps.open_transaction() as session:
            runs.give_up(session, lease, now=deps.clock())
            note(session, Level.WARNING, "cleanup", "given up: its plan is gone", run_id=str(run_id))
        return ended(run_id, deps=deps)
    return work(plan, lease, deps=deps, has_time=has_time)


def work(plan: Plan, lease: Lease, *, deps: CleanupDeps, has_time: HasTime) -> CleanupReport:
    """Execute until the end or until there is no more time; notes and measures what came of it."""
    began = deps.clock()
    log = logger()
    log.append_keys(cleanup_run_id=str(lease.run_id))
    try:
        progress, finished = execute(plan, lease, deps=deps, has_time=has_time)
    except Exception:
        record_failure(plan.summary.mode)
        with deps.open_transaction() as session:
            note(session, Level.ERROR, "cleanup", "interrupted", run_id=str(lease.run_id), mode=plan.summary.mode)
            runs.pause(session, lease, now=deps.clock())
        raise
    now = deps.clock()
    report = reported(plan.summary.mode, plan.summary.scope, lease.run_id, progress, finished=finished)
    with deps.open_transaction() as session:
        if not finished:
            runs.pause(session, lease, now=now)
            note(session, Level.INFO, "cleanup", "goes on later", run_id=str(lease.run_id))
            return report
        runs.finish(session, lease, report=progress.written(), now=now)
        finished_note(session, report)
    record_cleanup(report, seconds=(now - began).total_seconds())
    forget_plan(plan.summary.hash, deps)
    return report


def finished_note(session: Session, report: CleanupReport) -> None:
    """Write down what was done, and what could not be."""
    counts = report.model_dump(mode="json", include={"mode", "scope", "objects", "size_bytes", "meetings", "rows"})
    note(session, Level.INFO, "cleanup", "done", run_id=str(report.run_id), **counts)
    if report.failed or report.skipped:
        note(
            session,
            Level.WARNING,
            "cleanup",
            "left something",
            run_id=str(report.run_id),
            failed=report.failed,
            skipped=report.skipped,
        )


def reported(mode: Mode, scope: str, run_id: UUID, progress: Progress, *, finished: bool = True) -> CleanupReport:
    """The report of what was done; it names nothing, because executions keep what they are told."""
    return CleanupReport(
        mode=mode,
        scope=scope,
        dry_run=False,
        finished=finished,
        run_id=run_id,
        objects=progress.objects,
        size_bytes=progress.size_bytes,
        multiparts=progress.multiparts,
        meetings=progress.meetings,
        messages=progress.messages,
        rows={name: count for name, count in sorted(progress.rows.items()) if count},
        skipped=progress.skipped,
        failed=progress.failed,
    )


def ended(run_id: UUID, *, deps: CleanupDeps) -> CleanupReport:
    """The report of a cleanup that is over; raises PlanUnknown when there never was one."""
    with deps.open_transaction() as session:
        run = session.get(CleanupRun, run_id)
        if run is None:
            raise PlanUnknown("There is no cleanup of this id; nothing was deleted.")
        return reported(Mode(run.mode), run.scope, run.id, Progress.read(run.report))
