"""Note and read when the sweep last completed."""

from __future__ import annotations

from datetime import UTC, datetime

from aam.foundation.state_table import StateTable

KEY = "last#sweep"
KEPT_FOR_S = 30 * 24 * 3600


def note_sweep(table: StateTable, *, now: datetime) -> None:
    """Note that a sweep has done all of its parts; raises StateUnavailable."""
    table.write(KEY, {"at": now.isoformat()}, expires_at=int(now.timestamp()) + KEPT_FOR_S)


def last_sweep(table: StateTable) -> datetime | None:
    """Return when the last sweep ran, or None; raises StateUnavailable."""
    said = table.read(KEY).get("at")
    return datetime.fromisoformat(said).astimezone(UTC) if said else None
