"""Legal holds: held clients and meetings are never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.exc import IntegrityError

from aam.clients.models import Client
from aam.deletion.errors import AlreadyGoing, UnknownScope
from aam.deletion.models import LegalHold, MeetingTombstone
from aam.deletion.schemas import HoldRequest
from aam.foundation.clock import new_id
from aam.foundation.database import violates
from aam.meetings.models import Meeting
from aam.store.maintenance_log import note
from aam.store.models import Level

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Holds:
    """The clients and meetings that are held."""

    clients: frozenset[UUID]
    meetings: frozenset[UUID]

    def cover(self, meeting_id: UUID | None, client_id: UUID | None) -> bool:
        """Return whether nothing of this meeting may be deleted."""
        return meeting_id in self.meetings or client_id in self.clients


def load_holds(session: Session) -> Holds:
    """Return every hold."""
    rows = session.execute(select(LegalHold.client_id, LegalHold.meeting_id)).all()
    return Holds(
        clients=frozenset(row.client_id for row in rows if row.client_id),
        meetings=frozenset(row.meeting_id for row in rows if row.meeting_id),
    )


def is_held() -> ColumnElement[bool]:
    """Return the condition that a hold stands on a Meeting of the statement, or on its client."""
    return exists().where(or_(LegalHold.meeting_id == Meeting.id, LegalHold.client_id == Meeting.client_id))


def hold(session: Session, asked: HoldRequest) -> None:
    """Place a hold; a second one on the same subject changes nothing.  Raises UnknownScope, AlreadyGoing.

    The subject's row is locked, as deleting does before it marks: the first one decides.
    """
    subject: Client | Meeting | None = (
        session.get(Client, asked.client_id, with_for_update=True)
        if asked.client_id
        else session.get(Meeting, asked.meeting_id, with_for_update=True)
    )
    if subject is None:
        raise UnknownScope
    of_subject = Meeting.client_id == asked.client_id if asked.client_id else Meeting.id == asked.meeting_id
    going = select(MeetingTombstone.meeting_id).join(Meeting, Meeting.id == MeetingTombstone.meeting_id)
    if session.scalar(going.where(of_subject).limit(1)) is not None:
        raise AlreadyGoing
    try:
        with session.begin_nested():
            session.add(
                LegalHold(
                    id=new_id(),
                    organization_id=subject.organization_id,
                    client_id=asked.client_id,
                    meeting_id=asked.meeting_id,
                    reason=asked.reason.strip(),
                )
            )
    except IntegrityError as error:
        if violates(error, "uq_legal_holds_client_id") or violates(error, "uq_legal_holds_meeting_id"):
            return
        raise
    note(session, Level.INFO, "hold", "placed", subject=str(asked.client_id or asked.meeting_id))


def release(session: Session, asked: HoldRequest) -> bool:
    """End a hold; return whether there was one."""
    which = LegalHold.client_id == asked.client_id if asked.client_id else LegalHold.meeting_id == asked.meeting_id
    ended = session.execute(delete(LegalHold).where(which).returning(LegalHold.id)).scalar_one_or_none()
    if ended is not None:
        note(session, Level.INFO, "hold", "ended", subject=str(asked.client_id or asked.meeting_id))
    return ended is not None
