"""The worker that drafts; it needs no database, so that it can run outside its network."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from aam.artifacts.catalogue import Scenario, load_catalogue
from aam.artifacts.recorded_calls import RecordedCalls
from aam.artifacts.schemas import DraftArtifacts
from aam.foundation.settings import Environment, StandInSettings, load
from aam.foundation.vendor_keys import vendor_keys
from aam.pipeline.schemas import RunContext, Stored
from aam.pipeline.tasks import Job
from aam.transcription.schemas import Transcript

if TYPE_CHECKING:
    from aam.artifacts.openai import OpenAISettings

DRAFT = "draft.json"
GENERAL = "general"
_REASONING = ("gpt-5", "o3", "o4")


MADE_UP = "made up by a stand-in of the language model"
"""The label of minutes that no model wrote, lest a reader take them for real."""


class DraftingSettings(Environment):
    """Engine that drafts (auto is OpenAI where a key is stored), and the settings of its model.

    A window's size is counted in tokens of four bytes.  An effort of "default" sends none, "auto" is low for OpenAI's
    own reasoning models: to copy out what was said takes little thought, and thoughts are paid.
    """

    artifacts_engine: Literal["auto", "openai", "extractive"] = Field(alias="ARTIFACTS_ENGINE", default="auto")
    openai_base_url: str = Field(alias="OPENAI_BASE_URL")
    openai_model: str = Field(alias="OPENAI_MODEL")
    openai_window_tokens: int = Field(alias="OPENAI_WINDOW_SIZE", default=30_000, ge=500)
    openai_max_output_tokens: int = Field(alias="OPENAI_MAX_OUTPUT", default=16_000, ge=500)
    openai_timeout_s: int = Field(alias="OPENAI_TIMEOUT_S", default=240, ge=1)
    openai_reasoning_effort: Literal["auto", "default", "none", "minimal", "low", "medium", "high"] = Field(
        alias="OPENAI_REASONING_EFFORT", default="auto"
    )

    def effort(self, model: str) -> str:
        """Return the effort that is sent to a model, or nothing."""
        from aam.artifacts.openai import OPENAIS

        if self.openai_reasoning_effort == "auto":
            thinks = model.startswith(_REASONING) and self.openai_base_url.startswith(OPENAIS)
            return "low" if thinks else ""
        return "" if self.openai_reasoning_effort == "default" else self.openai_reasoning_effort

    def chat(self, *, key: str, model: str) -> OpenAISettings:
        """Return the settings of a chat, for whichever model."""
        from aam.artifacts.openai import OpenAISettings

        return OpenAISettings(
            api_key=key or "none",  # servers of one's own often want no key, the SDK always wants one
            model=model,
            base_url=self.openai_base_url,
            timeout_s=self.openai_timeout_s,
            window_tokens=self.openai_window_tokens,
            max_output_tokens=self.openai_max_output_tokens,
            effort=self.effort(model),
        )


def draft_artifacts(job: Job, *, time_left: Callable[[], float]) -> Stored:
    """Draft the sections of the meeting's scenario and store them; every call on the way has a record of its own.

    ``time_left`` gives the seconds for which the worker may still run.  Raises the Model… leaves of
    `aam.artifacts.errors`, MeetingTooLong, and VendorBusy when the work has to wait: it then goes on where it stopped.
    """
    run = job.context.run
    transcript = Transcript.model_validate_json(job.store.read(run.derived("transcript.json")))
    drafted = _draft(job, transcript, time_left)
    job.store.write(run.derived(DRAFT), drafted.model_dump_json().encode(), content_type="application/json")
    return Stored(name=DRAFT)


def _draft(job: Job, transcript: Transcript, time_left: Callable[[], float]) -> DraftArtifacts:
    """Ask the engine that the settings name, or that the stored keys allow."""
    settings, context = load(DraftingSettings), job.context
    people = [person.full_name for person in context.participants]
    scenario = scenario_of(context)
    language = context.summary_language
    key = "" if settings.artifacts_engine == "extractive" else vendor_keys().openai.get_secret_value()
    if settings.artifacts_engine == "extractive" or (settings.artifacts_engine == "auto" and not key):
        from aam.artifacts.extractive.engine import draft_extractively

        return draft_extractively(transcript, scenario=scenario, people=people, language=language)
    from aam.artifacts.minutes import write_minutes
    from aam.artifacts.model_client import ModelClient
    from aam.artifacts.openai import ChatServer

    asked = settings.chat(key=key, model=settings.openai_model)
    with ChatServer(asked) as server:
        drafted = write_minutes(
            transcript,
            scenario=scenario,
            people=people,
            language=language,
            meeting_date=context.held_at.date(),
            client=ModelClient(
                server,
                records=RecordedCalls(job.store, context.run),
                limiter=job.limiter,
                attempt=context.attempt,
                time_left=time_left,
            ),
            window_tokens=asked.window_tokens,
        )
    return drafted.model_copy(update={"label": MADE_UP}) if load(StandInSettings).stand_ins else drafted


def scenario_of(context: RunContext) -> Scenario:
    """Return the meeting's scenario, that of its type, or the general one."""
    catalogue = load_catalogue()
    if context.scenario_key:
        return catalogue.scenario(context.scenario_key)
    if context.meeting_type_key and context.meeting_type_key in catalogue.meeting_types:
        return catalogue.scenario(catalogue.meeting_types[context.meeting_type_key].scenario)
    return catalogue.scenario(GENERAL)
