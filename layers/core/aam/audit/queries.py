"""Reading of the access log."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select

from aam.audit.models import AccessEntry
from aam.identity.models import User

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def reads_of_meeting(session: Session, meeting_id: UUID) -> list[dict[str, Any]]:
    """Return each user's reads of a meeting, by kind and day, in the order of the first ones."""
    rows = session.execute(
        select(
            AccessEntry.user_id,
            User.full_name,
            AccessEntry.what,
            AccessEntry.day,
            AccessEntry.times,
            AccessEntry.first_at,
            AccessEntry.last_at,
        )
        .join(User, User.id == AccessEntry.user_id)
        .where(AccessEntry.meeting_id == meeting_id)
        .order_by(AccessEntry.first_at)
    )
    return [dict(row) for row in rows.mappings()]


def readers_of_meeting(session: Session, meeting_id: UUID) -> tuple[int, datetime | None]:
    """Return how many users have read of a meeting, and when one last did."""
    row = session.execute(
        select(func.count(AccessEntry.user_id.distinct()), func.max(AccessEntry.last_at)).where(
            AccessEntry.meeting_id == meeting_id
        )
    ).one()
    return row[0], row[1]
