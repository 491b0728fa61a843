"""What the engines hand over; the values themselves belong to the evidence that checks them."""

from __future__ import annotations

from dataclasses import dataclass

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
    "Drafted",
    "FieldKind",
    "Interaction",
    "Item",
    "ItemField",
    "Priority",
    "Problem",
    "Quote",
    "RejectedQuote",
    "Section",
    "VerifiedArtifacts",
]


class Interaction(Value):
    """One call of a language model, whatever came of it.

    ``outcome`` is "ok" or the code of the error; tokens are None where the service reported none;
    ``prompt`` and ``response`` are the meeting's content and never belong in a log.
    """

    engine: str
    model: str
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


@dataclass(frozen=True)
class Drafted:
    """A draft and the calls that it took."""

    draft: DraftArtifacts
    interactions: tuple[Interaction, ...] = ()
