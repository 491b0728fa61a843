"""The one canonical transcript that every engine and every imported file ends in."""

from __future__ import annotations

from pydantic import Field

from aam.foundation.schemas import Value

IMPORT = "import"
"""The engine of a transcript that was brought."""


class Word(Value):
    """The smallest piece of an utterance whose times are known: a word from an engine, a whole cue from captions.

    Times are milliseconds from the start of the recording.
    """

    text: str
    start_ms: int = Field(ge=0)
    end_ms: int = Field(ge=0)
    confidence: float | None = Field(default=None, ge=0, le=1)


class Utterance(Value):
    """Speech of one speaker without a break.

    ``id`` counts from 1 in the order of time and is what evidence cites.  Times are milliseconds, or None where the
    source has none (plain text).
    """

    id: int = Field(ge=1)
    speaker: str
    channel: int | None = None
    start_ms: int | None = Field(default=None, ge=0)
    end_ms: int | None = Field(default=None, ge=0)
    text: str
    confidence: float | None = Field(default=None, ge=0, le=1)
    words: tuple[Word, ...] = ()


class Transcript(Value):
    """A whole transcript; the first version of a meeting's transcript never changes.

    ``label`` is what people must be told about its quality, such as "draft, English"; ``notes`` say what an import
    had to normalise.
    """

    language: str
    engine: str
    model: str
    version: str
    label: str | None = None
    notes: tuple[str, ...] = ()
    utterances: tuple[Utterance, ...]

    @property
    def has_timing(self) -> bool:
        """Return whether every utterance has times."""
        return all(u.start_ms is not None and u.end_ms is not None for u in self.utterances)

    @property
    def duration_ms(self) -> int | None:
        """Return the end of the last utterance, or None without timing."""
        ends = [u.end_ms for u in self.utterances if u.end_ms is not None]
        return max(ends) if ends else None
