"""Plan the release of stuck locks: expired short-lived facts, and claims of stages whose run has ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aam.pipeline.models import ALIVE, ProcessingRun
from aam.retention.dependencies import CleanupDeps
from aam.retention.plan import Line, Section
from aam.store.bucket import BATCH, batched
from aam.vendor_limits.ports import Vendor
from aam.vendor_limits.rate_limiter import free_place
from aam.vendor_limits.task_claims import TaskClaims, stuck_stages

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

CLAIM = "claim"
"""The kind of the lines that release a claim."""
ENDED = "claimed by a worker that is gone, for a run that has ended"


def lock_lines(session: Session, *, deps: CleanupDeps, now: datetime) -> Iterator[Line]:
    """Yield expired short-lived facts, and claims that their worker and their run have left behind.

    A claim whose worker lives, or whose run may still be continued, is no stuck lock: its next worker takes it over.
    """
    expired = set(deps.table.expired(int(now.timestamp())))
    for pk in sorted(expired):
        yield Line(Section.LOCKS, "state", pk, "expired")
    stuck = sorted(
        ((stage.key, stage.run_id) for stage in stuck_stages(deps.table, now=now.timestamp())), key=lambda each: each[0]
    )
    for batch in batched((each for each in stuck if each[0] not in expired), BATCH):
        alive = living(session, {run_id for _, run_id in batch})
        for key, run_id in batch:
            if run_id not in alive:
                yield Line(Section.LOCKS, CLAIM, key, ENDED)


def living(session: Session, run_ids: set[UUID]) -> set[UUID]:
    """Return those of the runs that are queued or running."""
    wanted = select(ProcessingRun.id).where(ProcessingRun.id.in_(run_ids), ProcessingRun.status.in_(ALIVE))
    return set(session.scalars(wanted))


def release_claims(keys: list[str], *, deps: CleanupDeps) -> int:
    """Release these claims and their places at the vendor; return how many were taken or continued meanwhile.

    The record stays, so that a message which arrives late is not paid for again.
    """
    now = deps.clock().timestamp()
    wanted = {stage.key: stage for stage in stuck_stages(deps.table, now=now) if stage.key in set(keys)}
    with deps.open_transaction() as session:
        alive = living(session, {stage.run_id for stage in wanted.values()})
    released = 0
    for stage in wanted.values():
        if stage.run_id in alive:
            continue
        before = TaskClaims(deps.table).release_stuck(stage, now=now)
        if before is None:
            continue
        if before.lease:
            for vendor in Vendor:
                free_place(deps.table, vendor, before.lease, now=now)
        released += 1
    return len(keys) - released
