"""The first step of a run: read the meeting once, look what the upload is, and reserve what it may cost."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel
from sqlalchemy import update

from aam.costs.estimates import PaidModels, Workload, estimate, paid_models
from aam.costs.prices import Charge
from aam.foundation.storage import ObjectMissing, ObjectStore
from aam.media.schemas import MediaFacts
from aam.media.service import probe
from aam.media.sniffing import HEAD_BYTES, kind_of_head
from aam.pipeline.budget import reserve
from aam.pipeline.context import write_context
from aam.pipeline.load_context import load_context
from aam.pipeline.runs import while_current
from aam.pipeline.schemas import RunContext
from aam.pipeline.steps import Step
from aam.uploads.facts import TranscriptFacts, announces_transcript
from aam.uploads.models import UploadBlob

SOURCE_URL_LIFETIME_S = 3600
"""Longer than any step may take; the address never leaves our own functions."""


class Probed(BaseModel):
    """Kind of the upload, and whether its cost fits the budget; otherwise the run waits and its execution ends."""

    kind: Literal["recording", "transcript"]
    admitted: bool


def look_at_upload(step: Step) -> Probed:
    """Write context.json for the later steps; for a recording, note what it says of itself.

    Then what the run may cost is reserved.  Raises leaves of `aam.media.errors`.
    """
    with step.open_statements() as session:
        context = with_kind(load_context(session, step.run), step.store)
    write_context(step.store, step.run, context)
    if context.upload.is_transcript:
        note_facts(step, TranscriptFacts())
        return Probed(kind="transcript", admitted=admitted(step, context, facts=None))
    facts = probe(step.store.presigned_get(context.upload.key, expires_s=SOURCE_URL_LIFETIME_S))
    note_facts(step, facts)
    return Probed(kind="recording", admitted=admitted(step, context, facts=facts))


def with_kind(context: RunContext, store: ObjectStore) -> RunContext:
    """Return the context with the upload's kind by its content; by its name where it cannot be read yet."""
    upload = context.upload
    if not upload.size_bytes:
        return context
    try:
        head = store.read_range(upload.key, 0, HEAD_BYTES - 1)
    except ObjectMissing:
        return context
    kind = kind_of_head(head, announced=announces_transcript(upload.filename, upload.content_type))
    return context.model_copy(update={"upload": upload.model_copy(update={"kind": kind})})


def note_facts(step: Step, facts: MediaFacts | TranscriptFacts) -> None:
    """Keep with the upload what was found of its content, while the run is current."""
    with step.open_statements() as session:
        session.execute(
            update(UploadBlob)
            .where(UploadBlob.id == step.run.upload_id, while_current(step.run.run_id))
            .values(media_facts=facts.model_dump(mode="json"))
        )


def admitted(step: Step, context: RunContext, *, facts: MediaFacts | None) -> bool:
    """Reserve what the run may cost, or let it wait; says whether it may go on."""
    return reserve(
        expected_charges(step, context, facts=facts, models=paid_models()),
        run=step.run,
        open_statements=step.open_statements,
        open_transaction=step.open_transaction,
        now=step.clock(),
    )


def expected_charges(
    step: Step, context: RunContext, *, facts: MediaFacts | None, models: PaidModels
) -> tuple[Charge, ...]:
    """Return the highest cost of the run by these models.

    Two channels that may turn out to be two speakers are paid for twice.
    """
    speakers = facts is not None and facts.channels == 2 and context.channels_are_speakers is not False
    work = Workload(
        is_transcript=context.upload.is_transcript,
        size_bytes=context.upload.size_bytes,
        content_type=context.upload.content_type,
        language=context.language,
        duration_ms=facts.declared_duration_ms if facts is not None else None,
        channels=2 if speakers else 1,
        asked=context.speech,
    )
    return estimate(work, models, on=step.clock().date())
