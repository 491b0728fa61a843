"""A meeting's whole history: what was uploaded, what every run did, what it waits for, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import or_, select

from aam.artifacts.models import ArtifactsRow
from aam.costs.ledger import costs_of_meeting, meeting_cost
from aam.costs.schemas import MeetingCost
from aam.deletion.errors import MeetingUnknown
from aam.deletion.models import LegalHold, MeetingTombstone
from aam.foundation.errors import AppError
from aam.meetings.models import Meeting
from aam.operations.advice import on_meeting
from aam.operations.dependencies import OperationsDeps
from aam.operations.facts import run_facts, upload_facts
from aam.operations.schemas import ErrorFacts, GoneMeeting, MeetingDiagnosis, ResultFacts, RunFacts, Traces
from aam.operations.traces import explain_gone, letters_about, traces_in
from aam.pipeline.budget import WORKS_IN
from aam.pipeline.models import ALIVE, ProcessingError, ProcessingRun, Stage
from aam.pipeline.stages import LIMITS
from aam.retention.ages import load_ages
from aam.retention.models import DataClass
from aam.retention.policy import load_policy
from aam.transcription.models import TranscriptRow
from aam.uploads.models import UploadBlob
from aam.vendor_limits.rate_limiter import read_limiter

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ROWS_MOST = 20
"""More runs, uploads or errors than fit a screen; the newest count."""

EXECUTIONS = 3
"""Of so many runs it is asked what others know of them."""


@dataclass(frozen=True)
class _Rows:
    """Rows of a meeting in the database."""

    meeting: Meeting
    going: bool
    holds: tuple[str, ...]
    kept_days: dict[str, int | None]
    uploads: tuple[UploadBlob, ...]
    runs: tuple[ProcessingRun, ...]
    errors: tuple[ProcessingError, ...]
    results: tuple[ResultFacts, ...]
    cost: MeetingCost
    traces: Traces


def explain_meeting(meeting_id: UUID, *, deps: OperationsDeps) -> MeetingDiagnosis | GoneMeeting:
    """Return all facts about a meeting, or the rest of a deleted one; raises MeetingUnknown.

    The database is left before anything else is asked, and what does not answer is left out.
    """
    now = deps.clock()
    with deps.open_transaction() as session:
        meeting = session.get(Meeting, meeting_id)
        gone = explain_gone(session, meeting_id, now=now) if meeting is None else None
        rows = read_rows(session, meeting) if meeting is not None else None
    letters = letters_about(meeting_id, deps=deps)
    if rows is None:
        if gone is None:
            raise MeetingUnknown
        return gone.model_copy(update={"traces": gone.traces.model_copy(update={"letters": letters})})
    uploads = tuple(upload_facts(row, newest=place == 0, deps=deps) for place, row in enumerate(rows.uploads))
    runs = tuple(run_facts(row, newest=place < EXECUTIONS, deps=deps, now=now) for place, row in enumerate(rows.runs))
    attempts = {run.id: run.attempt for run in rows.runs}
    waits = tuple(reasons_to_wait(runs, deps=deps, now=now))
    return MeetingDiagnosis(
        meeting_id=rows.meeting.id,
        organization_id=rows.meeting.organization_id,
        client_id=rows.meeting.client_id,
        title=rows.meeting.title,
        status=rows.meeting.status,
        language=rows.meeting.language,
        created_at=rows.meeting.created_at,
        going=rows.going,
        holds=rows.holds,
        kept_days=rows.kept_days,
        uploads=uploads,
        runs=runs,
        errors=tuple(
            ErrorFacts(
                id=row.id,
                attempt=attempts.get(row.run_id) if row.run_id else None,
                stage=row.stage,
                code=row.code,
                message=row.message,
                occurred_at=row.occurred_at,
                is_read=row.is_read,
            )
            for row in rows.errors
        ),
        results=rows.results,
        cost=rows.cost,
        waits=waits,
        traces=rows.traces.model_copy(update={"letters": letters}),
        advice=on_meeting(
            meeting_id=str(meeting_id),
            going=rows.going,
            held=bool(rows.holds),
            uploads=uploads,
            runs=runs,
            waits=waits,
        ),
    )


def read_rows(session: Session, meeting: Meeting) -> _Rows:
    """Return the meeting's rows, the newest first."""
    meeting_id = meeting.id
    ages = load_ages(session, load_policy())
    of = (meeting.organization_id, meeting.client_id, meeting.meeting_type_id)
    uploads = select(UploadBlob).where(UploadBlob.meeting_id == meeting_id).order_by(UploadBlob.created_at.desc())
    runs = (
        select(ProcessingRun)
        .where(ProcessingRun.meeting_id == meeting_id)
        .order_by(ProcessingRun.created_at.desc(), ProcessingRun.id.desc())
    )
    errors = (
        select(ProcessingError)
        .where(ProcessingError.meeting_id == meeting_id)
        .order_by(ProcessingError.occurred_at.desc())
    )
    holds = select(LegalHold.reason).where(
        or_(LegalHold.meeting_id == meeting_id, LegalHold.client_id == meeting.client_id)
    )
    found = tuple(session.scalars(runs.limit(ROWS_MOST)))
    booked = None
    if found:
        costs = costs_of_meeting(meeting_id, run_id=ProcessingRun.id)
        booked = session.execute(select(costs).where(ProcessingRun.id == found[0].id)).scalar_one()
    return _Rows(
        meeting=meeting,
        going=session.get(MeetingTombstone, meeting_id) is not None,
        holds=tuple(session.scalars(holds)),
        kept_days={name.value: ages.days(of, name) for name in DataClass},
        uploads=tuple(session.scalars(uploads.limit(ROWS_MOST))),
        runs=found,
        errors=tuple(session.scalars(errors.limit(ROWS_MOST))),
        results=tuple(results_of(session, meeting_id)),
        cost=meeting_cost(booked),
        traces=traces_in(session, meeting_id, client_id=meeting.client_id, run_ids=[run.id for run in found]),
    )


def results_of(session: Session, meeting_id: UUID) -> Iterator[ResultFacts]:
    """Yield the versions of transcript and minutes, the newest first."""
    transcripts = select(TranscriptRow).where(TranscriptRow.meeting_id == meeting_id)
    for transcript in session.scalars(transcripts.order_by(TranscriptRow.version.desc()).limit(ROWS_MOST)):
        yield ResultFacts(
            kind="transcript",
            version=transcript.version,
            engine=transcript.engine,
            model=transcript.model,
            count=transcript.utterance_count,
            created_at=transcript.created_at,
        )
    minutes = select(ArtifactsRow).where(ArtifactsRow.meeting_id == meeting_id)
    for each in session.scalars(minutes.order_by(ArtifactsRow.version.desc()).limit(ROWS_MOST)):
        yield ResultFacts(
            kind="minutes",
            version=each.version,
            engine=each.engine,
            model=each.model,
            count=each.supported_count + each.quoted_count + each.unsupported_count,
            quoted=each.quoted_count,
            unsupported=each.unsupported_count,
            created_at=each.created_at,
        )


def reasons_to_wait(runs: Sequence[RunFacts], *, deps: OperationsDeps, now: datetime) -> Iterator[str]:
    """Yield the reasons outside the run for which the newest run waits."""
    newest = runs[0] if runs else None
    if newest is None or newest.status not in ALIVE:
        return
    if newest.waiting_reason:
        yield f"Its cost does not fit the budget ({newest.waiting_reason})."
        return
    began = next((timing.started_at for timing in reversed(newest.stages) if timing.stage == newest.stage), None)
    if began is not None and Stage(newest.stage) in LIMITS:
        ends = began + LIMITS[Stage(newest.stage)]
        yield f"It is in {newest.stage} since {began:%Y-%m-%d %H:%M} UTC, and is given up at {ends:%Y-%m-%d %H:%M}."
    for vendor, stages in WORKS_IN.items():
        if newest.stage not in stages:
            continue
        try:
            limiter = read_limiter(deps.table, vendor)
        except AppError:
            continue
        if limiter.closed_until > now.timestamp():
            wait = round(limiter.closed_until - now.timestamp())
            yield f"Nothing is asked of {vendor.value} for another {wait} s."
    for task in newest.tasks:
        if task.stage == newest.stage and task.state not in ("answered", "failed"):
            yield f"The vendor's work {task.state if task.state != 'unclaimed' else 'was not taken up yet'}."
