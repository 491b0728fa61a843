"""Erase a name from the contexts of runs: each lists the participants of the organization's directory."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select

from aam.erasure.dependencies import COPIES
from aam.erasure.job import ErasureJob, Outcome
from aam.erasure.models import Trace
from aam.erasure.places import object_rewrite
from aam.erasure.places.external_copies import delete_prefix
from aam.foundation.storage import ObjectMissing
from aam.pipeline.context import CONTEXT
from aam.pipeline.models import ALIVE, ProcessingRun
from aam.redaction.held_records import Rows, held_of
from aam.redaction.name_matching import Person
from aam.uploads.subject import Subject

PAGE = 50


def rewrite_contexts(job: ErasureJob, known: Person) -> Outcome:
    """Take the name out of the context of every run of the organization: it lists the directory's names.

    Runs that are under way may have read it before: the erasure waits for their end and looks again.
    """
    for run in runs_after(job):
        if not job.has_time():
            return Outcome.LATER
        if run.meeting_id in job.progress.held or run.meeting_id in job.progress.traces[Trace.REDACTED]:
            continue
        with job.transaction() as session:
            # locked, lest a hold be placed between the look and the writing
            held = held_of(session, Rows(meetings=frozenset([run.meeting_id])), lock=True).meetings
            if not held and rewrite_context(job, run, known):
                job.progress.counts["contexts"] += 1
                if run.alive:
                    job.progress.alive.add(run.id)
        if held and names_them(job, run, known):
            job.progress.held.add(run.meeting_id)
    job.progress.cursor = None
    job.say()
    return Outcome.GONE


class RunRef:
    """A run whose context may have the name."""

    def __init__(self, run_id: UUID, meeting_id: UUID, *, alive: bool) -> None:
        self.id, self.meeting_id, self.alive = run_id, meeting_id, alive
        self.context = Subject(meeting_id).derived(run_id, CONTEXT)


def runs_after(job: ErasureJob) -> Iterator[RunRef]:
    """Yield the organization's runs behind the cursor, which moves with them; later runs are included."""
    while True:
        with job.transaction() as session:
            statement = (
                select(ProcessingRun.id, ProcessingRun.meeting_id, ProcessingRun.status, ProcessingRun.waiting_reason)
                .where(ProcessingRun.organization_id == job.lease.organization_id)
                .order_by(ProcessingRun.id)
                .limit(PAGE)
            )
            if job.progress.cursor is not None:
                statement = statement.where(ProcessingRun.id > job.progress.cursor)
            page = session.execute(statement).all()
            job.note(session)
        for row in page:
            yield RunRef(row.id, row.meeting_id, alive=row.status in ALIVE and row.waiting_reason is None)
            job.progress.cursor = row.id
        if len(page) < PAGE:
            return


def rewrite_context(job: ErasureJob, run: RunRef, known: Person) -> bool:
    """Take the name out of one context and delete its copies; says whether there was anything to change.

    Copies go before as well as after: whoever is killed between finds a context without the name.
    """

    def delete_copies() -> None:
        delete_prefix(job.deps.backups, f"{COPIES}{run.context}")

    changed = object_rewrite.rewrite_context(job.deps.bucket, run.context, known, before=delete_copies)
    if changed:
        delete_copies()
    return changed


def names_them(job: ErasureJob, run: RunRef, known: Person) -> bool:
    """Return whether a context that must stay as it is has the name."""
    try:
        return object_rewrite.names_them(job.deps.bucket, run.context, known)
    except ObjectMissing:
        return False
