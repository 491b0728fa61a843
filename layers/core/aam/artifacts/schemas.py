"""What the engines hand over; the values themselves belong to the evidence that checks them."""

from __future__ import annotations

from enum import StrEnum

from aam.evidence.schemas import (
    DraftArtifacts,
    DraftItem,
    DraftQuote,
    DraftSection,
    FieldKind,
    Item,
    ItemField,
    Priority,
    Problem,
    Quote,
    RejectedQuote,
    Section,
    VerifiedArtifacts,
)
from aam.foundation.schemas import Value

Artifacts = VerifiedArtifacts

__all__ = [
    "Artifacts",
    "DraftArtifacts",
    "DraftItem",
    "DraftQuote",
    "DraftSection",
    "FieldKind",
    "Interaction",
    "Item",
    "ItemField",
    "Priority",
    "Problem",
    "Purpose",
    "Quote",
    "RejectedQuote",
    "Section",
    "VerifiedArtifacts",
]


class Purpose(StrEnum):
    """What a call was for: a window of the transcript, putting windows together, or mending an answer's form."""

    MAP = "map"
    REDUCE = "reduce"
    REPAIR = "repair"


class Interaction(Value):
    """One call of a language model, whatever came of it.

    ``outcome`` is "ok" for an answer that was used, otherwise the code of the error; tokens are None where the service
    reported none, and ``cached_tokens`` are those of ``input_tokens`` that it knew already.  ``prompt`` and
    ``response`` are the meeting's content and never belong in a log.
    """

    engine: str
    model: str
    purpose: Purpose = Purpose.MAP
    prompt_version: str
    attempt: int
    outcome: str
    request_id: str | None = None
    duration_ms: int
    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    prompt: str
    response: str | None = None
