"""The subject of an upload: to which meeting uploads, runs and objects belong, and the layout of its keys."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

UPLOADED, DERIVED, EXPORTS = "meetings/", "derived/", "temp/exports/"

OF_SUBJECT = (UPLOADED, DERIVED, EXPORTS)
"""Prefixes whose next part is a subject's id."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Owner of an upload, its runs, its notifications and its objects: one meeting, of any kind."""

    meeting_id: UUID

    def uploaded(self, name: str = "") -> str:
        """Return the key of an uploaded object."""
        return f"{UPLOADED}{self.meeting_id}/{name}"

    def derived(self, run_id: UUID, name: str) -> str:
        """Return the key of an object that a run derived."""
        return f"{DERIVED}{self.meeting_id}/{run_id}/{name}"

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Return the prefixes under which everything of the subject lies."""
        return tuple(f"{prefix}{self.meeting_id}/" for prefix in OF_SUBJECT)


@dataclass(frozen=True, slots=True)
class Place:
    """Place of an object: its subject, for derived ones the run, and its name below that."""

    subject: Subject | None
    run_id: UUID | None
    name: str

    @property
    def meeting_id(self) -> UUID | None:
        """Return the meeting that the key names, if it names one."""
        return self.subject.meeting_id if self.subject else None


def place_of(key: str) -> Place:
    """Return the place that a key names; ids that are none are None."""
    for prefix in OF_SUBJECT:
        if key.startswith(prefix):
            meeting, _, rest = key[len(prefix) :].partition("/")
            run = ""
            if prefix == DERIVED:
                run, _, rest = rest.partition("/")
            meeting_id = as_id(meeting)
            return Place(Subject(meeting_id) if meeting_id else None, as_id(run), rest)
    return Place(None, None, key)


@lru_cache(maxsize=1_024)  # a meeting's keys follow one another
def as_id(text: str) -> UUID | None:
    """Return the UUID in a part of a key, if it is one in the form that we write."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None
