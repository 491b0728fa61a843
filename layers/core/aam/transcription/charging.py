"""What a run's transcription has cost, by the vendor's own reply."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import ConfigDict, Field, ValidationError

from aam.costs.estimates import paid_options, priced_model
from aam.costs.ledger import book
from aam.costs.models import CostKind
from aam.costs.prices import Charge, Speech, price_of_speech
from aam.foundation.schemas import IfPlausible, Storable, Value
from aam.foundation.storage import ObjectMissing, ObjectStore
from aam.pipeline.budget import account_of
from aam.pipeline.schemas import RunContext, RunInput
from aam.transcription.prepared import PreparedAudio

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

GENERAL = "general-"
"""What Deepgram puts before the name of a model that is not made for one trade."""


HEARD_MOST_S = 24 * 3600
"""More seconds than any recording that we take has; a report beyond is none."""


class _Loose(Value):
    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)


class _Model(_Loose):
    name: Annotated[Storable, Field(max_length=200)] = ""
    arch: Annotated[Storable, Field(max_length=200)] = ""


class _Metadata(_Loose):
    duration: Annotated[float | None, Field(ge=0, le=HEARD_MOST_S), IfPlausible] = None
    model_info: dict[str, _Model] = Field(default_factory=dict)


class _Billed(_Loose):
    """What a reply of Deepgram's says of itself: seconds heard, and by which model."""

    metadata: _Metadata = _Metadata()


def transcription_charges(context: RunContext, store: ObjectStore, *, on: date) -> tuple[Charge, ...]:
    """What Deepgram charges for the reply that is stored; nothing where it has not answered or was not asked.

    The length is that of the reply, each channel of a multichannel recording counted by itself.
    """
    if context.upload.is_transcript:
        return ()
    try:
        prepared = PreparedAudio.model_validate_json(store.read(context.run.derived("prepared.json")))
        if prepared.engine != "deepgram":
            return ()
        reply = store.read(context.run.derived("deepgram.json"))
    except ObjectMissing:
        return ()
    try:
        said = _Billed.model_validate_json(reply).metadata
    except ValidationError:
        said = _Metadata()
    model = next(iter(said.model_info.values()), _Model())
    duration_ms = prepared.audio.duration_ms if said.duration is None else round(said.duration * 1000)
    name = model.arch or model.name.removeprefix(GENERAL) or "unknown"
    speech = Speech(
        model=priced_model(name, context.language),
        duration_ms=duration_ms,
        channels=max(1, *(output.channels for output in prepared.audio.outputs)),
        options=paid_options(context.speech, context.language, model=name),
    )
    return (price_of_speech(speech, on=on),)


def charge_failed_transcription(session: Session, *, run: RunInput, store: ObjectStore, now: datetime) -> None:
    """Book what a failed run's transcription has cost; what was booked before is booked the same."""
    try:
        context = RunContext.model_validate_json(store.read(run.derived("context.json")))
    except ObjectMissing:
        return
    charges = transcription_charges(context, store, on=now.date())
    book(session, charges, to=account_of(run), kind=CostKind.ACTUAL, now=now)
