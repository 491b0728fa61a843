"""The steps after the draft: check every quote by code, then keep what stands and end the run."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from aam.artifacts.drafting import DRAFT
from aam.artifacts.errors import SecondReaderFailed
from aam.artifacts.openai import ENGINE
from aam.artifacts.recorded_calls import read_interactions
from aam.artifacts.repository import insert_artifacts, insert_interactions
from aam.artifacts.schemas import CHECKED, READINGS, Artifacts
from aam.evidence.confirmation import Readings, with_readings
from aam.evidence.schemas import DraftArtifacts, SecondReader
from aam.evidence.verify import verify
from aam.foundation.errors import AppError
from aam.foundation.settings import Environment, load
from aam.foundation.storage import ObjectMissing
from aam.pipeline import runs
from aam.pipeline.budget import is_overdrawn
from aam.pipeline.models import Stage, WaitingReason
from aam.pipeline.schemas import Failure
from aam.pipeline.steps import Step
from aam.pipeline.termination import error_by_name
from aam.transcription.schemas import Transcript

ANSWERED = "ok"


class CheckingSettings(Environment):
    """Choice whether a second reader is asked where a language model wrote the minutes."""

    evidence_reader: Literal["auto", "off"] = Field(alias="EVIDENCE_READER", default="auto")


class Checked(BaseModel):
    """The object that holds what was checked, and whether a second reader is to be asked about it."""

    name: str
    asks: bool


class Finished(BaseModel):
    """Nothing more to say."""

    finished: bool = True


def verify_draft(step: Step) -> Checked:
    """Check the draft against the transcript and store the artifacts, what is unsupported apart.

    Where a second reader is to be asked, its stage is claimed here, because its worker has no database.
    """
    context = step.context()
    transcript = Transcript.model_validate_json(step.store.read(step.run.derived("transcript.json")))
    artifacts = verify(
        DraftArtifacts.model_validate_json(step.store.read(step.run.derived(DRAFT))),
        transcript=transcript,
        people=[person.full_name for person in context.participants],
        meeting_date=context.held_at.date(),
    )
    asks = wants_second_reader(artifacts)
    if asks and not may_spend(step):
        asks = False
        artifacts = artifacts.model_copy(update={"second_reader": SecondReader(outcome=WaitingReason.BUDGET_EXCEEDED)})
    step.store.write(step.run.derived(CHECKED), artifacts.model_dump_json().encode(), content_type="application/json")
    if asks:
        with step.open_statements() as session:
            runs.begin_stage(session, run_id=step.run.run_id, stage=Stage.CONFIRM_MEANING, now=step.clock())
    return Checked(name=CHECKED, asks=asks)


def wants_second_reader(artifacts: Artifacts) -> bool:
    """Return whether there are quoted items of a model, and the operator lets another model read them."""
    written = artifacts.engine == ENGINE and artifacts.quoted_count > 0
    return written and load(CheckingSettings).evidence_reader == "auto"


def may_spend(step: Step) -> bool:
    """Return whether the budget still holds the reservation; the second reader is left out rather than waited for."""
    with step.open_statements() as session:
        return not is_overdrawn(session, step.run.organization_id, now=step.clock())


def save_and_finish(step: Step) -> Finished:
    """Keep the artifacts with what the second reader said, book every call, and end the run, in one transaction.

    A second reader that could not be asked, or not about everything, fails nothing: its items stay quoted, and the run
    says why.  Raises RunNotCurrent, with nothing kept, when the run is over already.
    """
    context = step.context()
    artifacts, failure = read_by_second(step)
    interactions = read_interactions(step.store, step.run)
    now = step.clock()
    with step.open_transaction() as session:
        if failure is not None:
            runs.record_error(session, run_id=step.run.run_id, stage=Stage.CONFIRM_MEANING, error=failure, now=now)
        runs.end_succeeded(session, run_id=step.run.run_id, now=now)  # first: it also holds the run against others
        insert_artifacts(session, run=step.run, artifacts=artifacts)
        insert_interactions(
            session, run=step.run, attempt=context.attempt, interactions=interactions, succeeded=True, now=now
        )
    return Finished()


def read_by_second(step: Step) -> tuple[Artifacts, AppError | None]:
    """Return the artifacts to be stored, and the reason why a second reader did not confirm all that it was to."""
    artifacts = Artifacts.model_validate_json(step.store.read(step.run.derived(CHECKED)))
    failed = Failure.model_validate(step.event.get("reading") or {})
    try:
        readings = Readings.model_validate_json(step.store.read(step.run.derived(READINGS)))
    except ObjectMissing:
        if failed.error:
            outcome = error_by_name(failed.error, failed.cause).code
            artifacts = artifacts.model_copy(update={"second_reader": SecondReader(outcome=outcome)})
    else:
        artifacts = with_readings(artifacts, readings)
    reader = artifacts.second_reader
    if reader is None or reader.outcome == ANSWERED:
        return artifacts, None
    return artifacts, SecondReaderFailed.because(reader.outcome)
