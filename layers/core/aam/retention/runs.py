"""Cleanups that act: one at a time, resumable by whoever holds the lease."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from aam.foundation.clock import new_id
from aam.foundation.database import Transaction, violates
from aam.retention.errors import CleanupInProgress, CleanupLost
from aam.retention.models import CleanupRun, RunState, is_running
from aam.retention.schemas import CleanupRequest, PlanSummary

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LEASE = timedelta(minutes=3)
"""How long a cleanup that says nothing counts as alive; every batch says something."""


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
    """Take a cleanup whose lease has ended; None when it is over.  Raises CleanupInProgress while somebody has it."""
    owner = new_id()
    with open_transaction() as session:
        run = session.get(CleanupRun, run_id, with_for_update=True)
        if run is None or run.state != RunState.RUNNING:
            return None
        if run.lease_until > now:
            raise CleanupInProgress
        run.lease_owner, run.lease_until = owner, now + LEASE
        return Lease(run.id, owner, run.plan_hash, run.done_lines, dict(run.report))


def advance(session: Session, lease: Lease, *, done: int, report: dict[str, Any], now: datetime) -> None:
    """Note how far the cleanup is, in the transaction of what was done; raises CleanupLost when it is another's."""
    _change(session, lease, done_lines=done, report=report, lease_until=now + LEASE)


def pause(session: Session, lease: Lease, *, now: datetime) -> None:
    """Give the lease back, so that anybody may go on at once."""
    _change(session, lease, lease_until=now)


def finish(session: Session, lease: Lease, *, report: dict[str, Any], now: datetime) -> None:
    """Say that all of it is done."""
    _change(session, lease, state=RunState.DONE, report=report, finished_at=now, lease_until=now)


def give_up(session: Session, lease: Lease, *, now: datetime) -> None:
    """End a cleanup that cannot go on, because its plan is gone."""
    _change(session, lease, state=RunState.FAILED, finished_at=now, lease_until=now)


def _change(session: Session, lease: Lease, **values: Any) -> None:
    changed = session.execute(
        update(CleanupRun)
        .where(CleanupRun.id == lease.run_id, CleanupRun.lease_owner == lease.owner, is_running())
        .values(**values)
        .returning(CleanupRun.id),
        execution_options={"synchronize_session": False},
    ).scalar_one_or_none()
    if changed is None:
        raise CleanupLost
