"""Rows that a legal hold keeps of a person: those of held clients and meetings that name or refer to them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnClause, Uuid, column, or_, select, table, text

from aam.clients.models import Client
from aam.deletion.legal_holds import load_holds
from aam.deletion.models import LegalHold
from aam.deletion.rows import tables_of_meetings
from aam.foundation.sql import any_of
from aam.meetings.models import Meeting
from aam.redaction import person_records
from aam.redaction.name_matching import Person
from aam.redaction.schemas import SubjectKind
from aam.transcription.models import SpeakerNameRow, TranscriptRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

REFER_TO_USERS = text(
    "select c.relname, a.attname from pg_constraint k join pg_class c on c.oid = k.conrelid"
    " join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]"
    " where k.contype = 'f' and k.confrelid = 'users'::regclass order by 1, 2"
)


@dataclass(frozen=True)
class Rows:
    """Meetings and clients whose rows are meant."""

    meetings: frozenset[UUID] = frozenset()
    clients: frozenset[UUID] = frozenset()


def bound_to(session: Session, kind: SubjectKind, subject_id: UUID) -> Rows:
    """Return the meetings and clients whose rows change or go when the person's own row goes."""
    if kind is not SubjectKind.USER:
        return Rows(meetings=frozenset(copy.meeting_id for copy in person_records.copies_of(session, subject_id)))
    of_meetings = dict.fromkeys(tables_of_meetings(session), "meeting_id") | {Meeting.__tablename__: "id"}
    found: set[UUID] = set()
    clients: frozenset[UUID] = frozenset()
    for name, attribute in session.execute(REFER_TO_USERS):
        user_id: ColumnClause[UUID] = column(attribute, Uuid())
        if name in of_meetings:
            meeting_id: ColumnClause[UUID] = column(of_meetings[name], Uuid())
            found |= set(session.scalars(select(meeting_id).select_from(table(name)).where(user_id == subject_id)))
        elif name == SpeakerNameRow.__tablename__:
            named = select(TranscriptRow.meeting_id).join(
                SpeakerNameRow, SpeakerNameRow.transcript_id == TranscriptRow.id
            )
            found |= set(session.scalars(named.where(SpeakerNameRow.named_by == subject_id)))
        elif name == Client.__tablename__:
            clients = frozenset(session.scalars(select(Client.id).where(Client.created_by == subject_id)))
    return Rows(frozenset(found), clients)


def held_of(session: Session, rows: Rows, *, lock: bool = False) -> Rows:
    """Return the meetings and clients that a hold keeps; with ``lock`` none is placed on the others meanwhile.

    Clients are locked first, as deleting and holding do.
    """
    of_meetings = select(Meeting.id, Meeting.client_id).where(any_of(Meeting.id, rows.meetings))
    owners = {row.client_id for row in session.execute(of_meetings)}
    if lock:
        lock_clients(session, owners | rows.clients)
        session.execute(of_meetings.order_by(Meeting.id).with_for_update(read=True))
    holds = load_holds(session)
    return Rows(
        frozenset(row.id for row in session.execute(of_meetings) if holds.cover(row.id, row.client_id)),
        rows.clients & holds.clients,
    )


def lock_clients(session: Session, client_ids: Collection[UUID]) -> None:
    """Lock these clients against new holds until the transaction ends."""
    session.execute(
        select(Client.id).where(any_of(Client.id, client_ids)).order_by(Client.id).with_for_update(read=True)
    )


def clients_naming(session: Session, organization_id: UUID, known: Person) -> list[Client]:
    """Return the organization's clients whose own rows name the person."""
    if not known.stems:
        return []
    found: Any = session.scalars(
        select(Client)
        .where(
            Client.organization_id == organization_id,
            or_(
                person_records.holds_one(Client.name, known.stems), person_records.holds_one(Client.notes, known.stems)
            ),
        )
        .order_by(Client.id)
    )
    return [each for each in found if any(known.text(said) != said for said in (each.name, each.notes or ""))]


def holds_of(session: Session, organization_id: UUID) -> set[UUID]:
    """Return the ids of an organization's holds."""
    return set(session.scalars(select(LegalHold.id).where(LegalHold.organization_id == organization_id)))
