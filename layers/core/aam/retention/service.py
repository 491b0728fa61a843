"""Use cases of cleanups: preview a plan, approve and execute one, continue one that was interrupted."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from aam.deletion.errors import UnknownScope
from aam.foundation.deadline import HasTime
from aam.retention import job_store
from aam.retention.build_plan import make_plan
from aam.retention.dependencies import CleanupDeps
from aam.retention.errors import BackupMissing, PlanChanged, PlanUnknown, TooMuchWouldGo
from aam.retention.execution import execute
from aam.retention.job_store import Progress
from aam.retention.metrics import record_plan
from aam.retention.models import CleanupRun
from aam.retention.plan import Plan, changes
from aam.retention.plan_store import fetch_plan, keep_plan
from aam.retention.schemas import CleanupReport, CleanupRequest, Mode, PlanSummary
from aam.store import identity
from aam.store.maintenance_log import note
from aam.store.manifest import newest_backup
from aam.store.models import Level
from aam.store.restore_marker import require_reconciled


def clean_up(request: CleanupRequest, *, deps: CleanupDeps, has_time: HasTime) -> CleanupReport:
    """Plan, and with ``dry_run`` false approve and execute the plan.

    A cleanup that was begun and not finished is finished first.  Raise leaves of `aam.retention.errors`, and transient
    errors, after which another call continues.
    """
    now = deps.clock()
    if request.dry_run:
        with deps.open_transaction() as session:
            identity.require_match(session, deps.bucket)
        return preview(request, deps=deps, now=now)
    require_reconciled(deps.bucket)
    with deps.open_transaction() as session:
        identity.require_match(session, deps.bucket)
        standing = job_store.interrupted(session, now)
    before = None if standing is None else continue_cleanup(standing, deps=deps, has_time=has_time)
    if before and not before.finished:
        return before
    resumed = before.run_id if before else None
    try:
        plan = approved(request, deps=deps, now=now)
    except UnknownScope:
        if before and before.scope == request.scope_text:
            return before.model_copy(update={"resumed": resumed})  # that was what is asked for now
        raise
    lease = job_store.begin(request, plan.summary, open_transaction=deps.open_transaction, now=now)
    keep_plan(plan, deps)
    report = execute(plan, lease, deps=deps, has_time=has_time)
    return report.model_copy(update={"resumed": resumed})


def preview(request: CleanupRequest, *, deps: CleanupDeps, now: datetime) -> CleanupReport:
    """Store a plan under its hash, so that it can be confirmed, and return it in short."""
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


def approved(request: CleanupRequest, *, deps: CleanupDeps, now: datetime) -> Plan:
    """Return the plan that may be executed.

    Raise UnknownScope, PlanUnknown or PlanChanged for one that is confirmed and no longer holds, TooMuchWouldGo,
    BackupMissing.
    """
    plan = confirmed(request, deps=deps, now=now) if request.confirm else make_plan(request, deps=deps, now=now)
    record_plan(plan.summary)
    refuse(request, plan.summary, deps=deps, now=now)
    return plan


def confirmed(request: CleanupRequest, *, deps: CleanupDeps, now: datetime) -> Plan:
    """Return the plan that the request confirms, made anew as of its own moment; raise PlanUnknown, PlanChanged."""
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
    """Continue a cleanup that ran out of time or was killed; one that is over is reported as it ended."""
    require_reconciled(deps.bucket)
    lease = job_store.take_over(run_id, open_transaction=deps.open_transaction, now=deps.clock())
    if lease is None:
        return ended(run_id, deps=deps)
    try:
        plan = fetch_plan(lease.plan_hash, deps)
    except PlanUnknown:  # killed before the plan was stored: nothing was done
        with deps.open_transaction() as session:
            job_store.give_up(session, lease, now=deps.clock())
            note(session, Level.WARNING, "cleanup", "given up: its plan is gone", run_id=str(run_id))
        return ended(run_id, deps=deps)
    return execute(plan, lease, deps=deps, has_time=has_time)


def ended(run_id: UUID, *, deps: CleanupDeps) -> CleanupReport:
    """Return the report of a cleanup that is over; raise PlanUnknown when there never was one."""
    with deps.open_transaction() as session:
        run = session.get(CleanupRun, run_id)
        if run is None:
            raise PlanUnknown("There is no cleanup of this id; nothing was deleted.")
        return Progress.read(run.report).reported(Mode(run.mode), run.scope, run.id)
