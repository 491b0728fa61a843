"""Erase a person: a participant with what they said, or a user with what they own.

The rows that hold the name go last: whoever goes on after a kill still finds it there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, select, update

from aam.clients.models import Client
from aam.deletion.inventory import runs_of, vendors_of
from aam.deletion.legal_holds import load_holds
from aam.erasure.erase_user import delete_user, end_sessions, erase_organization, has_heir
from aam.erasure.job import ErasureJob, Outcome
from aam.erasure.models import Trace
from aam.erasure.places import object_rewrite
from aam.erasure.places.external_copies import delete_callbacks
from aam.erasure.run_contexts import rewrite_contexts
from aam.foundation.sql import any_of
from aam.identity.models import Organization
from aam.meetings.models import DirectoryParticipant, Meeting, MeetingParticipant, MeetingType
from aam.meetings.status import MeetingStatus
from aam.pipeline.models import ALIVE, ProcessingRun, RunStatus
from aam.pipeline.runs import set_meeting_status
from aam.redaction import imported_transcripts, person_records
from aam.redaction.held_records import Rows, bound_to, clients_naming, held_of
from aam.redaction.meeting_rows import Redaction
from aam.redaction.name_matching import Person, person
from aam.redaction.schemas import SubjectKind
from aam.uploads.subject import Subject

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

PAGE, NAME_MAX = 50, 200
BLIND = {"synchronize_session": False}


def erase_person(job: ErasureJob) -> Outcome:
    """Erase a participant or a user."""
    job.progress.begin_anew()
    job.finish_current()
    if job.lease.kind is SubjectKind.USER:
        end_sessions(job)
        if not has_heir(job) and erase_organization(job) is Outcome.LATER:
            return Outcome.LATER
    known = name_of(job)
    finish_redaction(job, known)
    for put_off in job.progress.put_off[:]:
        job.progress.put_off.remove(put_off)
        job.progress.current = put_off
        finish_redaction(job, known)
    if known.names:
        if take_out(job, known) is Outcome.LATER:
            return Outcome.LATER
        job.forget(known=known)
    return forget_person(job, known)


def name_of(job: ErasureJob) -> Person:
    """Return the person as the rows name them."""
    with job.transaction() as session:
        return person_records.person_of(session, job.lease.kind, job.lease.subject_id, erasure_id=job.lease.erasure_id)


def take_out(job: ErasureJob, known: Person) -> Outcome:
    """Take the person out of every meeting of the organization, and out of what runs were told."""
    with job.transaction() as session:
        organization_id = job.lease.organization_id
        own = person_records.own_meetings(session, job.lease.kind, job.lease.subject_id)
        if job.lease.kind is SubjectKind.PARTICIPANT:
            own |= person_records.speaking(session, organization_id, known)
        mentioned = person_records.mentioning(session, organization_id, known) - own
        redact_organization(job, session, known)
        job.note(session)
        uploads = imported_transcripts.without_rows(session, organization_id)
    alone = imported_transcripts.naming(job.deps.bucket, uploads, known, job.has_time)
    if alone is None:
        return Outcome.LATER
    well_known = person(known.names, known.emails, erasure_id=job.lease.erasure_id, known=True)
    for meeting_id in sorted(own - job.progress.traces[Trace.REDACTED]):
        if not job.has_time():
            return Outcome.LATER
        redact_meeting(job, meeting_id, well_known, own=True)
    for meeting_id in sorted(mentioned | (alone.keys() - own)):
        if not job.has_time():
            return Outcome.LATER
        redact_meeting(job, meeting_id, known, own=False, named=alone.get(meeting_id, ()))
    return rewrite_contexts(job, known)


def redact_meeting(
    job: ErasureJob, meeting_id: UUID, known: Person, *, own: bool, named: Collection[UUID] = ()
) -> None:
    """Take the person out of a meeting's rows, and then of its objects; the erasure's row says where a kill was.

    ``named`` are uploads whose files are known to hold the name.
    """
    with job.transaction() as session:
        meeting = lock(session, meeting_id)
        if meeting is None:
            return
        if load_holds(session).cover(meeting.id, meeting.client_id):
            job.progress.held.add(meeting_id)
            job.note(session)
            return
        under_way = alive_runs(session, meeting_id)
        if under_way and not own:  # what it writes may name the person: it is looked at when it has ended
            job.progress.alive |= under_way
            job.note(session)
            return
        stopped = cancel_runs(session, meeting_id, now=job.now) if own else []
        others = person_records.others_in(session, meeting_id, job.lease.kind, job.lease.subject_id)
        known = replace(known, others=frozenset(others))
        redaction = Redaction(meeting_id, known, own, others, named)
        redaction.run(session)
        job.add(redaction.counts)
        job.progress.unrecognised += redaction.unrecognised
        if own:
            job.progress.trace(Trace.RUN, runs_of(session, [meeting_id]))
            job.progress.vendors |= vendors_of(session, [meeting_id])
        if own or redaction.heard:
            runs = sorted(str(run_id) for run_id in stopped)
            job.progress.current = {"id": str(meeting_id), "how": "redact", "own": own, "runs": runs}
        job.note(session)
    finish_redaction(job, known)


def alive_runs(session: Session, meeting_id: UUID) -> set[UUID]:
    """Return the runs of a meeting that are under way or about to be; one that waits has read nothing yet."""
    return set(
        session.scalars(
            select(ProcessingRun.id).where(
                ProcessingRun.meeting_id == meeting_id,
                ProcessingRun.status.in_(ALIVE),
                ProcessingRun.waiting_reason.is_(None),
            )
        )
    )


def cancel_runs(session: Session, meeting_id: UUID, *, now: datetime) -> Sequence[UUID]:
    """Cancel what is under way or waits in a meeting that stays; returns the runs whose executions have to stop."""
    ended = session.scalars(
        update(ProcessingRun)
        .where(ProcessingRun.meeting_id == meeting_id, ProcessingRun.status.in_(ALIVE))
        .values(status=RunStatus.CANCELLED, waiting_reason=None, finished_at=now)
        .returning(ProcessingRun.id),
        execution_options=BLIND,
    ).all()
    if ended:
        set_meeting_status(session, meeting_id, MeetingStatus.CANCELLED)
    return ended


def lock(session: Session, meeting_id: UUID) -> Meeting | None:
    """Return the meeting, locked against holds and other erasures: both would write whole documents.

    Its client is locked first, as deleting and holding do.
    """
    of_meeting = select(Meeting.client_id).where(Meeting.id == meeting_id).scalar_subquery()
    session.execute(select(Client.id).where(Client.id == of_meeting).with_for_update(read=True))
    return session.get(Meeting, meeting_id, with_for_update=True)


def finish_redaction(job: ErasureJob, known: Person) -> None:
    """Stop what still works on the meeting whose rows were changed, and bring its objects to what the rows say.

    Where a hold was placed after the rows were changed, the objects stay until it ends.
    """
    current = job.progress.current
    if current is None or current["how"] != "redact":
        return
    meeting_id, own = UUID(current["id"]), bool(current["own"])
    stopped = job.current_runs()
    with job.transaction() as session:
        if held_of(session, Rows(meetings=frozenset([meeting_id]))).meetings:
            job.progress.held.add(meeting_id)
            job.progress.put_off.append(current)
            job.progress.current = None
            job.note(session)
            return
        others = person_records.others_in(session, meeting_id, job.lease.kind, job.lease.subject_id)
        arns = session.scalars(
            select(ProcessingRun.execution_arn).where(
                any_of(ProcessingRun.id, stopped), ProcessingRun.execution_arn.is_not(None)
            )
        ).all()
        over = set(
            session.scalars(
                select(ProcessingRun.id).where(
                    ProcessingRun.meeting_id == meeting_id, ProcessingRun.status.not_in(ALIVE)
                )
            )
        )
    for run_id in sorted(stopped):
        job.deps.revoke(run_id)
    for arn in arns:
        job.deps.stop_execution(str(arn))
    if own:
        for upload in list(job.deps.bucket.unfinished(Subject(meeting_id).uploaded())):
            job.deps.bucket.abort(upload.key, upload.upload_id)
    known = replace(known, known=own, others=frozenset(others))
    job.add(object_rewrite.rewrite(job.deps, meeting_id, known, own=own))
    job.add(delete_callbacks(job.deps, over))
    if own:
        job.progress.trace(Trace.REDACTED, [meeting_id])
    job.progress.current = None
    job.say()


def redact_organization(job: ErasureJob, session: Session, known: Person) -> None:
    """Take the name out of what an organization says of itself, its clients, its directory and what to listen for.

    A client that is held stays as it is.
    """
    organization_id = job.lease.organization_id
    organization = session.get_one(Organization, organization_id)
    organization.name, organization.speech = known.text(organization.name), known.json(organization.speech)
    for kind in session.scalars(select(MeetingType).where(MeetingType.organization_id == organization_id)):
        kind.speech = known.json(kind.speech)
    directory = select(DirectoryParticipant).where(
        DirectoryParticipant.organization_id == organization_id,
        person_records.holds_one(DirectoryParticipant.role_title, known.stems),
    )
    for entry in session.scalars(directory):
        entry.role_title = known.json(entry.role_title)
    clients = clients_naming(session, organization_id, known)
    held = held_of(session, Rows(clients=frozenset(client.id for client in clients)), lock=True).clients
    job.progress.clients |= held
    for client in clients:
        if client.id in held:
            continue
        client.name = known.text(client.name)[:NAME_MAX]
        client.notes = known.text(client.notes) if client.notes else client.notes


# ---------------------------------------------------------------- the last step


def forget_person(job: ErasureJob, known: Person) -> Outcome:
    """Delete the rows that held the name, in one transaction, unless something has to wait.

    A hold keeps every row of its client or meeting, so nothing that such a row refers to goes before it ends.
    """
    with job.transaction() as session:
        bound = bound_to(session, job.lease.kind, job.lease.subject_id)
        held = held_of(session, bound, lock=True)
        job.progress.held |= held.meetings
        job.progress.clients |= held.clients
        if job.progress.waits:
            job.note(session)
            return Outcome.WAITS
        if job.lease.kind is SubjectKind.USER:
            gone = delete_user(session, job.lease.subject_id)
            if gone is None:
                return Outcome.LATER  # a last user has got another meeting
            job.add(gone)
        else:
            job.add(delete_participant(session, job.lease.subject_id, known))
        job.note(session)
    return Outcome.GONE


def delete_participant(session: Session, participant_id: UUID, known: Person) -> Counter[str]:
    """Put the pseudonym into every meeting's list of participants, and delete the directory's entry."""
    ids = [copy.id for copy in person_records.copies_of(session, participant_id)]
    session.execute(
        update(MeetingParticipant)
        .where(any_of(MeetingParticipant.id, ids))
        .values(full_name=known.pseudonym, role_title=None),
        execution_options=BLIND,
    )
    gone = session.execute(
        delete(DirectoryParticipant)
        .where(DirectoryParticipant.id == participant_id)
        .returning(DirectoryParticipant.id),
        execution_options=BLIND,
    ).all()
    return Counter({"meeting_participants": len(ids) if known.names else 0, "directory_participants": len(gone)})
