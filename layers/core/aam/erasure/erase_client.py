"""Erase a client with all its meetings, or a single meeting."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aam.clients.models import Client
from aam.deletion import rows
from aam.deletion.legal_holds import load_holds
from aam.erasure.models import SubjectKind, Trace
from aam.erasure.work import Outcome, Work
from aam.meetings.models import Meeting
from aam.retention.models import RetentionRule

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

PAGE = 200


def meetings_of(session: Session, kind: SubjectKind, subject_id: UUID) -> tuple[set[UUID], set[UUID]]:
    """The meetings that go with a client, or the meeting itself: all of them, and those that are held."""
    of_subject = Meeting.client_id == subject_id if kind is SubjectKind.CLIENT else Meeting.id == subject_id
    found = session.execute(select(Meeting.id, Meeting.client_id).where(of_subject)).all()
    holds = load_holds(session)
    return {row.id for row in found}, {row.id for row in found if holds.cover(row.id, row.client_id)}


def erase_meeting(work: Work) -> Outcome:
    """Erase the meeting."""
    work.progress.begin_anew()
    work.finish_current()
    if work.lease.subject_id not in work.progress.traces[Trace.MEETING]:
        with work.transaction() as session:
            _, held = meetings_of(session, SubjectKind.MEETING, work.lease.subject_id)
        if not held:
            if not work.has_time():
                return Outcome.LATER
            work.erase_meeting(work.lease.subject_id)
        work.progress.held |= held
    if work.progress.held:
        return Outcome.WAITS
    work.forget()
    return Outcome.GONE


def erase_client(work: Work) -> Outcome:
    """Erase the client's meetings, and then the client; what is held waits, and the client with it."""
    work.progress.begin_anew()
    work.finish_current()
    client_id = work.lease.subject_id
    while True:
        with work.transaction() as session:
            every, held = meetings_of(session, SubjectKind.CLIENT, client_id)
            work.progress.clients = {client_id} & load_holds(session).clients
        work.progress.held |= held
        left = sorted(every - work.progress.held)
        if left:
            if work.erase_meetings(left[:PAGE]) is Outcome.LATER:
                return Outcome.LATER
            continue
        work.forget(subject=not work.progress.waits)
        if work.progress.waits:
            return Outcome.WAITS
        if delete_client(work):
            return Outcome.GONE


def delete_client(work: Work) -> bool:
    """Delete the client's row with the ages that were set for it; False where a meeting was added meanwhile."""
    with work.transaction() as session:
        there = session.get(Client, work.lease.subject_id) is not None
        rules = session.query(RetentionRule).filter_by(client_id=work.lease.subject_id).count()
        if not rows.delete(session, "clients", [work.lease.subject_id], now=work.now):
            return False
        if there:
            work.progress.counts["clients"] += 1
            work.progress.counts["retention_rules"] += rules
        work.note(session)
    return True
