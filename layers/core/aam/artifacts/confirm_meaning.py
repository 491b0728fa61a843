"""The worker that has the meaning of quoted items confirmed; like the one that drafts it needs no database."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import Field

from aam.artifacts.catalogue import load_catalogue
from aam.artifacts.drafting import DraftingSettings
from aam.artifacts.recorded_calls import RecordedCalls
from aam.artifacts.schemas import CHECKED, READINGS, Artifacts
from aam.foundation.settings import load
from aam.foundation.vendor_keys import vendor_keys
from aam.pipeline.schemas import Stored
from aam.pipeline.tasks import Job
from aam.transcription.schemas import Transcript

WAITING_LIMIT_S = 1_800
"""How long the second reader may be waited for: the minutes are there without it."""


class ReaderSettings(DraftingSettings):
    """The second reader's model; an empty one is the model that writes."""

    evidence_reader_model: str = Field(alias="EVIDENCE_READER_MODEL", default="")


def confirm_meaning(job: Job, *, time_left: Callable[[], float]) -> Stored:
    """Ask the second reader about the quoted items and store what it says; every call has a record of its own.

    ``time_left`` gives the seconds for which the worker may still run.  Raises the Model… leaves of
    `aam.artifacts.errors` that no other batch would fare better with, and VendorBusy when the work has to wait: it then
    continues where it stopped.
    """
    from aam.artifacts.model_client import ModelClient
    from aam.artifacts.openai import ChatServer
    from aam.artifacts.second_reader import read_meaning

    run, settings = job.context.run, load(ReaderSettings)
    artifacts = Artifacts.model_validate_json(job.store.read(run.derived(CHECKED)))
    transcript = Transcript.model_validate_json(job.store.read(run.derived("transcript.json")))
    model = settings.evidence_reader_model or settings.openai_model
    with ChatServer(settings.chat(key=vendor_keys().openai.get_secret_value(), model=model)) as server:
        client = ModelClient(
            server,
            records=RecordedCalls(job.store, run),
            limiter=job.limiter,
            attempt=job.context.attempt,
            time_left=time_left,
        )
        readings = read_meaning(artifacts, transcript, prompt=load_catalogue().reader, client=client)
    job.store.write(run.derived(READINGS), readings.model_dump_json().encode(), content_type="application/json")
    return Stored(name=READINGS)
