"""Execute a plan: mark, abort, delete objects, delete rows; each batch looks again whether it may.

Every step may be killed and repeated: what is gone already is simply not there.  A batch is noted as done in the same
transaction as its rows, and the next process goes on behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from aam.deletion import rows
from aam.deletion.tombstones import marked_among, place_tombstones, stop_runs, with_unfinished_work
from aam.foundation.deadline import HasTime
from aam.foundation.observability import logger
from aam.retention import expiry_tags, job_store
from aam.retention.delete_guard import must_stay
from aam.retention.dependencies import CleanupDeps
from aam.retention.job_store import Lease, Progress
from aam.retention.lock_plan import CLAIM, release_claims
from aam.retention.metrics import record_cleanup, record_failure
from aam.retention.plan import TIERS, Line, Plan, Section
from aam.retention.plan_store import forget_plan
from aam.retention.schemas import CleanupReport
from aam.store.bucket import BATCH, PARALLEL, batched
from aam.store.maintenance_log import note
from aam.store.models import Level
from aam.uploads.subject import Subject, place_of
from aam.vendor_limits.task_claims import TaskClaims

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SIZES = {"meetings": 200, TIERS: expiry_tags.MEETINGS_AT_ONCE}
"""Smaller batches: a meeting takes thousands of rows along, and a statement has 25 seconds."""


@dataclass
class Execution:
    """One process at work on one cleanup."""

    plan: Plan
    lease: Lease
    deps: CleanupDeps
    has_time: HasTime
    progress: Progress
    done: int

    def run(self) -> bool:
        """Go on until the end of the plan or of the time; says whether it was the end.

        Raises CleanupLost, StorageUnavailable, DatabaseUnavailable, StateUnavailable: then another call goes on.
        """
        for section, kind, batches in self.work():
            act = self.acting(section)
            for batch in batches:
                if not self.has_time():
                    return False
                act(kind, batch)
                self.done += len(batch)
                logger().debug("maintenance: batch done", section=section.name, kind=kind, lines=len(batch))
        return True

    def work(self) -> Iterator[tuple[Section, str, Iterator[list[Line]]]]:
        """Yield the lines that are left, in batches of one section and kind."""
        left = self.plan.lines(after=self.done)
        for (section, kind), lines in groupby(left, key=lambda line: (line.section, line.kind)):
            size = SIZES.get(kind, BATCH * PARALLEL if section is Section.OBJECTS else BATCH)
            yield section, kind, batched(lines, size)

    def acting(self, section: Section) -> Callable[[str, list[Line]], None]:
        """Return the action on the lines of a section."""
        return {
            Section.KEPT: self.say,
            Section.MARK: self.mark,
            Section.LOCKS: self.unlock,
            Section.QUEUES: self.drop_messages,
            Section.ABORT: self.abort,
            Section.OBJECTS: self.delete_objects,
            Section.ROWS: self.delete_rows,
            Section.STATE: self.forget,
            Section.LAST: self.tidy,
        }[section]

    def say(self, _kind: str, batch: list[Line]) -> None:
        """Do nothing: lines that stay are only listed."""
        with self.deps.open_transaction() as session:
            self.note(session, len(batch))

    def mark(self, kind: str, batch: list[Line]) -> None:
        """Put up tombstones and stop what runs, or mark uploads as expired; what is held by now is left alone."""
        ids, now = [UUID(line.name) for line in batch], self.deps.clock()
        stopped: Sequence[tuple[UUID, str | None]] = ()
        with self.deps.open_transaction() as session:
            if kind == "meeting":
                marked = place_tombstones(session, ids, now=now)
                self.progress.busy |= {str(each) for each in with_unfinished_work(session, marked)}
                stopped = stop_runs(session, marked, now=now)
                count = len(marked)
            else:
                count = rows.expire_uploads(session, ids)
        for run_id, execution_arn in stopped:
            TaskClaims(self.deps.table).revoke(run_id, now=now.timestamp())  # nothing more is paid for it
            if execution_arn:
                self.deps.stop_execution(execution_arn)
        self.progress.skipped += len(batch) - count
        with self.deps.open_transaction() as session:
            self.note(session, len(batch))

    def drop_messages(self, _kind: str, batch: list[Line]) -> None:
        """Take what speaks of marked meetings out of the queues; everything else stays in them."""

        def gone(ids: Collection[UUID]) -> set[UUID]:
            with self.deps.open_transaction() as session:
                return marked_among(session, ids)

        with ThreadPoolExecutor(max_workers=PARALLEL) as pool:  # each waits a second for what an empty queue may show
            self.progress.messages += sum(pool.map(lambda line: self.deps.queues.drop(line.name, gone=gone), batch))
        with self.deps.open_transaction() as session:
            self.note(session, len(batch))

    def abort(self, _kind: str, batch: list[Line]) -> None:
        """Abort multipart uploads, and give their rows up."""
        for line in batch:
            self.deps.bucket.abort(line.name, line.version)
        self.progress.multiparts += len(batch)
        with self.deps.open_transaction() as session:
            rows.give_up_uploads(session, [line.version for line in batch])
            self.note(session, len(batch))

    def delete_objects(self, kind: str, batch: list[Line]) -> None:
        """Delete those objects of which nothing wants to know any more, a thousand a call, side by side."""
        with self.deps.open_transaction() as session:
            self.note(session, 0)
            stay = must_stay(session, kind, batch)
            going = [line for line in batch if line.name not in stay]
            calls = batched(((line.name, line.version) for line in going), BATCH)
            refused = self.deps.bucket.delete(list(calls))
            self.progress.skipped += len(batch) - len(going)
            self.progress.failed += len(refused)
            self.progress.objects += sum(line.name not in refused for line in going)
            self.progress.size_bytes += sum(line.size for line in going if line.name not in refused)
            self.progress.stuck |= {str(found) for key in refused if (found := place_of(key).meeting_id)}
            self.note(session, len(batch))

    def delete_rows(self, kind: str, batch: list[Line]) -> None:
        """Delete rows, or change them; those of a meeting whose objects would not go stay."""
        ids = [UUID(line.name) for line in batch if line.name not in self.progress.stuck]
        now = self.deps.clock()
        if kind == "meetings":
            self.empty_again(ids)
        with self.deps.open_transaction() as session:
            gone = rows.delete(session, kind, ids, now=now)
            self.progress.rows[kind] += gone
            self.progress.meetings += gone if kind == "meetings" else 0
            self.progress.skipped += len(batch) - gone
            self.note(session, len(batch))

    def empty_again(self, ids: list[UUID]) -> None:
        """Delete what was still written for meetings that were worked on or uploaded to when they were marked."""
        for meeting_id in ids:
            if str(meeting_id) in self.progress.busy:
                for prefix in Subject(meeting_id).prefixes:
                    self.deps.bucket.delete_prefix(prefix)

    def unlock(self, kind: str, batch: list[Line]) -> None:
        """Release stuck claims, or delete expired facts."""
        if kind != CLAIM:
            self.forget(kind, batch)
            return
        self.progress.skipped += release_claims([line.name for line in batch], deps=self.deps)
        with self.deps.open_transaction() as session:
            self.note(session, len(batch))

    def forget(self, _kind: str, batch: list[Line]) -> None:
        """Delete short-lived facts: those that have expired, and those of meetings that are gone."""
        now = int(self.deps.clock().timestamp())
        for line in batch:
            if line.why == "expired":
                self.deps.table.delete_expired(line.name, now)
            else:
                self.deps.table.delete(line.name)
        with self.deps.open_transaction() as session:
            self.note(session, len(batch))

    def tidy(self, kind: str, batch: list[Line]) -> None:
        """Put tags on what the bucket is to keep as long as we do; or vacuum tables, where the server lets us."""
        if kind == TIERS:
            expiry_tags.add_tags([UUID(line.name) for line in batch], deps=self.deps)
        else:
            for line in batch:
                with self.deps.open_statements() as session:
                    vacuum(session, line.name)
        with self.deps.open_transaction() as session:
            self.note(session, len(batch))

    def note(self, session: Session, lines: int) -> None:
        """Say how far we are; raises CleanupLost when the cleanup is another's by now."""
        job_store.advance(
            session,
            self.lease,
            done=self.done + lines,
            report=self.progress.written(),
            now=self.deps.clock(),
        )


def execute(plan: Plan, lease: Lease, *, deps: CleanupDeps, has_time: HasTime) -> CleanupReport:
    """Execute a plan until its end or until there is no more time; note and measure what came of it."""
    began = deps.clock()
    logger().append_keys(cleanup_run_id=str(lease.run_id))
    execution = Execution(
        plan=plan,
        lease=lease,
        deps=deps,
        has_time=has_time,
        progress=Progress.read(lease.report),
        done=lease.done,
    )
    try:
        finished = execution.run()
    except Exception:
        record_failure(plan.summary.mode)
        with deps.open_transaction() as session:
            note(session, Level.ERROR, "cleanup", "interrupted", run_id=str(lease.run_id), mode=plan.summary.mode)
            job_store.pause(session, lease, now=deps.clock())
        raise
    now, progress = deps.clock(), execution.progress
    report = progress.reported(plan.summary.mode, plan.summary.scope, lease.run_id, finished=finished)
    with deps.open_transaction() as session:
        if not finished:
            job_store.pause(session, lease, now=now)
            note(session, Level.INFO, "cleanup", "goes on later", run_id=str(lease.run_id))
            return report
        job_store.finish(session, lease, report=progress.written(), now=now)
        note_end(session, report)
    record_cleanup(report, seconds=(now - began).total_seconds())
    forget_plan(plan.summary.hash, deps)
    return report


def note_end(session: Session, report: CleanupReport) -> None:
    """Write down what was done, and what could not be."""
    counts = report.model_dump(mode="json", include={"mode", "scope", "objects", "size_bytes", "meetings", "rows"})
    note(session, Level.INFO, "cleanup", "done", run_id=str(report.run_id), **counts)
    if report.failed or report.skipped:
        note(
            session,
            Level.WARNING,
            "cleanup",
            "left something",
            run_id=str(report.run_id),
            failed=report.failed,
            skipped=report.skipped,
        )


def vacuum(session: Session, table: str) -> None:
    """Vacuum a table; where we may not, PostgreSQL says so and does nothing.  One that takes too long is noted."""
    try:
        session.execute(text(f"vacuum (analyze) {table}"))
    except DBAPIError as error:
        note(session, Level.WARNING, "vacuum", "given up", table=table, error_type=type(error.orig).__name__)
