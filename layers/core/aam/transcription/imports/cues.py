"""What every textual format is read into before it becomes a transcript."""

from __future__ import annotations

import re
from dataclasses import dataclass

DEFAULT_SPEAKER = "Speaker 1"

# At most four words that begin with a capital letter or are a number or an initial, then a colon and a
# space: "Anna:", "О. Петренко:", "Speaker 2:".  A URL has no space after its colon, a time begins with a
# digit.
_PREFIX = re.compile(r"([^\W\d_][\w.'’ʼ\-]{0,39}(?: [\w.'’ʼ\-]{1,40}){0,3}):[ \t]+(?=\S)")
_MAX_NAME = 60


@dataclass(frozen=True)
class Cue:
    """One cue as its file has it; times in milliseconds, or None in a format without them."""

    number: int
    speaker: str | None
    start_ms: int | None
    end_ms: int | None
    text: str


def one_line(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())


def split_speaker(text: str) -> tuple[str | None, str]:
    """Split ``Name: text`` into the name and the text; the name is None where the line has no such prefix."""
    found = _PREFIX.match(text)
    if found is None or not _name_like(found.group(1)):
        return None, text
    return found.group(1), text[found.end() :]


def is_label(name: str) -> bool:
    """Whether a speaker's name survives being written as a ``Name: text`` prefix."""
    return split_speaker(f"{name}: x") == (name, "x")


def _name_like(name: str) -> bool:
    words = name.split(" ")
    return len(name) <= _MAX_NAME and words[0][:1].isupper() and all(w[:1].isupper() or w[:1].isdigit() for w in words)
