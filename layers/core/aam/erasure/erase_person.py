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
from aam.deletion.legal_holds import load_holds
from aam.erasure import person_records
from aam.erasure.erase_user import delete_user, erase_organization, has_heir, lock_out
from aam.erasure.held_records import Rows, bound_to, clients_naming, held_of
from aam.erasure.inventory import runs_of, vendors_of
from aam.erasure.models import SubjectKind, Trace
from aam.erasure.names import Person, person
from aam.erasure.places import imported_transcripts, object_rewrite
from aam.erasure.places.external_copies import delete_callbacks
from aam.erasure.redaction import Redaction
from aam.erasure.run_contexts import rewrite_contexts
from aam.erasure.work import Outcome, Work
from aam.foundation.sql import any_of
from aam.identity.models import Organization
from aam.meetings.models import DirectoryParticipant, Meeting, MeetingParticipant, MeetingType
from aam.meetings.status import MeetingStatus
from aam.pipeline.models import ALIVE, ProcessingRun, RunStatus
from aam.pipeline.runs import set_meeting_status
from aam.uploads.subject import Subject

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

PAGE, NAME_MAX = 50, 200
BLIND = {"synchronize_session": False}


def erase_person(work: Work) -> Outcome:
    """Erase a participant or a user."""
    work.progress.begin_anew()
    work.finish_current()
    if work.lease.kind is SubjectKind.USER:
        lock_out(work)
        if not has_heir(work) and erase_organization(work) is Outcome.LATER:
            return Outcome.LATER
    known = name_of(work)
    finish_redaction(work, known)
    for put_off in work.progress.put_off[:]:
        work.progress.put_off.remove(put_off)
        work.progress.current = put_off
        finish_redaction(work, known)
    if known.names:
        if take_out(work, known) is Outcome.LATER:
            return Outcome.LATER
        work.forget(known=known)
    return forget_person(work, known)


def name_of(work: Work) -> Person:
    """The person as the rows name them."""
    with work.transaction() as session:
        return person_records.who(session, work.lease.kind, work.lease.subject_id, erasure_id=work.lease.erasure_id)


def take_out(work: Work, known: Person) -> Outcome:
    """Take the person out of every meeting of the organization, and out of what runs were told."""
    with work.transaction() as session:
        organization_id = work.lease.organization_id
        own = person_records.own_meetings(session, work.lease.kind, work.lease.subject_id)
        if work.lease.kind is SubjectKind.PARTICIPANT:
            own |= person_records.speaking(session, organization_id, known)
        mentioned = person_records.mentioning(session, organization_id, known) - own
        redact_organization(work, session, known)
        work.note(session)
        uploads = imported_transcripts.without_rows(session, organization_id)
    alone = imported_transcripts.naming(work.deps.bucket, uploads, known, work.has_time)
    if alone is None:
        return Outcome.LATER
    well_known = person(known.names, known.emails, erasure_id=work.lease.erasure_id, known=True)
    for meeting_id in sorted(own - work.progress.traces[Trace.REDACTED]):
        if not work.has_time():
            return Outcome.LATER
        redact_meeting(work, meeting_id, well_known, own=True)
    for meeting_id in sorted(mentioned | (alone.keys() - own)):
        if not work.has_time():
            return Outcome.LATER
        redact_meeting(work, meeting_id, known, own=False, named=alone.get(meeting_id, ()))
    return rewrite_contexts(work, known)


def redact_meeting(work: Work, meeting_id: UUID, known: Person, *, own: bool, named: Collection[UUID] = ()) -> None:
    """Take the person out of a meeting's rows, and then of its objects; the erasure's row says where a kill was.

    ``named`` are uploads whose files are known to hold the name.
    """
    with work.transaction() as session:
        meeting = lock(session, meeting_id)
        if meeting is None:
            return
        if load_holds(session).cover(meeting.id, meeting.client_id):
            work.progress.held.add(meeting_id)
            work.note(session)
            return
        under_way = alive_runs(session, meeting_id)
        if under_way and not own:  # what it writes may name the person: it is looked at when it has ended
            work.progress.alive |= under_way
            work.note(session)
            return
        stopped = cancel_runs(session, meeting_id, now=work.now) if own else []
        others = person_records.others_in(session, meeting_id, work.lease.kind, work.lease.subject_id)
        known = replace(known, others=frozenset(others))
        redaction = Redaction(meeting_id, known, own, others, named)
        redaction.run(session)
        work.add(redaction.counts)
        work.progress.unrecognised += redaction.unrecognised
        if own:
            work.progress.trace(Trace.RUN, runs_of(session, [meeting_id]))
            work.progress.vendors |= vendors_of(session, [meeting_id])
        if own or redaction.heard:
            runs = sorted(str(run_id) for run_id in stopped)
            work.progress.current = {"id": str(meeting_id), "how": "redact", "own": own, "runs": runs}
        work.note(session)
    finish_redaction(work, known)


def alive_runs(session: Session, meeting_id: UUID) -> set[UUID]:
    """The runs of a meeting that are under way or about to be; one that waits has read nothing yet."""
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
    """The meeting, locked against holds and against the erasure of another person: both would write whole documents.

    Its client is locked first, as deleting and holding do.
    """
    of_meeting = select(Meeting.client_id).where(Meeting.id == meeting_id).scalar_subquery()
    session.execute(select(Client.id).where(Client.id == of_meeting).with_for_update(read=True))
    return session.get(Meeting, meeting_id, with_for_update=True)


def finish_redaction(work: Work, known: Person) -> None:
    """Stop what still works on the meeting whose rows were changed, and bring its objects to what the rows say.

    Where a hold was placed after the rows were changed, the objects stay until it ends.
    """
    current = work.progress.current
    if current is None or current["how"] != "redact":
        return
    meeting_id, own = UUID(current["id"]), bool(current["own"])
    stopped = work.current_runs()
    with work.transaction() as session:
        if held_of(session, Rows(meetings=frozenset([meeting_id]))).meetings:
            work.progress.held.add(meeting_id)
            work.progress.put_off.append(current)
            work.progress.current = None
            work.note(session)
            return
        others = person_records.others_in(session, meeting_id, work.lease.kind, work.lease.subject_id)
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
        work.deps.revoke(run_id)
    for arn in arns:
        work.deps.stop_execution(str(arn))
    if own:
        for upload in list(work.deps.bucket.unfinished(Subject(meeting_id).uploaded())):
            work.deps.bucket.abort(upload.key, upload.upload_id)
    known = replace(known, known=own, others=frozenset(others))
    work.add(object_rewrite.rewrite(work.deps, meeting_id, known, own=own))
    work.add(delete_callbacks(work.deps, over))
    if own:
        work.progress.trace(Trace.REDACTED, [meeting_id])
    work.progress.current = None
    work.say()


def redact_organization(work: Work, session: Session, known: Person) -> None:
    """Take the name out of what an organization says of itself, its clients, its directory and what to listen for.

    A client that is held stays as it is.
    """
    organization_id = work.lease.organization_id
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
    work.progress.clients |= held
    for client in clients:
        if client.id in held:
            continue
        client.name = known.text(client.name)[:NAME_MAX]
        client.notes = known.text(client.notes) if client.notes else client.notes


# ---------------------------------------------------------------- the last step


def forget_person(work: Work, known: Person) -> Outcome:
    """Delete the rows that held the name, in one transaction, unless something has to wait.

    A hold keeps every row of its client or meeting, so nothing that such a row refers to goes before it ends.
    """
    with work.transaction() as session:
        bound = bound_to(session, work.lease.kind, work.lease.subject_id)
        held = held_of(session, bound, lock=True)
        work.progress.held |= held.meetings
        work.progress.clients |= held.clients
        if work.progress.waits:
            work.note(session)
            return Outcome.WAITS
        if work.lease.kind is SubjectKind.USER:
            gone = delete_user(session, work.lease.subject_id)
            if gone is None:
                return Outcome.LATER  # a last user has got another meeting
            work.add(gone)
        else:
            work.add(delete_participant(session, work.lease.subject_id, known))
        work.note(session)
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
