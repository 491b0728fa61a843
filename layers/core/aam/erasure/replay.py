"""Replay the ledger of erasures after a restore: erase every subject that reappeared.

`replay` is what a restore calls before anybody works with the database.  The ledger holds HMACs, so each id of the
database is hashed and compared; what is found goes the way of every erasure, with a certificate of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aam.deletion.errors import AlreadyGoing
from aam.deletion.legal_holds import hold
from aam.deletion.schemas import HoldRequest
from aam.erasure import subjects
from aam.erasure.dependencies import ErasureDeps
from aam.erasure.erasure_ledger import Entry, Ledger
from aam.erasure.errors import ErasureInProgress, ErasureLost, UnknownSubject
from aam.erasure.models import Erasure, ErasureState, Trigger
from aam.erasure.schemas import Swept
from aam.erasure.service import begin, continue_erasure
from aam.foundation.deadline import HasTime
from aam.foundation.errors import code_of
from aam.foundation.observability import logger
from aam.meetings.models import MeetingParticipant
from aam.redaction.person_records import is_pseudonym
from aam.redaction.schemas import SubjectKind

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

REASON = "A legal hold kept this from an erasure when the database was newer; it was placed again after a restore."

ORDER = (SubjectKind.MEETING, SubjectKind.CLIENT, SubjectKind.PARTICIPANT, SubjectKind.USER)


def hold_again(session: Session, ledger: Ledger, entries: Sequence[Entry]) -> None:
    """Place again the holds that erasures had to respect: a backup from before they were placed does not know them.

    A person ends them, as any other; the erasure waits until then.
    """
    kept = {mark for entry in entries for mark in entry.kept}
    for kind, each in subjects.candidates(session) if kept else ():
        if kind in (SubjectKind.CLIENT, SubjectKind.MEETING) and ledger.mark_of(kind, each) in kept:
            field = "client_id" if kind is SubjectKind.CLIENT else "meeting_id"
            with suppress(AlreadyGoing):  # a deletion had begun by the backup's moment
                hold(session, HoldRequest.model_validate({"action": "hold", "reason": REASON, field: each}))


def find_again(session: Session, ledger: Ledger, entries: Sequence[Entry]) -> list[subjects.Subject]:
    """Return the subjects of this database that were erased once, by id or, in meetings, by name."""
    known: dict[SubjectKind, set[str]] = {kind: set() for kind in SubjectKind}
    for entry in entries:
        known[entry.subject].update(entry.marks)
    found: dict[tuple[SubjectKind, UUID], subjects.Subject] = {}
    wanted = [(kind, each) for kind, each in subjects.candidates(session) if ledger.mark_of(kind, each) in known[kind]]
    copies = session.execute(select(MeetingParticipant.id, MeetingParticipant.meeting_id, MeetingParticipant.full_name))
    wanted += [
        (SubjectKind.PARTICIPANT, row.id)
        for row in copies
        if not is_pseudonym(row.full_name)
        and {
            ledger.mark_of(SubjectKind.PARTICIPANT, row.id),
            ledger.mark_of_name(row.meeting_id, row.full_name),
        }
        & known[SubjectKind.PARTICIPANT]
    ]
    for kind, each in wanted:
        try:
            subject = subjects.find(session, kind, each)
        except UnknownSubject:
            continue
        found[kind, subject.id] = subject
    return sorted(found.values(), key=lambda subject: (ORDER.index(subject.kind), subject.id))


def replay(*, deps: ErasureDeps, has_time: HasTime = lambda: True) -> Swept:
    """Erase every subject again that the ledger knows; ``finished`` false: time ran out, calling again continues.

    ``waiting`` are erasures that a legal hold keeps, restored or placed again; the sweep does them when it ends.  May
    be killed anywhere and called again.  One that fails is counted and does not stop the others; the sweep tries it
    again.  Raises LedgerForged, and faults of the database.
    """
    entries = deps.ledger.entries()
    with deps.open_transaction() as session:
        hold_again(session, deps.ledger, entries)
        found = find_again(session, deps.ledger, entries)
    done = {"erased": 0, "waiting": 0, "going": 0, "failed": 0}
    for subject in found:
        if not has_time():
            done["going"] += 1
            continue
        with deps.open_transaction() as session:
            try:
                subjects.find(session, subject.kind, subject.id)
            except UnknownSubject:
                done["erased"] += 1  # it went with another, as a meeting with its client
                continue
            erasure_id = begin(session, subject, trigger=Trigger.REPLAY, now=deps.clock())
            session.get_one(Erasure, erasure_id).lease_until = deps.clock()  # nobody of the dumped time is alive
        try:
            report = continue_erasure(erasure_id, deps=deps, has_time=has_time)
        except (ErasureInProgress, ErasureLost):  # another replay is at it
            done["going"] += 1
            continue
        except Exception as error:  # noqa: BLE001 - erasures have nothing to do with each other
            code = code_of(error)
            logger().error("an erasure could not be done again", erasure_id=str(erasure_id), error_code=code)
            done["failed"] += 1
            continue
        state = report.certificate.state if report.certificate else ErasureState.RUNNING
        done["erased" if state is ErasureState.ERASED else "waiting" if report.finished else "going"] += 1
    return Swept(finished=not done["going"], found=len(found), **done)
