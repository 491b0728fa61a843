"""What an engine drafts, and what is left of it after its evidence was checked."""

from __future__ import annotations

from enum import StrEnum

from pydantic import ConfigDict, Field

from aam.foundation.schemas import Storable, Value


class Priority(StrEnum):
    """How much an item matters."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Support(StrEnum):
    """What an item rests on.

    Supported: its quotes stand, its facts agree, and its meaning was confirmed.  Quoted: its quotes stand and its
    facts agree, but nothing has confirmed its meaning.  Unsupported: it does not hold.
    """

    SUPPORTED = "supported"
    QUOTED = "quoted"
    UNSUPPORTED = "unsupported"


class FieldKind(StrEnum):
    """What a typed field holds, and so how its support is checked."""

    PERSON = "person"
    DATE = "date"
    AMOUNT = "amount"
    TEXT = "text"
    CHOICE = "choice"


class _Exact(Value):
    model_config = ConfigDict(extra="forbid")


class DraftQuote(_Exact):
    """A quote as the engine gave it, and the utterance that it cites."""

    quote: Storable
    utterance_id: int


class ItemField(_Exact):
    """A typed field of an item; the value None means "not stated"."""

    name: str
    kind: FieldKind
    value: Storable | None = None


class DraftItem(_Exact):
    """An item before any check."""

    text: Storable
    priority: Priority = Priority.MEDIUM
    fields: tuple[ItemField, ...] = ()
    quotes: tuple[DraftQuote, ...] = ()


class DraftSection(_Exact):
    """A section before any check."""

    kind: str
    title: str
    items: tuple[DraftItem, ...] = ()


class DraftArtifacts(_Exact):
    """What an engine made of a transcript; ``label`` is what people must be told about its quality."""

    engine: str
    model: str
    prompt_version: str
    label: str | None = None
    language: str
    sections: tuple[DraftSection, ...]


class Quote(_Exact):
    """A quote that stands in the transcript, in the transcript's own words.

    Times are milliseconds, of the quoted words where the transcript has word times, otherwise of the
    utterance, or None.  ``original`` is what the engine wrote where that differs; ``repaired`` says that it
    differed by more than case, spacing and punctuation, and ``similarity`` by how much (1 = not at all).
    """

    quote: str
    utterance_id: int
    last_utterance_id: int
    start_ms: int | None
    end_ms: int | None
    speaker: str
    original: str | None = None
    repaired: bool = False
    similarity: float = 1.0


class RejectedQuote(_Exact):
    """A quote that does not stand where it was said to stand."""

    quote: str
    utterance_id: int
    reason: str


class Problem(_Exact):
    """What the check found: a stable code, the field or None for the text, and the words it is about."""

    code: str
    field: str | None = None
    about: str = ""


class Item(_Exact):
    """An item after the check."""

    id: str
    text: str
    priority: Priority
    fields: tuple[ItemField, ...] = ()
    quotes: tuple[Quote, ...] = ()
    rejected_quotes: tuple[RejectedQuote, ...] = ()
    support: Support
    problems: tuple[Problem, ...] = ()


class Section(_Exact):
    """A section after the check: ``items`` are supported or quoted, what is unsupported stands apart."""

    kind: str
    title: str
    items: tuple[Item, ...] = ()
    unsupported: tuple[Item, ...] = ()


class CheckedArtifacts(_Exact):
    """Artifacts after the check."""

    engine: str
    model: str
    prompt_version: str
    label: str | None = None
    language: str
    sections: tuple[Section, ...]

    @property
    def supported_count(self) -> int:
        """Supported items in all sections."""
        return self._count(Support.SUPPORTED)

    @property
    def quoted_count(self) -> int:
        """Quoted items in all sections."""
        return self._count(Support.QUOTED)

    @property
    def unsupported_count(self) -> int:
        """Unsupported items in all sections."""
        return sum(len(section.unsupported) for section in self.sections)

    def _count(self, support: Support) -> int:
        return sum(item.support is support for section in self.sections for item in section.items)


class Limits(_Exact):
    """How much work one document may cost.

    Longer texts are unsupported, longer or further quotes are rejected, and once ``repair_steps`` are spent
    quotes are no longer repaired, only sought as they stand.  ``quotes`` counts per item, the other sizes
    per piece.
    """

    text_characters: int = Field(default=20_000, gt=0)
    quote_characters: int = Field(default=20_000, gt=0)
    quotes: int = Field(default=20, gt=0)
    speakers: int = Field(default=2_000, gt=0)
    repair_words: int = Field(default=200, gt=0)
    repair_steps: int = Field(default=12_000_000, ge=0)
