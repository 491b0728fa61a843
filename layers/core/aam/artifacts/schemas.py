"""Results of the engines; the values themselves belong to the evidence that checks them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from aam.evidence.schemas import (
    CheckedArtifacts,
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
    Support,
)
from aam.foundation.schemas import IfPlausible, Storable, Value

Artifacts = CheckedArtifacts

__all__ = [
    "Artifacts",
    "CheckedArtifacts",
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
    "Support",
]


CHECKED, READINGS = "artifacts.json", "readings.json"
"""The derived objects of what code has checked, and of what the second reader says about it."""


class Purpose(StrEnum):
    """Purpose of a call: a window of the transcript, merging windows, repairing an answer's form, or reading.

    Reading is the second reader's: it writes nothing, and says what quotes support.
    """

    MAP = "map"
    REDUCE = "reduce"
    REPAIR = "repair"
    READ = "read"


TOKENS_MAX = 10_000_000
"""More than any model takes or gives at once; a report beyond is none."""

TokenCount = Annotated[int | None, Field(ge=0, le=TOKENS_MAX), IfPlausible]
"""Tokens as a service reports them; None where it says nothing, or nothing that can be."""

ModelName = Annotated[Storable, AfterValidator(lambda name: name[:200])]
"""The name that a server gives its model."""


class Interaction(Value):
    """One call of a language model, whatever its outcome.

    ``outcome`` is "ok" for an answer that was used, otherwise the code of the error; tokens are None where the service
    reported none, and ``cached_tokens`` are those of ``input_tokens`` that it knew already.  ``prompt`` and
    ``response`` are the meeting's content and never belong in a log.
    """

    engine: str
    model: ModelName
    purpose: Purpose = Purpose.MAP
    prompt_version: str
    attempt: int
    outcome: str
    request_id: Storable | None = None
    duration_ms: int
    input_tokens: TokenCount = None
    cached_tokens: TokenCount = None
    output_tokens: TokenCount = None
    prompt: Storable
    response: Storable | None = None
