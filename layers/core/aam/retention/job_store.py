"""Store of cleanup jobs: one at a time, resumable by the holder of the lease."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from aam.foundation.clock import new_id
from aam.foundation.database import Transaction, violates
from aam.foundation.jobs import LEASE, Jobs
from aam.retention.errors import CleanupInProgress, CleanupLost
from aam.retention.models import CleanupRun, RunState, is_running
from aam.retention.schemas import CleanupReport, CleanupRequest, Mode, PlanSummary

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

JOBS = Jobs(CleanupRun, is_running(), busy=lambda _run_id: CleanupInProgress(), lost=CleanupLost)


COUNTS = ("objects", "size_bytes", "multiparts", "meetings", "messages", "skipped", "failed")


@dataclass
class Progress:
    """Progress of a cleanup; it survives in the cleanup's row, so it holds counts and ids only.

    ``stuck`` are meetings of which the store would not delete something, ``busy`` those that were worked on or uploaded
    to when they were marked.
    """

    objects: int = 0
    size_bytes: int = 0
    multiparts: int = 0
    meetings: int = 0
    messages: int = 0
    skipped: int = 0
    failed: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    stuck: set[str] = field(default_factory=set)
    busy: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, report: dict[str, Any]) -> Progress:
        """Return the progress that the cleanup's row holds."""
        counts = {name: report.get(name, 0) for name in COUNTS}
        stuck, busy = (set(report.get(name, ())) for name in ("stuck", "busy"))
        return cls(**counts, rows=Counter(report.get("rows", {})), stuck=stuck, busy=busy)

    def written(self) -> dict[str, Any]:
        """Return the progress as the cleanup's row holds it."""
        counts = {name: getattr(self, name) for name in COUNTS}
        return {**counts, "rows": dict(self.rows), "stuck": sorted(self.stuck), "busy": sorted(self.busy)}

    def reported(self, mode: Mode, scope: str, run_id: UUID, *, finished: bool = True) -> CleanupReport:
        """Return the report of what was done; it names nothing, because executions keep what they are told."""
        return CleanupReport(
            mode=mode,
            scope=scope,
            dry_run=False,
            finished=finished,
            run_id=run_id,
            objects=self.objects,
            size_bytes=self.size_bytes,
            multiparts=self.multiparts,
            meetings=self.meetings,
            messages=self.messages,
            rows={name: count for name, count in sorted(self.rows.items()) if count},
            skipped=self.skipped,
            failed=self.failed,
        )


@dataclass(frozen=True)
class Lease:
    """The right to go on with a cleanup; ``done`` lines are behind it, ``report`` is what they came to."""

    run_id: UUID
    owner: UUID
    plan_hash: str
    done: int
    report: dict[str, Any]


def interrupted(session: Session, now: datetime) -> UUID | None:
    """Return the cleanup that was begun and not finished; raises CleanupInProgress while its lease holds."""
    standing = session.execute(select(CleanupRun.id, CleanupRun.lease_until).where(is_running())).one_or_none()
    if standing is None:
        return None
    if standing.lease_until > now:
        raise CleanupInProgress
    return UUID(str(standing.id))


def begin(request: CleanupRequest, summary: PlanSummary, *, open_transaction: Transaction, now: datetime) -> Lease:
    """Begin a cleanup; raises CleanupInProgress when another was faster."""
    run = CleanupRun(
        id=new_id(),
        mode=request.mode,
        scope=request.scope_text,
        trigger=request.trigger,
        plan_hash=summary.hash,
        state=RunState.RUNNING,
        lease_owner=new_id(),
        lease_until=now + LEASE,
    )
    assert run.lease_owner is not None  # noqa: S101 - given above
    try:
        with open_transaction() as session:
            session.add(run)
            session.flush()
    except IntegrityError as error:
        if violates(error, "uq_cleanup_runs_running"):
            raise CleanupInProgress from None
        raise
    return Lease(run.id, run.lease_owner, summary.hash, 0, {})


def take_over(run_id: UUID, *, open_transaction: Transaction, now: datetime) -> Lease | None:
    """Take a cleanup whose lease has ended; None when it is over.  Raises CleanupInProgress while another has it."""
    with open_transaction() as session:
        run = JOBS.take(session, run_id, now=now)
        if run is None:
            return None
        assert run.lease_owner is not None  # noqa: S101 - just taken
        return Lease(run.id, run.lease_owner, run.plan_hash, run.done_lines, dict(run.report))


def advance(session: Session, lease: Lease, *, done: int, report: dict[str, Any], now: datetime) -> None:
    """Note how far the cleanup is, in the transaction of what was done; raises CleanupLost when it is another's."""
    JOBS.advance(session, lease.run_id, lease.owner, now=now, done_lines=done, report=report)


def pause(session: Session, lease: Lease, *, now: datetime) -> None:
    """End the lease, so that any process may continue at once."""
    JOBS.release(session, lease.run_id, lease.owner, now=now)


def finish(session: Session, lease: Lease, *, report: dict[str, Any], now: datetime) -> None:
    """Note that all of it is done."""
    JOBS.release(session, lease.run_id, lease.owner, now=now, state=RunState.DONE, report=report, finished_at=now)


def give_up(session: Session, lease: Lease, *, now: datetime) -> None:
    """End a cleanup that cannot continue, because its plan is gone."""
    JOBS.release(session, lease.run_id, lease.owner, now=now, state=RunState.FAILED, finished_at=now)
