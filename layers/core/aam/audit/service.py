"""Record reads of transcripts and minutes: one row a user, meeting, kind and day."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from aam.audit.models import AccessEntry, Read
from aam.identity.schemas import Caller

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def note_read(session: Session, meeting_id: UUID, what: Read, *, caller: Caller, now: datetime) -> None:
    """Count one read by the caller, in one statement."""
    statement = insert(AccessEntry).values(
        organization_id=caller.organization_id,
        meeting_id=meeting_id,
        user_id=caller.user_id,
        what=what,
        day=now.date(),
        first_at=now,
        last_at=now,
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["meeting_id", "user_id", "what", "day"],
            set_={"times": AccessEntry.times + 1, "last_at": statement.excluded.last_at},
        )
    )
