"""Inventory of meetings: their rows by table, objects, runs and vendors, read before they go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnClause, Uuid, column, exists, func, literal, or_, select, table, union_all

from aam.artifacts.models import ArtifactsRow, LLMInteraction
from aam.costs.models import CostEntry, CostKind
from aam.deletion.rows import tables_of_meetings
from aam.foundation.sql import any_of
from aam.meetings.models import Meeting
from aam.pipeline.budget import maybe_asked
from aam.pipeline.models import ProcessingRun
from aam.store.bucket import Bucket
from aam.transcription.models import SpeakerNameRow, TranscriptRow, UtteranceRow
from aam.uploads.subject import OF_SUBJECT, Subject, place_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Buckets = Sequence[tuple[str, Bucket, str]]
"""Places of objects: what they are counted as, the bucket, and what stands before their keys there."""

ONE_BY_ONE = 100
"""So many meetings are listed one by one; of more, all objects are listed, a thousand a page."""

ENGINES = {"deepgram": "deepgram", "openai": "openai"}
"""The engines that are vendors'."""


def count_rows(session: Session, meeting_ids: Collection[UUID]) -> Counter[str]:
    """Return the count of these meetings' rows, by table."""
    counts = []
    for name in tables_of_meetings(session):
        meeting_id: ColumnClause[UUID] = column("meeting_id", Uuid())
        of_them = select(literal(name), func.count()).select_from(table(name, meeting_id))
        counts.append(of_them.where(any_of(meeting_id, meeting_ids)))
    counts.append(select(literal("meetings"), func.count()).where(any_of(Meeting.id, meeting_ids)))
    counts += [
        select(literal(model.__tablename__), func.count())
        .select_from(model)
        .join(TranscriptRow, TranscriptRow.id == model.transcript_id)
        .where(any_of(TranscriptRow.meeting_id, meeting_ids))
        for model in (UtteranceRow, SpeakerNameRow)
    ]
    return Counter({row[0]: row[1] for row in session.execute(union_all(*counts)) if row[1]})


def count_objects(buckets: Buckets, meeting_ids: Collection[UUID]) -> Counter[str]:
    """Return the count of these meetings' objects, versions included; of many by looking through everything once."""
    found: Counter[str] = Counter()
    wanted = set(meeting_ids)
    for name, bucket, before in buckets:
        if len(wanted) > ONE_BY_ONE:
            listed = (each for prefix in OF_SUBJECT for each in bucket.versions(f"{before}{prefix}"))
            found[name] += sum(place_of(each.key.removeprefix(before)).meeting_id in wanted for each in listed)
        else:
            prefixes = (prefix for meeting_id in sorted(wanted) for prefix in Subject(meeting_id).prefixes)
            found[name] += sum(1 for prefix in prefixes for _ in bucket.versions(f"{before}{prefix}"))
    return Counter({name: count for name, count in found.items() if count})


def runs_of(session: Session, meeting_ids: Collection[UUID]) -> set[UUID]:
    """Return the runs of these meetings."""
    return set(session.scalars(select(ProcessingRun.id).where(any_of(ProcessingRun.meeting_id, meeting_ids))))


def vendors_of(session: Session, meeting_ids: Collection[UUID]) -> set[str]:
    """Return the vendors that have heard or read something of these meetings.

    Of a run that ended before anything was saved, what was booked says so: its actual cost, or an estimate for a stage
    that had begun.
    """
    heard = select(TranscriptRow.engine).where(any_of(TranscriptRow.meeting_id, meeting_ids))
    read = select(ArtifactsRow.engine).where(any_of(ArtifactsRow.meeting_id, meeting_ids))
    asked = select(literal("openai")).where(
        select(LLMInteraction.id).where(any_of(LLMInteraction.meeting_id, meeting_ids)).exists()
    )
    begun = exists().where(ProcessingRun.id == CostEntry.run_id, maybe_asked())
    paid = select(CostEntry.vendor).where(
        any_of(CostEntry.meeting_id, meeting_ids), or_(CostEntry.kind == CostKind.ACTUAL, begun)
    )
    return {ENGINES[name] for name in session.scalars(union_all(heard, read, asked, paid)) if name in ENGINES}
