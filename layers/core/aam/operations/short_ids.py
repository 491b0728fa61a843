"""Find the whole id that a short one begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, union

from aam.clients.models import Client
from aam.deletion.models import MeetingTombstone
from aam.erasure.models import Erasure
from aam.foundation.sql import id_begins
from aam.identity.models import Organization, User
from aam.meetings.models import DirectoryParticipant, Meeting, MeetingParticipant
from aam.operations.errors import AmbiguousId, UnknownId
from aam.operations.requests import ResolveRequest
from aam.operations.schemas import Resolved
from aam.pipeline.models import ProcessingError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

NAMED_MOST = 5

COLUMNS: dict[str, tuple[Any, ...]] = {
    "meeting": (Meeting.id, MeetingTombstone.meeting_id),
    "client": (Client.id,),
    "user": (User.id,),
    "organization": (Organization.id,),
    "participant": (DirectoryParticipant.id, MeetingParticipant.id),
    "erasure": (Erasure.id,),
    "error": (ProcessingError.id,),
}
"""Where ids of a kind stand; a meeting that is gone can still be diagnosed by its tombstone."""


def resolve(session: Session, asked: ResolveRequest) -> Resolved:
    """Return the one id of a kind that begins so; raise UnknownId, AmbiguousId, which names some of them."""
    columns = COLUMNS[asked.kind]
    found = union(*(select(column.label("id")).where(id_begins(column, asked.prefix)) for column in columns))
    ids = session.scalars(found.order_by("id").limit(NAMED_MOST + 1)).all()
    if not ids:
        raise UnknownId(f"No {asked.kind} has an id that begins with {asked.prefix}.")
    if len(ids) > 1:
        named = ", ".join(str(each) for each in ids[:NAMED_MOST])
        more = ", and more" if len(ids) > NAMED_MOST else ""
        raise AmbiguousId(
            f"More than one {asked.kind} has an id that begins with {asked.prefix}: {named}{more}. "
            "Give more of its characters."
        )
    return Resolved(id=ids[0])
