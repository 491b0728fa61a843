"""Keeping a transcript: as an object for later steps, as rows for people."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, insert, select

from aam.foundation.clock import new_id
from aam.pipeline import runs
from aam.pipeline.models import Stage
from aam.pipeline.schemas import RunInput
from aam.pipeline.steps import Step
from aam.transcription.models import TranscriptRow, UtteranceRow
from aam.transcription.schemas import Transcript

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

OBJECT = "transcript.json"


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
    session.execute(
        insert(UtteranceRow),
        [
            {
                "transcript_id": transcript_id,
                "organization_id": run.organization_id,
                "number": utterance.id,
                "words": [word.model_dump(exclude_none=True) for word in utterance.words],
                **utterance.model_dump(exclude={"id", "words"}),
            }
            for utterance in transcript.utterances
        ],
    )


def transcript_of_run(session: Session, run_id: UUID) -> UUID | None:
    """The id of the transcript that a run wrote, or None."""
    return session.execute(select(TranscriptRow.id).where(TranscriptRow.run_id == run_id)).scalar_one_or_none()
