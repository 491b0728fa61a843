"""Rescan after the last signed URL has expired: erase late arrivals and complete the certificate."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete

from aam.erasure import job_store
from aam.erasure.certificate import certificate_of, hash_of
from aam.erasure.errors import ErasureLost
from aam.erasure.job import ErasureJob, Outcome
from aam.erasure.models import Erasure, ErasureState, ErasureTrace, Trace
from aam.erasure.places.external_copies import delete_callbacks, delete_meetings_objects, delete_mentions
from aam.erasure.places.object_rewrite import clear_again
from aam.store.maintenance_log import note
from aam.store.models import Level

if TYPE_CHECKING:
    from collections import Counter

    from aam.erasure.dependencies import ErasureDeps
    from aam.foundation.deadline import HasTime

PAGE = 25
"""So many are looked at before we say how far we are: less than a minute's work."""


def complete(erasure_id: UUID, *, deps: ErasureDeps, has_time: HasTime) -> Outcome:
    """Look again for what came late, delete it, and complete the certificate: GONE, or LATER for want of time.

    Whoever goes on goes on behind what was looked at.  WAITS where somebody else has completed it.  Raises
    ErasureInProgress, ErasureLost, and passing faults.
    """
    taken = job_store.take_over(erasure_id, open_transaction=deps.open_transaction, now=deps.clock())
    if taken is None:
        return Outcome.WAITS
    lease, progress = taken
    job = ErasureJob(lease, progress, deps, has_time)
    try:
        for kind, page in pages(job):
            if not has_time():
                return pause(job)
            progress.counts["came_late"] += sum(look_at(job, kind, page).values())
            progress.looked[kind] = page[-1]
            job.say()
        if not has_time():
            return pause(job)
        ids = {lease.subject_id} | progress.traced
        late = delete_mentions(deps, ids, organization_id=lease.organization_id, say=job.say)
        progress.counts["came_late"] += sum(late.values())
        certify(job)
    except ErasureLost:
        raise
    except Exception:
        job.give_back()
        raise
    return Outcome.GONE


def pages(job: ErasureJob) -> Iterator[tuple[Trace, list[UUID]]]:
    """Yield the traces that were not rescanned yet, in order."""
    for kind in Trace:
        behind = job.progress.looked.get(kind)
        left = (each for each in sorted(job.progress.traces[kind]) if behind is None or each > behind)
        while page := list(islice(left, PAGE)):
            yield kind, page


def look_at(job: ErasureJob, kind: Trace, page: list[UUID]) -> Counter[str]:
    """Delete late objects of deleted or redacted meetings, and late replies of vendors."""
    if kind is Trace.MEETING:
        return delete_meetings_objects(job.deps, page)
    if kind is Trace.REDACTED:
        return clear_again(job.deps, page, runs=job.progress.traces[Trace.RUN])
    return delete_callbacks(job.deps, page)


def pause(job: ErasureJob) -> Outcome:
    """Give the lease back for want of time."""
    with job.transaction() as session:
        job_store.pause(session, job.lease, job.progress, now=job.now)
    return Outcome.LATER


def certify(job: ErasureJob) -> None:
    """Complete the certificate: its hash goes into the ledger first, and then the row is closed."""
    lease, progress, deps, now = job.lease, job.progress, job.deps, job.now
    with deps.open_transaction() as session:
        job_store.advance(session, lease, progress, now=now)
        row = session.get_one(Erasure, lease.erasure_id)
        found = certificate_of(row).model_copy(update={"state": ErasureState.COMPLETE, "completed_at": now})
    hashed = hash_of(found)
    entry = deps.ledger.entry_of(lease.kind, lease.subject_id)
    also = entry.marks if entry else ()
    deps.ledger.enter(lease.kind, lease.subject_id, also=also, at=lease.began, certificate=hashed)
    with deps.open_transaction() as session:
        said = found.model_dump(mode="json", exclude={"hash"})
        job_store.change(
            session,
            lease,
            state=ErasureState.COMPLETE,
            completed_at=now,
            certificate_hash=hashed,
            report={**progress.report, "certificate": said},
            trail={},
            lease_until=now,
        )
        session.execute(delete(ErasureTrace).where(ErasureTrace.erasure_id == lease.erasure_id))
        came_late = progress.counts["came_late"]
        note(session, Level.INFO, "erasure", "complete", erasure_id=str(lease.erasure_id), came_late=came_late)
