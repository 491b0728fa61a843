"""The worker that drafts; it needs no database, so that it can run outside its network."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, TypeAdapter

from aam.artifacts.catalogue import Scenario, load_catalogue
from aam.artifacts.errors import CallFailed
from aam.artifacts.schemas import Drafted, Interaction
from aam.foundation.clock import new_id
from aam.foundation.errors import AppError
from aam.foundation.settings import Environment, load
from aam.foundation.storage import ObjectStore
from aam.foundation.vendor_keys import vendor_keys
from aam.pipeline.schemas import RunContext, Stored
from aam.transcription.schemas import Transcript

DRAFT = "draft.json"
INTERACTIONS = "interactions/"
GENERAL = "general"
interactions_json = TypeAdapter(tuple[Interaction, ...])


class DraftingSettings(Environment):
    """Which engine drafts; auto is OpenAI where a key is stored."""

    artifacts_engine: Literal["auto", "openai", "extractive"] = Field(alias="ARTIFACTS_ENGINE", default="auto")
    openai_base_url: str = Field(alias="OPENAI_BASE_URL")
    openai_model: str = Field(alias="OPENAI_MODEL")


def draft_artifacts(context: RunContext, store: ObjectStore) -> Stored:
    """Draft the sections of the meeting's scenario and store them, with the record of every call that it took.

    Raises the Model… leaves of `aam.artifacts.errors` and MeetingTooLong; the record of a failed call is stored too.
    """
    transcript = Transcript.model_validate_json(store.read(context.run.derived("transcript.json")))
    try:
        drafted = draft(context, transcript)
    except AppError as error:
        if isinstance(error, CallFailed) and error.interaction is not None:
            store_interactions(context, store, (error.interaction,))
        raise
    store_interactions(context, store, drafted.interactions)
    store.write(context.run.derived(DRAFT), drafted.draft.model_dump_json().encode(), content_type="application/json")
    return Stored(name=DRAFT)


def draft(context: RunContext, transcript: Transcript) -> Drafted:
    """Ask the engine that the settings name, or that the stored keys allow."""
    settings = load(DraftingSettings)
    people = [person.full_name for person in context.participants]
    scenario = scenario_of(context)
    key = "" if settings.artifacts_engine == "extractive" else vendor_keys().openai.get_secret_value()
    if settings.artifacts_engine == "extractive" or (settings.artifacts_engine == "auto" and not key):
        from aam.artifacts.extractive import draft_extractively

        return draft_extractively(transcript, scenario=scenario, people=people)
    from aam.artifacts.openai import OpenAISettings, draft_with_openai

    return draft_with_openai(
        transcript,
        scenario=scenario,
        people=people,
        settings=OpenAISettings(
            api_key=key or "none",  # servers of one's own often want no key, the SDK always wants one
            model=settings.openai_model,
            base_url=settings.openai_base_url,
        ),
        attempt=context.attempt,
    )


def scenario_of(context: RunContext) -> Scenario:
    """The meeting's scenario, that of its type, or the general one."""
    catalogue = load_catalogue()
    if context.scenario_key:
        return catalogue.scenario(context.scenario_key)
    if context.meeting_type_key and context.meeting_type_key in catalogue.meeting_types:
        return catalogue.scenario(catalogue.meeting_types[context.meeting_type_key].scenario)
    return catalogue.scenario(GENERAL)


def store_interactions(context: RunContext, store: ObjectStore, interactions: tuple[Interaction, ...]) -> None:
    """Keep the record of calls for the step with a database; each invocation writes an object of its own."""
    if interactions:
        store.write(
            context.run.derived(f"{INTERACTIONS}{new_id()}.json"),
            interactions_json.dump_json(interactions),
            content_type="application/json",
        )
