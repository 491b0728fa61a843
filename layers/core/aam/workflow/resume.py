"""Resume at a later stage: the first step of such a run copies what the attempt before had made.

Everything is copied, so that each run's objects stand by themselves and go by themselves.  What was paid stays booked
where it was paid: bills and records of calls are not copied as this run's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel
from sqlalchemy import select

from aam.artifacts.drafting import DRAFT
from aam.artifacts.recorded_calls import EARLIER, INTERACTIONS, digest_in
from aam.artifacts.schemas import CHECKED, READINGS, Interaction
from aam.costs.estimates import PaidModels, paid_models
from aam.foundation.storage import ObjectMissing
from aam.media.schemas import MediaFacts
from aam.media.steps import expected_charges
from aam.pipeline import runs
from aam.pipeline.budget import reserve
from aam.pipeline.context import write_context
from aam.pipeline.errors import ResultsGone
from aam.pipeline.load_context import load_context
from aam.pipeline.models import ProcessingRun, Stage
from aam.pipeline.schemas import RunContext
from aam.pipeline.stages import ORDER
from aam.pipeline.steps import Step
from aam.transcription.models import TranscriptRow
from aam.transcription.prepared_audio import DEEPGRAM_REPLY, AudioWindow, Engine, PreparedAudio
from aam.transcription.repository import OBJECT as TRANSCRIPT
from aam.transcription.repository import transcript_in_use
from aam.uploads.models import UploadBlob

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

PREPARED, WINDOWS = "prepared.json", "windows/"

Begin = Literal["extract_audio", "transcribe", "save_transcript", "write_artifacts", "verify_evidence", "finish"]


class Resumed(BaseModel):
    """Stage at which the state machine continues, and for recognition its input; or that the run waits for a budget."""

    admitted: bool
    begins_at: Begin
    engine: Engine = "deepgram"
    windows: tuple[AudioWindow, ...] = ()


def resume(step: Step) -> Resumed:
    """Copy what the earlier attempt had made before the stage at which this one begins, and reserve the rest's cost.

    The stage that follows is claimed here where its worker has no database.  Raises ResultsGone.
    """
    stage = Stage(step.run.from_stage)
    with step.open_statements() as session:
        context = load_context(session, step.run)
        stopped = stage_of_earlier(session, step)
        facts = facts_of(session, step)
        transcript_key = session.scalar(
            select(TranscriptRow.key).where(TranscriptRow.id == transcript_in_use(step.run))
        )
    write_context(step.store, step.run, context)
    found = EarlierAttempt(step, stage, transcript_key=transcript_key, goes_on=stopped is stage)
    begins_at, prepared = found.copy_results(context)
    admitted = reserve(
        expected_charges(step, context, facts=facts, models=still_to_pay(paid_models(), begins_at)),
        run=step.run,
        open_statements=step.open_statements,
        open_transaction=step.open_transaction,
        now=step.clock(),
    )
    taken = Resumed(admitted=admitted, begins_at=begins_at)
    if prepared is not None:
        taken = taken.model_copy(update={"engine": prepared.engine, "windows": prepared.windows})
    if admitted and begins_at in ("transcribe", "write_artifacts"):
        with step.open_statements() as session:
            runs.begin_stage(session, run_id=step.run.run_id, stage=Stage(begins_at), now=step.clock())
    return taken


def stage_of_earlier(session: Session, step: Step) -> Stage:
    """Return the stage at which the earlier attempt stopped; raises ResultsGone when its results are gone."""
    stage = session.scalar(select(ProcessingRun.stage).where(ProcessingRun.id == step.run.takes_over))
    if stage is None:
        raise ResultsGone
    return Stage(stage)


def facts_of(session: Session, step: Step) -> MediaFacts | None:
    """Return the recording's facts from an earlier attempt."""
    facts = session.scalar(select(UploadBlob.media_facts).where(UploadBlob.id == step.run.upload_id))
    return MediaFacts.model_validate(facts) if facts and facts.get("kind") != "transcript" else None


def still_to_pay(models: PaidModels, begins_at: Begin) -> PaidModels:
    """Return the models that the run has yet to use."""
    after = {"save_transcript": ORDER[Stage.TRANSCRIBE] + 1}.get(begins_at)
    place = after if after is not None else ORDER[Stage(begins_at)]

    def ahead(model: str | None, stage: Stage) -> str | None:
        return model if ORDER[stage] >= place else None

    return PaidModels(
        speech=ahead(models.speech, Stage.TRANSCRIBE),
        text=ahead(models.text, Stage.WRITE_ARTIFACTS),
        reader=ahead(models.reader, Stage.CONFIRM_MEANING),
    )


class EarlierAttempt:
    """The objects of the attempt before; ``goes_on``: it had begun the very stage at which this one begins.

    Then what a vendor has answered within that stage is copied as well.  A stage that is repeated on purpose asks its
    vendor anew.
    """

    def __init__(self, step: Step, stage: Stage, *, transcript_key: str | None, goes_on: bool) -> None:
        self._store, self._run, self._transcript_key = step.store, step.run, transcript_key
        self._stage, self._goes_on = stage, goes_on
        prefix = self._run.earlier("")
        self._names = {key.removeprefix(prefix) for key in self._store.keys(prefix)}

    def copy_results(self, context: RunContext) -> tuple[Begin, PreparedAudio | None]:
        """Copy what is needed; says where the run goes on, and what was extracted.  Raises ResultsGone."""
        if self._stage is Stage.EXTRACT_AUDIO:
            return ("save_transcript" if context.upload.is_transcript else "extract_audio"), None
        prepared = None if context.upload.is_transcript else self._copy_audio()
        if self._stage is Stage.TRANSCRIBE:
            if context.upload.is_transcript:
                return "save_transcript", None
            if prepared is None:
                raise ResultsGone
            return self._copy_reply(prepared), prepared
        self._copy_optional(name for name in self._names if name == DEEPGRAM_REPLY or name.startswith(WINDOWS))
        self._copy_transcript()
        if self._stage is Stage.WRITE_ARTIFACTS:
            if self._goes_on:
                self._copy_calls()
            return "write_artifacts", prepared
        if self._stage is Stage.FINISH:
            self._copy(CHECKED)
            self._copy_optional({READINGS} & self._names)
            return "finish", prepared
        self._copy(DRAFT)
        if self._stage is Stage.CONFIRM_MEANING and self._goes_on:
            self._copy_calls()
        return "verify_evidence", prepared  # it costs nothing, and says what the second reader is asked about

    def _copy_audio(self) -> PreparedAudio | None:
        """Copy the extracted audio under this run's own keys; None where it is not kept any more."""
        try:
            found = PreparedAudio.model_validate_json(self._store.read(self._run.earlier(PREPARED)))
            outputs = []
            for output in found.audio.outputs:
                name = output.key.rpartition("/")[2]
                self._copy(name)
                outputs.append(output.model_copy(update={"key": self._run.derived(name)}))
        except (ObjectMissing, ResultsGone):
            return None
        audio = found.audio.model_copy(update={"outputs": tuple(outputs)})
        prepared = found.model_copy(update={"audio": audio})
        self._store.write(
            self._run.derived(PREPARED), prepared.model_dump_json().encode(), content_type="application/json"
        )
        return prepared

    def _copy_transcript(self) -> None:
        """Copy the transcript by its row, whichever attempt wrote it."""
        if self._transcript_key is None:
            raise ResultsGone
        try:
            self._store.copy(self._transcript_key, self._run.derived(TRANSCRIPT))
        except ObjectMissing:
            raise ResultsGone from None

    def _copy_reply(self, prepared: PreparedAudio) -> Begin:
        """Copy a finished recognition, where the earlier attempt failed after it."""
        if not self._goes_on:
            return "transcribe"
        if prepared.engine == "deepgram" and DEEPGRAM_REPLY in self._names:
            self._copy(DEEPGRAM_REPLY)
            return "save_transcript"
        heard = {window.result for window in prepared.windows} & self._names
        self._copy_optional(heard)  # of a service's pieces each is paid
        return "save_transcript" if prepared.windows and len(heard) == len(prepared.windows) else "transcribe"

    def _copy_calls(self) -> None:
        """Copy the model's stored answers, apart from this run's own calls: they are paid."""
        for name in sorted(self._names):
            if name.startswith((INTERACTIONS, EARLIER)) and digest_in(name):
                body = self._store.read(self._run.earlier(name))
                if Interaction.model_validate_json(body).outcome == "ok":
                    target = self._run.derived(f"{EARLIER}{name.rpartition('/')[2]}")
                    self._store.write(target, body, content_type="application/json")

    def _copy_optional(self, names: Iterable[str]) -> None:
        for name in sorted(names):
            self._store.copy(self._run.earlier(name), self._run.derived(name))

    def _copy(self, name: str) -> None:
        if name not in self._names:
            raise ResultsGone
        self._store.copy(self._run.earlier(name), self._run.derived(name))
