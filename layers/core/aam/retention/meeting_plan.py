"""Plan the deletion of whole meetings, and of clients whose meetings all go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aam.clients.models import Client
from aam.deletion.legal_holds import Holds, load_holds
from aam.pipeline.models import ProcessingRun
from aam.retention import references
from aam.retention.dependencies import CleanupDeps
from aam.retention.media_plan import HELD, Passing
from aam.retention.plan import Line, Section
from aam.retention.schemas import CleanupRequest, ScopeKind
from aam.store.bucket import BATCH, Stored, batched
from aam.uploads.subject import OF_SUBJECT, UPLOADED, Subject, place_of
from aam.vendor_limits.task_claims import STAGE_NAMES, Stage

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

WHY = "its meeting goes"


def meeting_lines(
    session: Session, request: CleanupRequest, *, deps: CleanupDeps, passing: Passing, now: datetime
) -> Iterator[Line]:
    """Yield everything of every meeting in the scope, then its client where it is one of those asked for.

    With an age only old meetings, and no client.  In the scope of everything, stale locks and the messages of these
    meetings as well.  What a hold stands on is named and stays, and so does its client.
    """
    hours = request.older_than_hours
    before = None if hours is None else now - timedelta(hours=hours)
    holds = load_holds(session)
    doomed: set[UUID] = set()
    for meeting in references.meetings_in(session, request.scope, request.scope_id, before=before):
        if holds.cover(meeting.id, meeting.client_id):
            yield Line(Section.KEPT, "meeting", str(meeting.id), f"asked for, but kept by a {HELD}")
        else:
            doomed.add(meeting.id)
            yield Line(Section.MARK, "meeting", str(meeting.id), "asked for")
    if request.scope is ScopeKind.ALL:
        for pk in sorted(deps.table.expired(int(deps.clock().timestamp()))):
            yield Line(Section.LOCKS, "state", pk, "expired")
        for name in deps.queues.names:
            yield Line(Section.QUEUES, "queue", name, "messages of meetings that go")
    yield from multipart_lines(doomed, request, deps)
    for each in objects_of(doomed, request, deps, passing):
        yield Line(Section.OBJECTS, "of_meeting", each.key, WHY, each.size, each.version)
    for page in batched(sorted(doomed), BATCH):
        runs = session.scalars(
            select(ProcessingRun.id).where(ProcessingRun.meeting_id.in_(page)).order_by(ProcessingRun.id)
        )
        for run_id in runs:
            for stage in STAGE_NAMES:
                yield Line(Section.STATE, "state", Stage(run_id, stage).key, WHY)
        for meeting_id in page:
            yield Line(Section.ROWS, "meetings", str(meeting_id), "asked for")
    if before is None:
        yield from client_lines(session, request, holds)


def objects_of(doomed: set[UUID], request: CleanupRequest, deps: CleanupDeps, passing: Passing) -> Iterator[Stored]:
    """Yield the objects of these meetings, versions included."""
    if request.scope is ScopeKind.ALL:
        for prefix in OF_SUBJECT:
            for each in passing(prefix, deps.bucket.versions(prefix)):
                if place_of(each.key).meeting_id in doomed:
                    yield each
        return
    for meeting_id in sorted(doomed):
        for prefix in Subject(meeting_id).prefixes:
            yield from deps.bucket.versions(prefix)


def multipart_lines(doomed: set[UUID], request: CleanupRequest, deps: CleanupDeps) -> Iterator[Line]:
    """Yield what is being uploaded to these meetings."""
    one = request.scope_id if request.scope is ScopeKind.MEETING and request.scope_id in doomed else None
    prefix = Subject(one).uploaded() if one else UPLOADED
    if doomed:
        for upload in deps.bucket.unfinished(prefix):
            if place_of(upload.key).meeting_id in doomed:
                yield Line(Section.ABORT, "multipart", upload.key, WHY, version=upload.upload_id)


def client_lines(session: Session, request: CleanupRequest, holds: Holds) -> Iterator[Line]:
    """Yield the clients that go when their last meeting has gone."""
    if request.scope is ScopeKind.MEETING:
        return
    wanted = select(Client.id).order_by(Client.id)
    if request.scope is ScopeKind.CLIENT:
        wanted = wanted.where(Client.id == request.scope_id)
    if request.scope is ScopeKind.ORGANIZATION:
        wanted = wanted.where(Client.organization_id == request.scope_id)
    for client_id in session.scalars(wanted):
        if client_id in holds.clients:
            yield Line(Section.KEPT, "client", str(client_id), f"asked for, but kept by a {HELD}")
        else:
            yield Line(Section.ROWS, "clients", str(client_id), "asked for")
