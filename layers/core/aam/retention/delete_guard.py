"""Check again just before objects are deleted: what is referenced, held or in use by now stays.

Meetings and clients are locked for sharing until the objects are gone, so that a hold is placed either before this look
or after the deed, and the deed is known when somebody is told that the hold stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aam.clients.models import Client
from aam.deletion.legal_holds import load_holds
from aam.deletion.tombstones import marked_among
from aam.foundation.sql import any_of
from aam.meetings.models import Meeting
from aam.pipeline.models import ALIVE
from aam.retention import references
from aam.retention.media_plan import EARLIER, UNREFERENCED
from aam.retention.plan import Line
from aam.uploads.status import UploadStatus
from aam.uploads.subject import DERIVED, UPLOADED, Place, place_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

WANTED = (UploadStatus.PENDING, UploadStatus.RECEIVED)


def must_stay(session: Session, kind: str, batch: list[Line]) -> set[str]:
    """Return the keys of a batch that must stay; the transaction has to last until the others are gone."""
    places = {line.name: place_of(line.name) for line in batch if line.name.startswith((UPLOADED, DERIVED))}
    if kind == "of_meeting":
        places = {line.name: place_of(line.name) for line in batch}
    held = lock_and_find_held(session, {place.meeting_id for place in places.values() if place.meeting_id})
    if kind == "of_meeting":
        going = marked_among(session, {place.meeting_id for place in places.values() if place.meeting_id})
        return {key for key, place in places.items() if place.meeting_id not in going or place.meeting_id in held}
    stay = {key for key, place in places.items() if place.meeting_id in held}
    current = [line for line in batch if line.why != EARLIER]  # of the others a newer version stays
    of_current = {line.name: places[line.name] for line in current if line.name in places}
    return stay | wanted_uploads(session, of_current) | wanted_of_runs(session, current, places)


def lock_and_find_held(session: Session, meeting_ids: set[UUID]) -> set[UUID]:
    """Lock the meetings and their clients against holds; returns those that are held already."""
    if not meeting_ids:
        return set()
    of_batch = select(Meeting.client_id).where(any_of(Meeting.id, meeting_ids))
    session.execute(select(Client.id).where(Client.id.in_(of_batch)).order_by(Client.id).with_for_update(read=True))
    meetings = session.execute(
        select(Meeting.id, Meeting.client_id)
        .where(any_of(Meeting.id, meeting_ids))
        .order_by(Meeting.id)
        .with_for_update(read=True)
    ).all()
    holds = load_holds(session)
    return {row.id for row in meetings if holds.cover(row.id, row.client_id)}


def wanted_uploads(session: Session, places: dict[str, Place]) -> set[str]:
    """Return uploaded objects that a row waits for or refers to."""
    keys = {key for key in places if key.startswith(UPLOADED)}
    return {key for key, upload in references.uploads(session, keys).items() if upload.status in WANTED}


def wanted_of_runs(session: Session, batch: list[Line], places: dict[str, Place]) -> set[str]:
    """Return derived objects of living runs, or of runs that are known although nothing should refer to them."""
    lines = {line.name: line for line in batch if line.name.startswith(DERIVED)}
    known = references.runs(session, {place.run_id for key in lines if (place := places[key]).run_id})
    stay = set()
    for key, line in lines.items():
        place = places[key]
        run = known.get(place.run_id) if place.run_id else None
        ours = run is not None and run.meeting.id == place.meeting_id
        if run is not None and ours and (run.status in ALIVE or line.why == UNREFERENCED):
            stay.add(key)
    return stay
