"""Job of one erasure while a process holds its lease: erase meetings, count, and note the progress."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from aam.deletion.errors import OnLegalHold
from aam.deletion.inventory import count_objects, count_rows, runs_of, vendors_of
from aam.deletion.service import delete_meeting
from aam.erasure import job_store
from aam.erasure.dependencies import ErasureDeps
from aam.erasure.job_store import Lease, Progress
from aam.erasure.models import Trace
from aam.erasure.places.external_copies import delete_callbacks, delete_mentions, delete_prefix
from aam.foundation.deadline import HasTime
from aam.store.maintenance_log import note
from aam.store.models import Level
from aam.uploads.subject import Subject

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from aam.redaction.name_matching import Person


class Outcome(StrEnum):
    """Outcome of one call: gone, out of time, or kept by a hold or a living run."""

    GONE = "gone"
    LATER = "later"
    WAITS = "waits"


@dataclass
class ErasureJob:
    """The erasure that this process holds the lease of."""

    lease: Lease
    progress: Progress
    deps: ErasureDeps
    has_time: HasTime

    @property
    def now(self) -> datetime:
        """Return the present moment."""
        return self.deps.clock()

    def transaction(self) -> AbstractContextManager[Session]:
        """Return a transaction."""
        return self.deps.open_transaction()

    def note(self, session: Session) -> None:
        """Say how far we are; raises ErasureLost when the erasure is another's by now."""
        job_store.advance(session, self.lease, self.progress, now=self.now)

    def say(self) -> None:
        """Say how far we are, in a transaction of its own; what was to be noted is noted then."""
        with self.transaction() as session:
            self.note(session)
        self.progress.unsaved.clear()

    def add(self, counts: Counter[str]) -> None:
        """Count what went."""
        self.progress.counts += counts

    def erase_meetings(self, meeting_ids: Iterable[UUID]) -> Outcome:
        """Erase meetings, one after the other; those that are held by now are noted as such."""
        for meeting_id in meeting_ids:
            if not self.has_time():
                return Outcome.LATER
            self.erase_meeting(meeting_id)
        return Outcome.GONE

    def finish_current(self) -> None:
        """Finish the meeting at which an earlier call was killed."""
        current = self.progress.current
        if current is not None and current["how"] == "erase":
            self.erase_meeting(UUID(current["id"]))

    def erase_meeting(self, meeting_id: UUID) -> None:
        """Erase a meeting with everything, copies included; may be killed anywhere and called again."""
        self.begin(meeting_id, how="erase")
        try:
            delete_meeting(
                meeting_id,
                bucket=self.deps.bucket,
                open_transaction=self.deps.open_transaction,
                revoke=self.deps.revoke,
                stop_execution=self.deps.stop_execution,
                now=self.now,
            )
        except OnLegalHold:
            self.progress.current = None
            self.progress.held.add(meeting_id)
            self.say()
            return
        for _, bucket, before in self.deps.buckets:
            for prefix in Subject(meeting_id).prefixes if before else ():  # the store's own objects have gone by now
                delete_prefix(bucket, f"{before}{prefix}")
        replies = delete_callbacks(self.deps, self.current_runs())
        self.end(replies)
        self.progress.trace(Trace.MEETING, [meeting_id])
        self.say()

    def begin(self, meeting_id: UUID, *, how: str) -> None:
        """Count a meeting's data before any of it goes; the counts of a killed call stand."""
        current = self.progress.current
        if current is not None and current["id"] == str(meeting_id):
            return
        with self.transaction() as session:
            counts = count_rows(session, [meeting_id]) if how == "erase" else Counter[str]()
            run_ids = runs_of(session, [meeting_id])
            self.progress.vendors |= vendors_of(session, [meeting_id])
        counts += count_objects(self.deps.buckets, [meeting_id]) if how == "erase" else Counter()
        self.progress.trace(Trace.RUN, run_ids)
        self.progress.current = {
            "id": str(meeting_id),
            "how": how,
            "counts": dict(counts),
            "runs": sorted(str(each) for each in run_ids),
        }
        self.say()

    def current_runs(self) -> set[UUID]:
        """Return the runs of the meeting at work."""
        current = self.progress.current
        return {UUID(each) for each in current["runs"]} if current else set()

    def end(self, more: Counter[str]) -> None:
        """Count the meeting at work as done; the next write stores it."""
        current = self.progress.current
        if current is not None:
            self.add(Counter(current["counts"]))
        self.add(more)
        self.progress.current = None

    def forget(self, *, known: Person | None = None, subject: bool = True) -> None:
        """Delete what else speaks of what went, and of the subject unless that waits."""
        ids = set(self.progress.traced)
        if subject:
            ids.add(self.lease.subject_id)
        if ids or known is not None:
            self.add(
                delete_mentions(self.deps, ids, organization_id=self.lease.organization_id, known=known, say=self.say)
            )
        self.say()

    def give_back(self) -> None:
        """Give the lease back, so that another worker may continue at once; store the known progress."""
        with self.transaction() as session:
            note(session, Level.ERROR, "erasure", "interrupted", erasure_id=str(self.lease.erasure_id))
            job_store.pause(session, self.lease, self.progress, now=self.now)
