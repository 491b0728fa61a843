"""The step that checks every quote of the draft and keeps what stands."""

from __future__ import annotations

from aam.artifacts.drafting import DRAFT
from aam.artifacts.records import read_interactions
from aam.artifacts.saving import insert_artifacts, insert_interactions
from aam.evidence.schemas import DraftArtifacts
from aam.evidence.verify import verify
from aam.pipeline.schemas import Stored
from aam.pipeline.steps import Step
from aam.transcription.schemas import Transcript


def verify_draft(step: Step) -> Stored:
    """Check the draft against the transcript and keep the artifacts, what is unsupported apart."""
    context = step.context()
    transcript = Transcript.model_validate_json(step.store.read(step.run.derived("transcript.json")))
    artifacts = verify(
        DraftArtifacts.model_validate_json(step.store.read(step.run.derived(DRAFT))),
        transcript=transcript,
        people=[person.full_name for person in context.participants],
        meeting_date=context.held_at.date(),
    )
    name = "artifacts.json"
    step.store.write(step.run.derived(name), artifacts.model_dump_json().encode(), content_type="application/json")
    interactions = read_interactions(step.store, step.run)
    with step.current() as session:
        insert_artifacts(session, run=step.run, artifacts=artifacts)
        insert_interactions(
            session,
            run=step.run,
            attempt=context.attempt,
            interactions=interactions,
            succeeded=True,
            now=step.clock(),
        )
    return Stored(name=name)
