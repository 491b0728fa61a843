"""Draft of an engine, and the artifacts that are left of it after its evidence was checked."""

from __future__ import annotations

from enum import StrEnum

from pydantic import ConfigDict, Field

from aam.foundation.schemas import Storable, Value


class Priority(StrEnum):
    """Importance of an item."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Support(StrEnum):
    """Support of an item.

    Supported: its quotes stand, its facts agree, and its meaning was confirmed.  Quoted: its quotes stand and its
    facts agree, but nothing has confirmed its meaning.  Unsupported: it does not hold.
    """

    SUPPORTED = "supported"
    QUOTED = "quoted"
    UNSUPPORTED = "unsupported"


class FieldKind(StrEnum):
    """Kind of a typed field, which decides how its support is checked."""

    PERSON = "person"
    DATE = "date"
    AMOUNT = "amount"
    TEXT = "text"
    CHOICE = "choice"


class Exact(Value):
    """A value that takes no fields it does not know."""

    model_config = ConfigDict(extra="forbid")


class DraftQuote(Exact):
    """A quote as the engine gave it, and the utterance that it cites."""

    quote: Storable
    utterance_id: int


class ItemField(Exact):
    """A typed field of an item; the value None means "not stated"."""

    name: str
    kind: FieldKind
    value: Storable | None = None


class DraftItem(Exact):
    """An item before any check."""

    text: Storable
    priority: Priority = Priority.MEDIUM
    fields: tuple[ItemField, ...] = ()
    quotes: tuple[DraftQuote, ...] = ()


class DraftSection(Exact):
    """A section before any check; ``left_out`` counts what its engine found beyond the items that it may give."""

    kind: str
    title: str
    items: tuple[DraftItem, ...] = ()
    left_out: int = 0


class DraftArtifacts(Exact):
    """Draft of a transcript by an engine; ``label`` tells its readers about its quality."""

    engine: str
    model: str
    prompt_version: str
    label: str | None = None
    language: str
    sections: tuple[DraftSection, ...]


class Quote(Exact):
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


class RejectedQuote(Exact):
    """A quote that does not stand where it was said to stand."""

    quote: str
    utterance_id: int
    reason: str


class Problem(Exact):
    """Finding of the check: a stable code, the field or None for the text, and the words it is about."""

    code: str
    field: str | None = None
    about: str = ""


class Item(Exact):
    """An item after the check."""

    id: str
    text: str
    priority: Priority
    fields: tuple[ItemField, ...] = ()
    quotes: tuple[Quote, ...] = ()
    rejected_quotes: tuple[RejectedQuote, ...] = ()
    support: Support
    problems: tuple[Problem, ...] = ()


class Section(Exact):
    """A section after the check: ``items`` are supported or quoted, what is unsupported stands apart."""

    kind: str
    title: str
    items: tuple[Item, ...] = ()
    unsupported: tuple[Item, ...] = ()
    left_out: int = 0


class SecondReader(Exact):
    """Outcome of asking a second reader about the meaning of quoted items.

    ``outcome`` is "ok" where it was asked about all of them, otherwise the code of what kept it from that.
    """

    outcome: str
    model: str | None = None
    prompt_version: str | None = None


class CheckedArtifacts(Exact):
    """Artifacts after the check; ``second_reader`` is None where none was to be asked."""

    engine: str
    model: str
    prompt_version: str
    label: str | None = None
    language: str
    sections: tuple[Section, ...]
    second_reader: SecondReader | None = None

    @property
    def supported_count(self) -> int:
        """Return the number of supported items in all sections."""
        return self._count(Support.SUPPORTED)

    @property
    def quoted_count(self) -> int:
        """Return the number of quoted items in all sections."""
        return self._count(Support.QUOTED)

    @property
    def unsupported_count(self) -> int:
        """Return the number of unsupported items in all sections."""
        return sum(len(section.unsupported) for section in self.sections)

    def _count(self, support: Support) -> int:
        return sum(item.support is support for section in self.sections for item in section.items)


class Limits(Exact):
    """Limits on the work for one document.

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
