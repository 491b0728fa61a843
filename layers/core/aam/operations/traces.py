"""Find the traces of a meeting outside its own rows, the only ones of a deleted meeting."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, or_, select

from aam.deletion.models import MeetingTombstone
from aam.erasure.models import Erasure, ErasureTrace
from aam.operations.advice import on_gone
from aam.operations.dependencies import OperationsDeps
from aam.operations.queues import depths, read_letters
from aam.operations.schemas import Departure, ErasureFacts, GoneMeeting, Letter, LogFacts, Traces
from aam.redaction.schemas import SubjectKind
from aam.retention.models import CleanupRun
from aam.retention.schemas import Mode
from aam.store.models import MaintenanceEntry

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ENTRIES_MOST = 20
LETTERS_MOST = 200
CLOCKS_DIFFER = timedelta(minutes=1)
"""A tombstone has the function's time, what put it up the database's."""


def traces_in(
    session: Session, meeting_id: UUID, *, client_id: UUID | None = None, run_ids: Sequence[UUID] = ()
) -> Traces:
    """Return the database's traces: erasures of it or through it, and lines of the maintenance log, the newest first.

    Lines are about the meeting, its client (holds above all), its runs, its erasures, or cleanups of it alone.
    """
    erasures = erasures_of(session, meeting_id)
    cleanups = session.scalars(select(CleanupRun.id).where(CleanupRun.scope == f"meeting:{meeting_id}"))
    subjects = [str(meeting_id), f"meeting:{meeting_id}"]
    if client_id is not None:
        subjects += [str(client_id), f"client:{client_id}"]
    told = MaintenanceEntry.details
    lines = session.scalars(
        select(MaintenanceEntry)
        .where(
            or_(
                told["subject"].astext.in_(subjects),
                told["run_id"].astext.in_([str(each) for each in (*run_ids, *cleanups)]),
                told["erasure_id"].astext.in_([str(each.id) for each in erasures]),
            )
        )
        .order_by(MaintenanceEntry.id.desc())
        .limit(ENTRIES_MOST)
    )
    return Traces(
        erasures=erasures,
        log=tuple(
            LogFacts(
                at=line.created_at,
                level=line.level,
                operation=line.operation,
                result=line.result,
                details=line.details,
            )
            for line in lines
        ),
    )


def erasures_of(session: Session, meeting_id: UUID) -> tuple[ErasureFacts, ...]:
    """Return the meeting's own erasures, and incomplete others that have taken something of it."""
    traced = select(ErasureTrace.erasure_id).where(ErasureTrace.traced_id == meeting_id)
    own = (Erasure.subject_kind == SubjectKind.MEETING) & (Erasure.subject_id == meeting_id)
    found = session.scalars(
        select(Erasure).where(or_(own, Erasure.id.in_(traced))).order_by(Erasure.id.desc()).limit(ENTRIES_MOST)
    )
    return tuple(erasure_facts(each) for each in found)


def erasure_facts(row: Erasure) -> ErasureFacts:
    """Return an erasure by its states."""
    return ErasureFacts(
        id=row.id,
        subject=row.subject_kind,
        trigger=row.trigger,
        state=row.state,
        created_at=row.created_at,
        erased_at=row.erased_at,
        completed_at=row.completed_at,
    )


def explain_gone(session: Session, meeting_id: UUID, *, now: datetime) -> GoneMeeting | None:
    """Return when and by what a meeting without rows was deleted; None where no trace is left."""
    stone = session.get(MeetingTombstone, meeting_id)
    traces = traces_in(session, meeting_id)
    if stone is None and not traces.erasures and not traces.log:
        return None
    departure = None
    if stone is not None:
        departure = Departure(
            marked_at=stone.marked_at, gone_at=stone.gone_at, by=cause_of(session, stone, traces.erasures, now=now)
        )
    return GoneMeeting(meeting_id=meeting_id, departure=departure, traces=traces, advice=on_gone())


def cause_of(session: Session, stone: MeetingTombstone, known: Iterable[ErasureFacts], *, now: datetime) -> str:
    """Return the cause of a tombstone: an erasure or a cleanup that was at work then; or the API, without a row.

    What takes many meetings does not keep for good which they were: then it is the most likely that is named.
    """
    at = stone.marked_at
    erasure = next(
        (each for each in known if began_before(each.created_at, at) and at <= (each.erased_at or now)), None
    )
    if erasure is not None:
        return f"the erasure {erasure.id}"
    own = f"meeting:{stone.meeting_id}"
    cleanup = session.scalars(
        select(CleanupRun)
        .where(
            CleanupRun.mode == Mode.MEETINGS,
            or_(CleanupRun.scope == own, ~CleanupRun.scope.startswith("meeting:")),
            CleanupRun.created_at <= at + CLOCKS_DIFFER,
            func.coalesce(CleanupRun.finished_at, now) >= at,
        )
        .order_by((CleanupRun.scope == own).desc(), CleanupRun.id.desc())
        .limit(1)
    ).one_or_none()
    if cleanup is not None:
        likely = "" if cleanup.scope == own else "most likely "
        return f"{likely}the cleanup {cleanup.id} ({cleanup.scope})"
    other = session.scalars(
        select(Erasure)
        .where(
            Erasure.organization_id == stone.organization_id,
            Erasure.subject_kind == SubjectKind.CLIENT,
            Erasure.created_at <= at + CLOCKS_DIFFER,
            func.coalesce(Erasure.erased_at, now) >= at,
        )
        .order_by(Erasure.id.desc())
        .limit(1)
    ).one_or_none()
    if other is not None:
        return f"most likely the erasure {other.id} of a client"
    return "a user, over the API"


def began_before(began: datetime, at: datetime) -> bool:
    """Return whether a piece of work had begun by then, as far as two clocks agree."""
    return began <= at + CLOCKS_DIFFER


def letters_about(meeting_id: UUID, *, deps: OperationsDeps) -> dict[str, tuple[Letter, ...]]:
    """Return the dead letters about a meeting by queue, of the first LETTERS_MOST; a silent queue has none."""
    from botocore.exceptions import BotoCoreError, ClientError

    found: dict[str, tuple[Letter, ...]] = {}
    for name, (_url, dead_url) in deps.queues.items():
        with contextlib.suppress(BotoCoreError, ClientError):
            lying = sum(depths(deps.sqs, dead_url).values())
            if not lying:
                continue
            letters = read_letters(deps.sqs, dead_url, most=min(lying, LETTERS_MOST))
            found[name] = tuple(each for each in letters if each.meeting_id == meeting_id)
    return {name: letters for name, letters in found.items() if letters}
