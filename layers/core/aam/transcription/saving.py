"""Keeping a transcript: as an object for later steps, as rows for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Column, func, insert, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from aam.foundation.clock import new_id
from aam.pipeline import runs
from aam.pipeline.models import Stage
from aam.pipeline.schemas import RunInput
from aam.pipeline.steps import Step
from aam.transcription.models import TranscriptRow, UtteranceRow
from aam.transcription.schemas import Transcript, Utterance

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

OBJECT = "transcript.json"
BATCH = 5_000  # utterances in a statement: the longest meetings take one, 200,000 brought cues forty


def save_transcript(step: Step, transcript: Transcript) -> str:
    """Keep a run's transcript; a repetition finds it kept and changes nothing.

    The next stage is claimed in the same transaction, because the worker that follows has no database.  Returns the
    derived object's name.
    """
    key = step.run.derived(OBJECT)
    step.store.write(key, transcript.model_dump_json().encode(), content_type="application/json")
    with step.current() as session:
        insert_rows(session, run=step.run, transcript=transcript, key=key)
        runs.begin_stage(session, run_id=step.run.run_id, stage=Stage.WRITE_ARTIFACTS, now=step.clock())
    return OBJECT


def insert_rows(session: Session, *, run: RunInput, transcript: Transcript, key: str) -> None:
    """Write the transcript's rows as the meeting's next version, unless this run has written them."""
    if transcript_of_run(session, run.run_id) is not None:
        return
    transcript_id = new_id()
    session.execute(
        insert(TranscriptRow).values(
            id=transcript_id,
            organization_id=run.organization_id,
            meeting_id=run.meeting_id,
            run_id=run.run_id,
            version=select(func.coalesce(func.max(TranscriptRow.version), 0) + 1)
            .where(TranscriptRow.meeting_id == run.meeting_id)
            .scalar_subquery(),
            language=transcript.language,
            engine=transcript.engine,
            model=transcript.model,
            engine_version=transcript.version,
            label=transcript.label,
            notes=list(transcript.notes),
            has_timing=transcript.has_timing,
            duration_ms=transcript.duration_ms,
            utterance_count=len(transcript.utterances),
            key=key,
        )
    )
    for some in batched(transcript.utterances, BATCH):
        insert_utterances(session, run=run, transcript_id=transcript_id, utterances=some)


def insert_utterances(session: Session, *, run: RunInput, transcript_id: UUID, utterances: Sequence[Utterance]) -> None:
    """Write utterances in one statement, as one JSON parameter: the driver would send a statement for each row."""
    rows = [
        {
            "number": utterance.id,
            "words": [word.model_dump(exclude_none=True) for word in utterance.words],
            **utterance.model_dump(exclude={"id", "words"}),
        }
        for utterance in utterances
    ]
    table = UtteranceRow.__table__
    given = [column for column in table.columns if column.name not in {"transcript_id", "organization_id"}]
    records = (
        func.jsonb_to_recordset(literal(rows, JSONB))
        .table_valued(*(Column(column.name, column.type) for column in given), name="records")
        .render_derived(with_types=True)
    )
    source = select(literal(transcript_id), literal(run.organization_id), *records.c)
    names = ["transcript_id", "organization_id", *(column.name for column in given)]
    session.execute(insert(UtteranceRow).from_select(names, source))


def batched(utterances: Sequence[Utterance], size: int) -> Iterator[Sequence[Utterance]]:
    """The utterances, so many at a time."""
    for first in range(0, len(utterances), size):
        yield utterances[first : first + size]


def transcript_of_run(session: Session, run_id: UUID) -> UUID | None:
    """The id of the transcript that a run wrote, or None."""
    return session.execute(select(TranscriptRow.id).where(TranscriptRow.run_id == run_id)).scalar_one_or_none()
