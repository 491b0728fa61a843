"""The maintenance log: who cleaned what, when, and what came of it; ids and counts, never keys or names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aam.foundation.clock import new_id
from aam.foundation.observability import logger
from aam.store.models import Level, MaintenanceEntry

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

WRITES = {Level.DEBUG: "debug", Level.INFO: "info", Level.WARNING: "warning", Level.ERROR: "error"}


def note(session: Session, level: Level, operation: str, result: str, **details: Any) -> None:
    """Write an entry into the table, and the same line into the function's log."""
    getattr(logger(), WRITES[level])(f"maintenance: {operation} {result}", **details)
    session.add(MaintenanceEntry(id=new_id(), level=level, operation=operation, result=result, details=details))
    session.flush()
