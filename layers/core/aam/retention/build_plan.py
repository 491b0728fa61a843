"""Build the plan of a cleanup: the lines of every mode, in an order that the same state always gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from aam.clients.models import Client
from aam.deletion.errors import UnknownScope
from aam.deletion.legal_holds import load_holds
from aam.deletion.models import MeetingTombstone
from aam.identity.models import Organization, RefreshToken
from aam.meetings.models import Meeting
from aam.pipeline.models import ProcessingError
from aam.retention import references
from aam.retention.ages import load_ages
from aam.retention.dependencies import CleanupDeps
from aam.retention.lock_plan import lock_lines
from aam.retention.media_plan import EARLIER, MediaPlan
from aam.retention.meeting_plan import meeting_lines
from aam.retention.plan import Line, Plan, Section, spool, summarize
from aam.retention.schemas import CleanupRequest, Mode, ScopeKind
from aam.store.bucket import Stored
from aam.store.layout import PROTECTED
from aam.store.models import MaintenanceEntry
from aam.uploads.subject import DERIVED, EXPORTS, UPLOADED

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

VACUUMED = ("refresh_tokens", "processing_errors", "processing_runs", "meetings", "upload_blobs", "maintenance_log")


@dataclass
class Population:
    """Totals of everything that the circuit breaker guards."""

    objects: int = 0
    size: int = 0
    meetings: int = 0
    counted: set[str] = field(default_factory=set)

    def passing(self, prefix: str, found: Iterator[Stored]) -> Iterator[Stored]:
        """Yield the objects and count them; the whole of the prefix then counts as counted."""
        for each in found:
            self.objects += 1
            self.size += each.size
            yield each
        self.counted.add(prefix)


def make_plan(request: CleanupRequest, *, deps: CleanupDeps, now: datetime) -> Plan:
    """Return the plan of a request as of a moment; raises UnknownScope, StorageUnavailable."""
    population = Population()
    with deps.open_statements() as session:  # nothing stays open while a long listing goes on
        name = name_of_scope(session, request, deps)
        file, tally = spool(lines_of(session, request, deps, now, population), folder=deps.folder())
        if tally.protected_objects >= deps.policy.breaker.from_:
            for prefix in PROTECTED:
                if prefix not in population.counted:
                    for _ in population.passing(prefix, deps.bucket.versions(prefix)):
                        pass
        population.meetings = session.scalar(select(func.count()).select_from(Meeting)) or 0
        database_bytes = session.scalar(text("select pg_database_size(current_database())")) or 0
    summary = summarize(
        request,
        tally,
        name=name,
        file=file,
        planned_at=now,
        population={"objects": population.objects, "bytes": population.size, "meetings": population.meetings},
        breaker=deps.policy.breaker,
        database_bytes=database_bytes,
    )
    return Plan(file, summary)


def name_of_scope(session: Session, request: CleanupRequest, deps: CleanupDeps) -> str:
    """Return the name of the organization or client, the title of the meeting, or the mode; raises UnknownScope.

    Where every meeting goes it is the bucket's name, because that says which stack it is.
    """
    names = {
        ScopeKind.ORGANIZATION: select(Organization.name).where(Organization.id == request.scope_id),
        ScopeKind.CLIENT: select(Client.name).where(Client.id == request.scope_id),
        ScopeKind.MEETING: select(Meeting.title).where(Meeting.id == request.scope_id),
    }
    if request.scope not in names:
        return deps.bucket.store.bucket if request.mode is Mode.MEETINGS else request.mode
    name = session.scalar(names[request.scope])
    if name is None:
        raise UnknownScope
    return name


def lines_of(
    session: Session, request: CleanupRequest, deps: CleanupDeps, now: datetime, population: Population
) -> Iterator[Line]:
    """Yield every line of every part of a mode."""
    parts = request.mode.parts
    if Mode.TEMP in parts:
        yield from temp_lines(session, request, deps, now)
    if Mode.LOGS in parts and request.scope is ScopeKind.ALL:
        yield from log_lines(session, deps, now)
    if parts & {Mode.MEDIA, Mode.JOBS}:
        recordings = MediaPlan(
            session=session,
            bucket=deps.bucket,
            policy=deps.policy,
            now=now,
            holds=load_holds(session),
            ages=load_ages(session, deps.policy),
            media=Mode.MEDIA in parts,
            jobs=Mode.JOBS in parts,
        )
        yield from recordings.lines(request, population.passing)
    if Mode.DB in parts:
        yield from row_lines(session, request, deps, now)
    if Mode.MEETINGS in parts:
        yield from meeting_lines(session, request, deps=deps, passing=population.passing, now=now)
    if Mode.LOCKS in parts:
        yield from lock_lines(session, deps=deps, now=now)
    if Mode.CACHE in parts and request.scope is ScopeKind.ALL:
        yield from cache_lines(deps, now, after_temp=Mode.TEMP in parts)


def temp_lines(session: Session, request: CleanupRequest, deps: CleanupDeps, now: datetime) -> Iterator[Line]:
    """Yield temporary objects past their age, earlier versions, and abandoned multipart uploads.

    Exports are copies and go whatever is held.
    """
    policy = deps.policy
    for rule in policy.expiring("temp"):
        hours = request.older_than_hours if request.older_than_hours is not None else 24 * (rule.expire_days or 0)
        why = f"temporary, older than {hours} hours"
        for prefix in scoped(session, request, rule.prefix):
            yield from older(deps, prefix, now - timedelta(hours=hours), why, now=now)
    if request.scope is ScopeKind.ALL and deps.bucket.has_versions:
        yield from earlier_versions(deps, now)
    begun_before = now - timedelta(days=policy.incomplete_uploads_days)
    why = f"upload begun over {policy.incomplete_uploads_days * 24} hours ago and not completed"
    prefixes = scoped(session, request, UPLOADED) if request.scope is not ScopeKind.ALL else iter([""])
    for prefix in prefixes:
        for upload in deps.bucket.unfinished(prefix):
            if upload.begun < begun_before:
                yield Line(Section.ABORT, "multipart", upload.key, why, version=upload.upload_id)


def earlier_versions(deps: CleanupDeps, now: datetime) -> Iterator[Line]:
    """Yield replaced versions, and delete markers that hide nothing, where no other part handles them."""
    seen_to = (UPLOADED, DERIVED, *(rule.prefix for mode in ("temp", "logs") for rule in deps.policy.expiring(mode)))
    for each in deps.bucket.versions(""):
        if deps.policy.is_outdated(each.useless_since, now) and not each.key.startswith(seen_to):
            yield Line(Section.OBJECTS, "object", each.key, EARLIER, each.size, each.version)


def log_lines(session: Session, deps: CleanupDeps, now: datetime) -> Iterator[Line]:
    """Yield old log files and plans, old entries of the maintenance log, and tombstones that no longer matter."""
    for rule in deps.policy.expiring("logs"):
        before = now - timedelta(days=rule.expire_days or 0)
        yield from older(deps, rule.prefix, before, f"older than {rule.expire_days} days", now=now)
    ages = deps.policy.rows
    before = now - timedelta(days=ages.maintenance_log)
    entries = select(MaintenanceEntry.id).where(MaintenanceEntry.created_at < before)
    yield from rows(session, "maintenance_log", entries, f"older than {ages.maintenance_log} days")
    before = now - timedelta(days=ages.tombstones)
    stones = select(MeetingTombstone.meeting_id).where(MeetingTombstone.gone_at < before)
    yield from rows(session, "meeting_tombstones", stones, f"older than {ages.tombstones} days")


def row_lines(session: Session, request: CleanupRequest, deps: CleanupDeps, now: datetime) -> Iterator[Line]:
    """Yield old sessions, old errors that were read, and a vacuum of the tables that change most."""
    ages = deps.policy.rows
    if request.scope in (ScopeKind.ALL, ScopeKind.ORGANIZATION):
        tokens = select(RefreshToken.id).where(RefreshToken.expires_at < now - timedelta(days=ages.refresh_tokens))
        if request.scope is ScopeKind.ORGANIZATION:
            tokens = tokens.where(RefreshToken.organization_id == request.scope_id)
        yield from rows(session, "refresh_tokens", tokens, f"expired over {ages.refresh_tokens} days ago")
    holds = load_holds(session)
    errors = (
        select(ProcessingError.id)
        .join(Meeting, Meeting.id == ProcessingError.meeting_id)
        .where(
            ProcessingError.is_read,
            ProcessingError.occurred_at < now - timedelta(days=ages.read_errors),
            Meeting.id.not_in(holds.meetings),
            Meeting.client_id.not_in(holds.clients),
        )
    )
    errors = references.within(errors, request.scope, request.scope_id)
    yield from rows(session, "processing_errors", errors, f"read, and older than {ages.read_errors} days")
    if request.scope is ScopeKind.ALL:
        yield from (Line(Section.LAST, "vacuum", table, "kept in shape") for table in VACUUMED)


def cache_lines(deps: CleanupDeps, now: datetime, *, after_temp: bool) -> Iterator[Line]:
    """Yield exports that can be made again, and expired short-lived facts.

    ``after_temp``: the lines of `temp` stand in the plan already.
    """
    minutes = deps.policy.cache_minutes
    before, old = now - timedelta(minutes=minutes), None
    if after_temp:
        days = (rule.expire_days or 0 for rule in deps.policy.expiring("temp") if EXPORTS.startswith(rule.prefix))
        old = now - timedelta(days=min(days))
    yield from older(deps, EXPORTS, before, f"cached, older than {minutes} minutes", now=now, since=old)
    for pk in sorted(deps.table.expired(int(now.timestamp()))):
        yield Line(Section.STATE, "state", pk, "expired")


def older(
    deps: CleanupDeps, prefix: str, before: datetime, why: str, *, now: datetime, since: datetime | None = None
) -> Iterator[Line]:
    """Yield the objects under a prefix that were written before, and earlier versions of others.

    With ``since`` only what was written from then on, and no earlier versions: another part names the rest.
    """
    for each in deps.bucket.versions(prefix):
        outdated = deps.policy.is_outdated(each.useless_since, now)
        if since is not None and (outdated or each.modified < since):
            continue
        if outdated or each.modified < before:
            said = why if each.modified < before else EARLIER
            yield Line(Section.OBJECTS, "object", each.key, said, each.size, each.version)


def rows(session: Session, table: str, ids: references.Anything, why: str) -> Iterator[Line]:
    """Yield a line for each row of a table by its id."""
    for (found,) in references.paged(session, ids):
        yield Line(Section.ROWS, table, str(found), why)


def scoped(session: Session, request: CleanupRequest, prefix: str) -> Iterator[str]:
    """Yield the prefixes below this one that a scope covers: for meetings those with their id."""
    if request.scope is ScopeKind.ALL:
        yield prefix
        return
    below = {"temp/": EXPORTS, UPLOADED: UPLOADED}.get(prefix)
    if below is None:
        return  # nothing there says which meeting it belongs to
    for meeting in references.meetings_in(session, request.scope, request.scope_id):
        yield f"{below}{meeting.id}/"
