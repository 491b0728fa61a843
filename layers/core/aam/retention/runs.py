"""Cleanups that act: one at a time, resumable by whoever holds the lease."""

from __future__ import annotations

from dataclasses import dataclass
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
from aam.retention.schemas import CleanupRequest, PlanSummary

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

JOBS = Jobs(CleanupRun, is_running(), busy=lambda _run_id: CleanupInProgress(), lost=CleanupLost)


@dataclass(frozen=True)
class Lease:
    """The right to go on with a cleanup; ``done`` lines are behind it, ``report`` is what they came to."""

    run_id: UUID
    owner: UUID
    plan_hash: str
    done: int
    report: dict[str, Any]


def interrupted(session: Session, now: datetime) -> UUID | None:
    """The cleanup that somebody began and did not finish; raises CleanupInProgress while its lease holds."""
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
