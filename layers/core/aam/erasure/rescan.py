"""Looking again when the last signed URL has ended: what came late goes, and the certificate is completed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete

from aam.erasure import runs
from aam.erasure.certificate import certificate_of, hash_of
from aam.erasure.errors import ErasureLost
from aam.erasure.models import Erasure, ErasureState, ErasureTrace, Trace
from aam.erasure.places.external_copies import delete_callbacks, delete_meetings_objects, forget
from aam.erasure.places.object_rewrite import clear_again
from aam.erasure.work import Outcome, Work
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
    taken = runs.take_over(erasure_id, open_transaction=deps.open_transaction, now=deps.clock())
    if taken is None:
        return Outcome.WAITS
    lease, progress = taken
    work = Work(lease, progress, deps, has_time)
    try:
        for kind, page in pages(work):
            if not has_time():
                return pause(work)
            progress.counts["came_late"] += sum(look_at(work, kind, page).values())
            progress.looked[kind] = page[-1]
            work.say()
        if not has_time():
            return pause(work)
        ids = {lease.subject_id} | progress.traced
        late = forget(deps, ids, organization_id=lease.organization_id, say=work.say)
        progress.counts["came_late"] += sum(late.values())
        certify(work)
    except ErasureLost:
        raise
    except Exception:
        work.give_back()
        raise
    return Outcome.GONE


def pages(work: Work) -> Iterator[tuple[Trace, list[UUID]]]:
    """What was not looked at again yet, in order."""
    for kind in Trace:
        behind = work.progress.looked.get(kind)
        left = (each for each in sorted(work.progress.traces[kind]) if behind is None or each > behind)
        while page := list(islice(left, PAGE)):
            yield kind, page


def look_at(work: Work, kind: Trace, page: list[UUID]) -> Counter[str]:
    """Delete what came late for meetings that are gone or stay without somebody, and what vendors still brought."""
    if kind is Trace.MEETING:
        return delete_meetings_objects(work.deps, page)
    if kind is Trace.REDACTED:
        return clear_again(work.deps, page, runs=work.progress.traces[Trace.RUN])
    return delete_callbacks(work.deps, page)


def pause(work: Work) -> Outcome:
    """Give the lease back for want of time."""
    with work.transaction() as session:
        runs.pause(session, work.lease, work.progress, now=work.now)
    return Outcome.LATER


def certify(work: Work) -> None:
    """Complete the certificate: its hash goes into the ledger first, and then the row is closed."""
    lease, progress, deps, now = work.lease, work.progress, work.deps, work.now
    with deps.open_transaction() as session:
        runs.advance(session, lease, progress, now=now)
        row = session.get_one(Erasure, lease.erasure_id)
        found = certificate_of(row).model_copy(update={"state": ErasureState.COMPLETE, "completed_at": now})
    hashed = hash_of(found)
    entry = deps.ledger.entry_of(lease.kind, lease.subject_id)
    also = entry.marks if entry else ()
    deps.ledger.enter(lease.kind, lease.subject_id, also=also, at=lease.began, certificate=hashed)
    with deps.open_transaction() as session:
        said = found.model_dump(mode="json", exclude={"hash"})
        runs.change(
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
