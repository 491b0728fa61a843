"""Erase a client with all its meetings, or a single meeting."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aam.clients.models import Client
from aam.deletion import rows
from aam.deletion.legal_holds import load_holds
from aam.erasure.job import ErasureJob, Outcome
from aam.erasure.models import Trace
from aam.meetings.models import Meeting
from aam.redaction.schemas import SubjectKind
from aam.retention.models import RetentionRule

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

PAGE = 200


def meetings_of(session: Session, kind: SubjectKind, subject_id: UUID) -> tuple[set[UUID], set[UUID]]:
    """Return the meetings that go with a client, or the meeting itself: all of them, and those that are held."""
    of_subject = Meeting.client_id == subject_id if kind is SubjectKind.CLIENT else Meeting.id == subject_id
    found = session.execute(select(Meeting.id, Meeting.client_id).where(of_subject)).all()
    holds = load_holds(session)
    return {row.id for row in found}, {row.id for row in found if holds.cover(row.id, row.client_id)}


def erase_meeting(job: ErasureJob) -> Outcome:
    """Erase the meeting."""
    job.progress.begin_anew()
    job.finish_current()
    if job.lease.subject_id not in job.progress.traces[Trace.MEETING]:
        with job.transaction() as session:
            _, held = meetings_of(session, SubjectKind.MEETING, job.lease.subject_id)
        if not held:
            if not job.has_time():
                return Outcome.LATER
            job.erase_meeting(job.lease.subject_id)
        job.progress.held |= held
    if job.progress.held:
        return Outcome.WAITS
    job.forget()
    return Outcome.GONE


def erase_client(job: ErasureJob) -> Outcome:
    """Erase the client's meetings, and then the client; what is held waits, and the client with it."""
    job.progress.begin_anew()
    job.finish_current()
    client_id = job.lease.subject_id
    while True:
        with job.transaction() as session:
            every, held = meetings_of(session, SubjectKind.CLIENT, client_id)
            job.progress.clients = {client_id} & load_holds(session).clients
        job.progress.held |= held
        left = sorted(every - job.progress.held)
        if left:
            if job.erase_meetings(left[:PAGE]) is Outcome.LATER:
                return Outcome.LATER
            continue
        job.forget(subject=not job.progress.waits)
        if job.progress.waits:
            return Outcome.WAITS
        if delete_client(job):
            return Outcome.GONE


def delete_client(job: ErasureJob) -> bool:
    """Delete the client's row with the ages that were set for it; False where a meeting was added meanwhile."""
    with job.transaction() as session:
        there = session.get(Client, job.lease.subject_id) is not None
        rules = session.query(RetentionRule).filter_by(client_id=job.lease.subject_id).count()
        if not rows.delete(session, "clients", [job.lease.subject_id], now=job.now):
            return False
        if there:
            job.progress.counts["clients"] += 1
            job.progress.counts["retention_rules"] += rules
        job.note(session)
    return True
