"""Common form into which every layout is read before it becomes a transcript."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace

DEFAULT_SPEAKER = "Speaker 1"


@dataclass(frozen=True)
class Line:
    """One line of a cue without markup.

    ``voice`` is the speaker of a voice tag, "" for an anonymous one, None where the line has none.  ``fresh`` says that
    the line times its words one by one, which rolling captions do only where a line is new.
    """

    text: str
    voice: str | None = None
    fresh: bool = False


@dataclass(frozen=True)
class Cue:
    """One cue, or paragraph, as its file has it.

    Times are milliseconds, or None in a layout without them; an end may be None where only the next start tells it.
    ``speaker`` is who the layout names for the whole of it, apart from its lines.
    """

    number: int
    start_ms: int | None
    end_ms: int | None
    lines: tuple[Line, ...]
    speaker: str | None = None

    def with_lines(self, lines: tuple[Line, ...]) -> Cue:
        """Return the same cue with other lines."""
        return replace(self, lines=lines)


@dataclass(frozen=True)
class Turn:
    """Words of one voice in one cue; ``speaker`` is None where the file names none."""

    cue: int
    speaker: str | None
    start_ms: int | None
    end_ms: int | None
    text: str
    begins: bool = False
    """Whether the file marks a new voice here, so that it never continues the turn before."""
    labelled: bool = False
    """Whether a label stands before it."""


def one_line(text: str) -> str:
    """Return the text with every run of white space as one space."""
    return " ".join(text.split())


def visible(text: str) -> str:
    """Return the text without characters that take no room, such as byte order marks and direction marks."""
    return text if text.isascii() else "".join(c for c in text if unicodedata.category(c) != "Cf")
