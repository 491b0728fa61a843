"""Layout of keys: to which meeting and run an object belongs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

UPLOADED, DERIVED, EXPORTS = "meetings/", "derived/", "temp/exports/"
PLANS = "cleanup/plans/"
"""Plans of cleanups, under their hash."""

QUARANTINE = "quarantine/"
"""What a restored database did not know lies here, each under its old key."""

OF_MEETING = (UPLOADED, DERIVED, EXPORTS)
"""Prefixes whose next part is a meeting's id."""

PROTECTED = (UPLOADED, DERIVED, "media/", "reports/")
"""What the circuit breaker guards; everything else is made to go."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object lies: its meeting, for derived ones the run, and its name below that."""

    meeting_id: UUID | None
    run_id: UUID | None
    name: str


def place_of(key: str) -> Place:
    """Return the place that a key names; ids that are none are None."""
    for prefix in OF_MEETING:
        if key.startswith(prefix):
            meeting, _, rest = key[len(prefix) :].partition("/")
            run = ""
            if prefix == DERIVED:
                run, _, rest = rest.partition("/")
            return Place(as_id(meeting), as_id(run), rest)
    return Place(None, None, key)


@lru_cache(maxsize=1_024)  # a meeting's keys follow one another
def as_id(text: str) -> UUID | None:
    """Return the UUID in a part of a key, if it is one in the form that we write."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None


def prefixes_of(meeting_id: UUID) -> tuple[str, ...]:
    """Return the prefixes under which everything of a meeting lies."""
    return tuple(f"{prefix}{meeting_id}/" for prefix in OF_MEETING)
