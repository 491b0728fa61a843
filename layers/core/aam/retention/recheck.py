"""The last look before objects go: what is referenced, held or worked on by now stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aam.pipeline.models import ALIVE
from aam.retention import references
from aam.retention.holds import load_holds
from aam.retention.keys import DERIVED, UPLOADED, place_of
from aam.retention.marking import still_going
from aam.retention.plans import Line
from aam.retention.recordings import UNREFERENCED
from aam.uploads.status import UploadStatus

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

WANTED = (UploadStatus.PENDING, UploadStatus.RECEIVED)


def must_stay(session: Session, kind: str, batch: list[Line]) -> set[str]:
    """The keys of a batch that must not go (any more)."""
    if kind == "of_meeting":
        return of_living_meetings(session, batch)
    return wanted_uploads(session, batch) | wanted_of_runs(session, batch)


def of_living_meetings(session: Session, batch: list[Line]) -> set[str]:
    """Objects of meetings that are not marked: they were held before it was their turn."""
    meeting_of = {line.name: place_of(line.name).meeting_id for line in batch}
    going = still_going(session, {found for found in meeting_of.values() if found})
    return {key for key, meeting in meeting_of.items() if meeting not in going}


def wanted_uploads(session: Session, batch: list[Line]) -> set[str]:
    """Uploaded objects that a row waits for or refers to."""
    keys = {line.name for line in batch if line.name.startswith(UPLOADED)}
    return {
        key
        for page in pages(keys)
        for key, upload in references.uploads(session, page).items()
        if upload.status in WANTED
    }


def wanted_of_runs(session: Session, batch: list[Line]) -> set[str]:
    """Derived objects of runs that live, that are held, or that are known although nothing should refer to them."""
    lines = {line.name: line for line in batch if line.name.startswith(DERIVED)}
    places = {key: place_of(key) for key in lines}
    known = references.runs(session, {place.run_id for place in places.values() if place.run_id})
    holds = load_holds(session) if known else None
    stay = set()
    for key, place in places.items():
        run = known.get(place.run_id) if place.run_id else None
        if run is None or run.meeting.id != place.meeting_id or holds is None:
            continue
        held = holds.cover(run.meeting.id, run.meeting.client_id)
        if run.status in ALIVE or held or lines[key].why == UNREFERENCED:
            stay.add(key)
    return stay


def pages(keys: set[str]) -> list[set[str]]:
    """The keys in sets that one statement can name."""
    ordered = sorted(keys)
    return [set(ordered[at : at + references.PAGE]) for at in range(0, len(ordered), references.PAGE)]
