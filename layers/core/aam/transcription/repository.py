"""Store a transcript: as an object for later steps, as rows for reading."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ScalarSelect, Text, bindparam, cast, column, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB

from aam.costs.ledger import book
from aam.costs.models import CostKind
from aam.costs.prices import Charge
from aam.foundation.clock import new_id
from aam.pipeline import runs
from aam.pipeline.budget import account_of
from aam.pipeline.models import ProcessingRun, Stage
from aam.pipeline.schemas import RunInput
from aam.pipeline.steps import Step
from aam.transcription.models import TranscriptRow, UtteranceRow
from aam.transcription.name_proposals import Proposal, propose_names
from aam.transcription.schemas import IMPORT, Transcript
from aam.transcription.speaker_names import keep_proposals
from aam.uploads.facts import TranscriptFacts
from aam.uploads.models import UploadBlob

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

OBJECT = "transcript.json"
UTTERANCE_FIELDS = ("speaker", "channel", "start_ms", "end_ms", "text", "confidence")
"""What a row takes over from its utterance as it is."""


@dataclass(frozen=True)
class Rows:
    """Rows of a transcript: its utterances as JSON, and its speakers' own names."""

    utterances: str
    proposals: tuple[Proposal, ...]


def save_transcript(step: Step, transcript: Transcript, *, charges: Sequence[Charge] = ()) -> str:
    """Keep a run's transcript and book what it cost; a repetition finds both kept and changes nothing.

    The next stage is claimed in the same transaction, because the worker that follows has no database.  Returns the
    derived object's name.
    """
    key = step.run.derived(OBJECT)
    step.store.write(key, transcript.model_dump_json().encode(), content_type="application/json")
    rows = rows_of(transcript)  # before the transaction, which is there for the database's work only
    with step.current() as session:
        insert_rows(session, run=step.run, transcript=transcript, rows=rows, key=key)
        if transcript.engine == IMPORT:
            note_language(session, run=step.run, language=transcript.language)
        book(session, charges, to=account_of(step.run), kind=CostKind.ACTUAL, now=step.clock())
        runs.begin_stage(session, run_id=step.run.run_id, stage=Stage.WRITE_ARTIFACTS, now=step.clock())
    return OBJECT


def note_language(session: Session, *, run: RunInput, language: str) -> None:
    """Keep the language of a brought transcript with its upload, where people look for what they have uploaded."""
    facts = TranscriptFacts(language=language)
    session.execute(
        update(UploadBlob).where(UploadBlob.id == run.upload_id).values(media_facts=facts.model_dump(mode="json"))
    )


def rows_of(transcript: Transcript) -> Rows:
    """Return the rows of a transcript, ready to be sent."""
    utterances = [
        {
            "number": utterance.id,
            "words": [word.model_dump(exclude_none=True) for word in utterance.words],
            **utterance.model_dump(include=set(UTTERANCE_FIELDS)),
        }
        for utterance in transcript.utterances
    ]
    return Rows(utterances=json.dumps(utterances), proposals=propose_names(transcript))


def insert_rows(session: Session, *, run: RunInput, transcript: Transcript, rows: Rows, key: str) -> None:
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
    insert_utterances(session, run=run, rows=rows, transcript_id=transcript_id)
    keep_proposals(session, rows.proposals, transcript_id=transcript_id, organization_id=run.organization_id)


def insert_utterances(session: Session, *, run: RunInput, rows: Rows, transcript_id: UUID) -> None:
    """Write all utterances by one statement: the driver would send a list of rows one by one, thousands a meeting."""
    columns = {name: UtteranceRow.__table__.c[name] for name in (*UTTERANCE_FIELDS, "number", "words")}
    given = (
        func.jsonb_to_recordset(cast(bindparam("rows", rows.utterances, type_=Text), JSONB))
        .table_valued(*(column(name, kept.type) for name, kept in columns.items()))
        .render_derived(with_types=True)
    )
    session.execute(
        insert(UtteranceRow).from_select(
            ["transcript_id", "organization_id", *columns],
            select(literal(transcript_id), literal(run.organization_id), *given.c),
        )
    )


def transcript_of_run(session: Session, run_id: UUID) -> UUID | None:
    """Return the id of the transcript that a run wrote, or None."""
    return session.execute(select(TranscriptRow.id).where(TranscriptRow.run_id == run_id)).scalar_one_or_none()


def transcript_in_use(run: RunInput) -> ScalarSelect[UUID]:
    """Return the id of the transcript that a run uses: its own, or the newest of its upload where it wrote none."""
    return (
        select(TranscriptRow.id)
        .join(ProcessingRun, ProcessingRun.id == TranscriptRow.run_id)
        .where(ProcessingRun.upload_id == run.upload_id)
        .order_by(TranscriptRow.version.desc())
        .limit(1)
        .scalar_subquery()
    )
