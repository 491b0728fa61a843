"""Charge for a run's transcription by the usage that the vendor reported."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from aam.costs.estimates import audio, paid_options, priced_model
from aam.costs.ledger import book
from aam.costs.models import CostKind
from aam.costs.prices import Charge, Speech, price_of_speech, sums_by_model
from aam.foundation.storage import ObjectMissing, ObjectStore
from aam.pipeline.budget import account_of
from aam.pipeline.context import read_context
from aam.pipeline.schemas import RunContext, RunInput
from aam.transcription.prepared_audio import PreparedAudio
from aam.transcription.usage_records import UsageRecord, read_usage_records

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def transcription_charges(context: RunContext, store: ObjectStore, *, on: date) -> tuple[Charge, ...]:
    """Return a speech service's charges for a run, by submission; none where nothing was submitted.

    The length is that of the reply, otherwise the recording's own; each channel of a multichannel recording counts by
    itself.  What no reply speaks of may have been charged: it counts as a whole, and the sum as incomplete.
    """
    if context.upload.is_transcript:
        return ()
    try:
        prepared = PreparedAudio.model_validate_json(store.read(context.run.derived("prepared.json")))
    except ObjectMissing:
        return ()
    if prepared.engine not in ("deepgram", "openai_audio"):
        return ()
    heard = (usage for usage in read_usage_records(store, context.run) if usage.charged)
    return sums_by_model(charge_of(usage, context, prepared, on=on) for usage in heard)


def charge_of(usage: UsageRecord, context: RunContext, prepared: PreparedAudio, *, on: date) -> Charge:
    """Return the cost of one submission."""
    if prepared.engine == "openai_audio":
        heard_s = prepared.audio.duration_ms / 1000 if usage.heard_s is None else usage.heard_s
        charge = price_of_speech(audio(usage.model, round(heard_s * 1000), 1), on=on)
        return charge if usage.certain else charge.model_copy(update={"partial": True})
    speech = Speech(
        model=priced_model(usage.model or "unknown", context.language),
        duration_ms=prepared.audio.duration_ms if usage.heard_s is None else round(usage.heard_s * 1000),
        channels=max(1, *(output.channels for output in prepared.audio.outputs)),
        options=paid_options(context.speech, context.language, model=usage.model),
    )
    charge = price_of_speech(speech, on=on)
    return charge if usage.certain else charge.model_copy(update={"partial": True})


def charge_failed_transcription(session: Session, *, run: RunInput, store: ObjectStore, now: datetime) -> None:
    """Book what a failed run's transcription has cost; what was booked before is booked the same."""
    try:
        context = read_context(store, run)
    except ObjectMissing:
        return
    charges = transcription_charges(context, store, on=now.date())
    book(session, charges, to=account_of(run), kind=CostKind.ACTUAL, now=now)
