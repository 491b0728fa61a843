"""Use cases of erasure: preview, erase, continue, and show the certificate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aam.erasure import job_store, subjects
from aam.erasure.certificate import certificate_of
from aam.erasure.dependencies import ErasureDeps
from aam.erasure.erase_client import erase_client, erase_meeting
from aam.erasure.erase_person import erase_person
from aam.erasure.errors import ErasureInProgress, ErasureLost, ErasureUnknown, UnknownSubject
from aam.erasure.job import ErasureJob, Outcome
from aam.erasure.models import Erasure, ErasureState, Trigger
from aam.erasure.rescan import complete
from aam.erasure.schemas import Certificate, EraseRequest, Report, Swept
from aam.foundation.deadline import HasTime
from aam.foundation.errors import AppError, code_of
from aam.foundation.observability import logger
from aam.foundation.sql import any_of
from aam.pipeline.models import ALIVE, ProcessingRun
from aam.redaction.held_records import Rows, held_of, holds_of
from aam.redaction.schemas import SubjectKind
from aam.store.errors import WrongStore
from aam.store.identity import label_of, store_id
from aam.store.maintenance_log import note
from aam.store.models import Level

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

STEPS: dict[SubjectKind, Callable[[ErasureJob], Outcome]] = {
    SubjectKind.CLIENT: erase_client,
    SubjectKind.MEETING: erase_meeting,
    SubjectKind.USER: erase_person,
    SubjectKind.PARTICIPANT: erase_person,
}


def erase(request: EraseRequest, *, deps: ErasureDeps, has_time: HasTime) -> Report:
    """Say what would go, and with ``dry_run`` false erase it.

    Whoever asks again for what is being erased goes on with it.  Raises UnknownSubject, WrongStore,
    ErasureInProgress, and passing faults, after which another call or the sweep goes on.
    """
    with deps.open_transaction() as session:
        try:
            subject = subjects.find(session, request.subject, request.id)
        except UnknownSubject:
            raise error_for_missing(session, request) from None
        if request.dry_run:
            return Report(dry_run=True, preview=subjects.preview(session, subject, deps=deps))
        require_own_store(session, deps)
        erasure_id = begin(session, subject, trigger=Trigger.PERSON, now=deps.clock())
    return continue_erasure(erasure_id, deps=deps, has_time=has_time)


def error_for_missing(session: Session, request: EraseRequest) -> AppError:
    """Return the error for a subject that is not there (any more)."""
    erasures = select(Erasure).where(Erasure.subject_kind == request.subject, Erasure.subject_id == request.id)
    row = session.scalars(erasures.order_by(Erasure.created_at.desc(), Erasure.id.desc()).limit(1)).first()
    if row is None:
        return UnknownSubject()
    done = row.state in (ErasureState.ERASED, ErasureState.COMPLETE)
    return UnknownSubject.erased_by(row.id) if done else ErasureInProgress.of(row.id)


def require_own_store(session: Session, deps: ErasureDeps) -> None:
    """Raise WrongStore where the bucket carries another database's id.

    One that carries none is let pass: an erasure takes what lies under ids of its own rows, and nothing else.
    """
    if label_of(deps.bucket) not in (None, store_id(session)):
        raise WrongStore


def begin(session: Session, subject: subjects.Subject, *, trigger: Trigger, now: datetime) -> UUID:
    """Note that a subject is to be erased; the id of its erasure."""
    erasure_id = job_store.request(
        session, subject.kind, subject.id, organization_id=subject.organization_id, trigger=trigger, now=now
    )
    note(session, Level.INFO, "erasure", "asked for", erasure_id=str(erasure_id), subject=subject.kind, trigger=trigger)
    return erasure_id


def continue_erasure(erasure_id: UUID, *, deps: ErasureDeps, has_time: HasTime) -> Report:
    """Go on with an erasure until everything is gone, there is no more time, or something keeps the rest.

    Raises ErasureUnknown, ErasureInProgress, ErasureLost, and passing faults.
    """
    taken = job_store.take_over(erasure_id, open_transaction=deps.open_transaction, now=deps.clock())
    if taken is None:
        return Report(certificate=certificate(erasure_id, deps=deps))
    lease, progress = taken
    job = ErasureJob(lease, progress, deps, has_time)
    logger().append_keys(erasure_id=str(erasure_id))
    try:
        enter_ledger(job)
        outcome = STEPS[lease.kind](job)
    except ErasureLost:
        raise
    except Exception:
        job.give_back()
        raise
    if outcome is Outcome.WAITS:
        enter_ledger(job, waits=True)
    with deps.open_transaction() as session:
        settle(session, job, outcome)
    return Report(finished=outcome is not Outcome.LATER, certificate=certificate(erasure_id, deps=deps))


def enter_ledger(job: ErasureJob, *, waits: bool = False) -> None:
    """Write the erasure into the ledger before anything goes, with what else the subject may be recognised by.

    The holds that keep something of it stand there too, lest a replay over an older backup undo them: those for which
    it ``waits`` once these are known, before that all that may.
    """
    lease, ledger, progress = job.lease, job.deps.ledger, job.progress
    with job.transaction() as session:
        if not waits:  # whatever is placed from now on is looked at in a pass of its own
            progress.holds = holds_of(session, lease.organization_id)
        try:
            subject = subjects.find(session, lease.kind, lease.subject_id)
        except UnknownSubject:
            return  # its rows are gone: it was entered before
        also = subjects.marks_of(session, subject, ledger)
        held = Rows(frozenset(progress.held), frozenset(progress.clients)) if waits else None
        kept = subjects.holds_on(session, subject, ledger, held=held)
    ledger.enter(lease.kind, lease.subject_id, also=also, kept=kept, at=lease.began)


def settle(session: Session, job: ErasureJob, outcome: Outcome) -> None:
    """Note what became of the erasure, and when to look again."""
    now, erasure_id = job.now, str(job.lease.erasure_id)
    job_store.pause(session, job.lease, job.progress, now=now)
    if outcome is Outcome.WAITS:
        job_store.change(session, job.lease, state=ErasureState.WAITING)
        kept = job.progress.report
        note(session, Level.WARNING, "erasure", "waits", erasure_id=erasure_id, kept=kept["kept"], waits=kept["waits"])
    elif outcome is Outcome.GONE:
        rescan_at = now + job.deps.url_life
        job_store.change(session, job.lease, state=ErasureState.ERASED, erased_at=now, rescan_at=rescan_at)
        counts = job.progress.report["counts"]
        note(session, Level.INFO, "erasure", "erased", erasure_id=erasure_id, counts=counts)
    else:
        job_store.change(session, job.lease, state=ErasureState.RUNNING)


# ---------------------------------------------------------------- the sweep


def sweep(*, deps: ErasureDeps, has_time: HasTime) -> Swept:
    """Go on with erasures that were interrupted, those whose hold or run has ended, and those due for another look.

    Whoever was at work the longest ago comes first, so that a large one does not keep others waiting.  One that cannot
    go on does not stop the others; the first failure is raised when all were tried.
    """
    now = deps.clock()
    done = {"erased": 0, "waiting": 0, "completed": 0, "going": 0}
    failures: list[Exception] = []
    with deps.open_transaction() as session:
        open_ones = session.scalars(
            select(Erasure).where(Erasure.state != ErasureState.COMPLETE).order_by(Erasure.lease_until, Erasure.id)
        ).all()
        due = [
            (row.id, ErasureState(row.state))
            for row in open_ones
            if row.lease_until <= now and is_due(session, row, now)
        ]
        waiting = sum(row.state == ErasureState.WAITING for row in open_ones)
    for erasure_id, state in due:
        if not has_time():
            done["going"] += 1
            continue
        try:
            if state is ErasureState.ERASED:
                outcome = complete(erasure_id, deps=deps, has_time=has_time)
                done["completed"] += outcome is Outcome.GONE
                done["going"] += outcome is Outcome.LATER
                continue
            report = continue_erasure(erasure_id, deps=deps, has_time=has_time)
            ended = report.certificate and report.certificate.state is ErasureState.ERASED
            done["erased"] += bool(ended)
            done["going"] += not report.finished
        except (ErasureInProgress, ErasureLost):
            continue
        except Exception as error:  # noqa: BLE001 - erasures have nothing to do with each other
            code = code_of(error)
            logger().error("an erasure could not go on", erasure_id=str(erasure_id), error_code=code)
            failures.append(error)
    if failures:
        raise failures[0]
    done["waiting"] = waiting
    return Swept(finished=not done["going"], **done)


def is_due(session: Session, row: Erasure, now: datetime) -> bool:
    """Return whether an erasure has work to do and no other worker is at it."""
    if row.state == ErasureState.RUNNING:
        return True
    if row.state == ErasureState.ERASED:
        return row.rescan_at is not None and row.rescan_at <= now
    return not is_kept(session, row)


def is_kept(session: Session, row: Erasure) -> bool:
    """Return whether everything that an erasure waits for still stands: holds and runs under way.

    A hold that was placed meanwhile has to be entered into the ledger, so the erasure goes through everything again.
    """
    progress = job_store.Progress.read(row.report, row.trail)
    if holds_of(session, row.organization_id) != progress.holds:
        return False
    waits_for = Rows(frozenset(progress.held), frozenset(progress.clients))
    alive = set(
        session.scalars(
            select(ProcessingRun.id).where(any_of(ProcessingRun.id, progress.alive), ProcessingRun.status.in_(ALIVE))
        )
    )
    return progress.waits and held_of(session, waits_for) == waits_for and alive == progress.alive


def certificate(erasure_id: UUID, *, deps: ErasureDeps) -> Certificate:
    """Return the certificate of an erasure, whole or as far as it is; raises ErasureUnknown."""
    with deps.open_transaction() as session:
        row = session.get(Erasure, erasure_id)
        if row is None:
            raise ErasureUnknown
        return certificate_of(row)
