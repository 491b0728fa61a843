"""Mark errors of runs as read."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from aam.pipeline.errors import ErrorNotFound
from aam.pipeline.models import ProcessingError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def mark_read(session: Session, error_id: UUID, *, meeting_id: UUID | None = None) -> tuple[bool, ProcessingError]:
    """Mark an error, of one meeting if it is named, as read; return whether it was so before, and the error.

    Raises ErrorNotFound.
    """
    found = session.get(ProcessingError, error_id)
    if found is None or (meeting_id is not None and found.meeting_id != meeting_id):
        raise ErrorNotFound
    was_read, found.is_read = found.is_read, True
    return was_read, found
