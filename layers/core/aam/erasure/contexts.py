"""What runs were told by their first step: every context of an organization lists whom its directory knows."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select

from aam.erasure import residue
from aam.erasure.leftovers import delete_prefix
from aam.erasure.models import Trace
from aam.erasure.names import Person
from aam.erasure.tools import COPIES
from aam.erasure.work import Outcome, Work
from aam.foundation.storage import ObjectMissing
from aam.meetings.models import Meeting
from aam.pipeline.models import ALIVE, ProcessingRun
from aam.retention.holds import load_holds

PAGE = 50


def rewrite_contexts(work: Work, known: Person) -> Outcome:
    """Take the name out of the context of every run of the organization: it lists whom the directory knows.

    Runs that are under way may have read it before: the erasure waits for their end and looks again.
    """
    for run in runs_after(work):
        if not work.has_time():
            return Outcome.LATER
        if run.meeting_id in work.progress.held or run.meeting_id in work.progress.traces[Trace.REDACTED]:
            continue
        if run.held and names_them(work, run, known):
            work.progress.held.add(run.meeting_id)
        elif not run.held and residue.rewrite_context(work.tools.bucket, run.context, known):
            work.progress.counts["contexts"] += 1
            if run.alive:
                work.progress.alive.add(run.id)
            delete_prefix(work.tools.backups, f"{COPIES}{run.context}")
    work.progress.cursor = None
    work.say()
    return Outcome.GONE


class Run:
    """A run whose context may have the name."""

    def __init__(self, run_id: UUID, meeting_id: UUID, *, alive: bool, held: bool) -> None:
        self.id, self.meeting_id, self.alive, self.held = run_id, meeting_id, alive, held
        self.context = f"derived/{meeting_id}/{run_id}/{residue.CONTEXT}"


def runs_after(work: Work) -> Iterator[Run]:
    """The organization's runs behind the cursor, which moves with them, those included that begin meanwhile."""
    while True:
        with work.transaction() as session:
            holds = load_holds(session)
            statement = (
                select(
                    ProcessingRun.id,
                    ProcessingRun.meeting_id,
                    Meeting.client_id,
                    ProcessingRun.status,
                    ProcessingRun.waiting_reason,
                )
                .join(Meeting, Meeting.id == ProcessingRun.meeting_id)
                .where(ProcessingRun.organization_id == work.lease.organization_id)
                .order_by(ProcessingRun.id)
                .limit(PAGE)
            )
            if work.progress.cursor is not None:
                statement = statement.where(ProcessingRun.id > work.progress.cursor)
            page = session.execute(statement).all()
            work.note(session)
        for row in page:
            yield Run(
                row.id,
                row.meeting_id,
                alive=row.status in ALIVE and row.waiting_reason is None,
                held=holds.cover(row.meeting_id, row.client_id),
            )
            work.progress.cursor = row.id
        if len(page) < PAGE:
            return


def names_them(work: Work, run: Run, known: Person) -> bool:
    """Whether a context that must stay as it is has the name."""
    try:
        return residue.names_them(work.tools.bucket, run.context, known)
    except ObjectMissing:
        return False
