"""Find the subject of an erasure, and preview what would go with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aam.clients.models import Client
from aam.deletion.inventory import count_objects, count_rows
from aam.deletion.legal_holds import load_holds
from aam.deletion.models import LegalHold
from aam.erasure import previews
from aam.erasure.dependencies import ErasureDeps
from aam.erasure.erase_client import meetings_of
from aam.erasure.erasure_ledger import Ledger
from aam.erasure.errors import UnknownSubject
from aam.erasure.schemas import Preview
from aam.foundation.sql import any_of
from aam.identity.models import User
from aam.meetings.models import DirectoryParticipant, Meeting, MeetingParticipant
from aam.redaction import person_records
from aam.redaction.held_records import Rows
from aam.redaction.schemas import SubjectKind

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Subject:
    """Subject of an erasure; ``name`` is for people only and is never stored."""

    kind: SubjectKind
    id: UUID
    organization_id: UUID
    name: str


def find(session: Session, kind: SubjectKind, subject_id: UUID) -> Subject:
    """Return the subject of this id; a participant who was copied from the directory is the directory's.

    Raises UnknownSubject.
    """
    if kind is SubjectKind.CLIENT:
        client = session.get(Client, subject_id)
        if client is not None:
            return Subject(kind, client.id, client.organization_id, client.name)
    elif kind is SubjectKind.MEETING:
        meeting = session.get(Meeting, subject_id)
        if meeting is not None:
            return Subject(kind, meeting.id, meeting.organization_id, meeting.title)
    elif kind is SubjectKind.USER:
        user = session.get(User, subject_id)
        if user is not None:
            return Subject(kind, user.id, user.organization_id, user.email)
    else:
        entry = session.get(DirectoryParticipant, subject_id)
        copy = None if entry else session.get(MeetingParticipant, subject_id)
        if copy is not None and copy.directory_participant_id is not None:
            entry = session.get(DirectoryParticipant, copy.directory_participant_id)
        found = entry or copy
        if found is not None and not person_records.is_pseudonym(found.full_name):
            return Subject(kind, found.id, found.organization_id, found.full_name)
    raise UnknownSubject


def marks_of(session: Session, subject: Subject, ledger: Ledger) -> set[str]:
    """Return further marks by which an older database may know the subject."""
    if subject.kind is not SubjectKind.PARTICIPANT:
        return set()
    return {
        mark
        for copy in person_records.copies_of(session, subject.id)
        for mark in (
            ledger.mark_of(SubjectKind.PARTICIPANT, copy.id),
            ledger.mark_of_name(copy.meeting_id, copy.full_name),
        )
    }


def holds_on(session: Session, subject: Subject, ledger: Ledger, *, held: Rows | None) -> set[str]:
    """Return the marks of held clients and meetings that keep something of a subject.

    Where a person stands is known once everything was looked through: until then every hold of the organization counts.
    """
    if subject.kind in (SubjectKind.CLIENT, SubjectKind.MEETING):
        held = Rows(frozenset(meetings_of(session, subject.kind, subject.id)[0]), frozenset([subject.id]))
    holds = session.execute(
        select(LegalHold.client_id, LegalHold.meeting_id).where(LegalHold.organization_id == subject.organization_id)
    ).all()
    if held is not None:
        clients = held.clients | set(
            session.scalars(select(Meeting.client_id).where(any_of(Meeting.id, held.meetings)))
        )
        holds = [row for row in holds if row.meeting_id in held.meetings or row.client_id in clients]
    return {
        ledger.mark_of(SubjectKind.CLIENT, row.client_id)
        if row.client_id
        else ledger.mark_of(SubjectKind.MEETING, row.meeting_id)
        for row in holds
    }


def preview(session: Session, subject: Subject, *, deps: ErasureDeps) -> Preview:
    """Return a preview of an erasure, by kind, with what a hold prevents."""
    if subject.kind in (SubjectKind.CLIENT, SubjectKind.MEETING):
        return preview_meetings(session, subject, deps=deps)
    return previews.preview(session, subject.kind, subject.id, subject.organization_id, subject.name)


def preview_meetings(session: Session, subject: Subject, *, deps: ErasureDeps) -> Preview:
    """Return a preview of a client's or a meeting's erasure."""
    every, held = meetings_of(session, subject.kind, subject.id)
    going = sorted(every - held)
    counts: Counter[str] = count_rows(session, going) + count_objects(deps.buckets, going)
    clients_held = {subject.id} & load_holds(session).clients
    if subject.kind is SubjectKind.CLIENT and not (held or clients_held):
        counts["clients"] = 1
    return Preview(
        subject=subject.kind,
        id=subject.id,
        name=subject.name,
        counts=dict(sorted(counts.items())),
        held=tuple(sorted(held)),
        held_clients=tuple(clients_held),
    )


def candidates(session: Session) -> list[tuple[SubjectKind, UUID]]:
    """Return every subject of the database that the ledger may know by its id."""
    models: dict[SubjectKind, type[Client | DirectoryParticipant | Meeting | User]] = {
        SubjectKind.MEETING: Meeting,
        SubjectKind.CLIENT: Client,
        SubjectKind.USER: User,
        SubjectKind.PARTICIPANT: DirectoryParticipant,
    }
    return [(kind, found) for kind, model in models.items() for found in session.scalars(select(model.id))]
