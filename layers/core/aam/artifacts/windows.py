"""Lay out a transcript for a model: a short line per utterance, in windows that are cut between utterances.

Sizes are counted in tokens of four bytes, as `tokens_of` does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aam.transcription.schemas import Transcript

BYTES_PER_TOKEN = 4
MIN_WINDOW_TOKENS = 250
"""Below this a window is not cut further: what does not fit then is not a matter of length."""
_LINE_BYTES = 1_000
_SLICE = 250
_NAME_CHARACTERS = 80
_PAUSE_SHARE = 10


@dataclass(frozen=True)
class Line:
    """Line of one utterance, or of a piece of a very long one; the pause before it is in milliseconds."""

    utterance_id: int
    speaker: str
    text: str
    pause_ms: int = 0

    @property
    def size(self) -> int:
        """Return the bytes of the text with its number and letter."""
        return len(self.text.encode()) + 8


@dataclass(frozen=True)
class Window:
    """Consecutive lines that one request shows; ``part`` says which of how many."""

    lines: tuple[Line, ...]
    part: str

    @property
    def tokens(self) -> int:
        """About how many tokens the lines take."""
        return sum(line.size for line in self.lines) // BYTES_PER_TOKEN

    @property
    def utterance_ids(self) -> tuple[int, ...]:
        """Return the utterance behind each number that the model sees, which count from 1."""
        return tuple(line.utterance_id for line in self.lines)


def tokens_of(text: str) -> int:
    """Return an estimate of tokens: right for English, high for Russian and Ukrainian, without a vocabulary."""
    return -(-len(text.encode()) // BYTES_PER_TOKEN)


def lines_of(transcript: Transcript) -> tuple[Line, ...]:
    """Return the utterances as lines; one too long for a window becomes several lines of the same utterance."""
    lines = []
    ended = None
    for utterance in transcript.utterances:
        pause = 0
        if ended is not None and utterance.start_ms is not None:
            pause = max(0, utterance.start_ms - ended)
        ended = utterance.end_ms if utterance.end_ms is not None else ended
        for number, piece in enumerate(_pieces(one_line(utterance.text))):
            lines.append(Line(utterance.id, utterance.speaker, piece, 0 if number else pause))
    return tuple(lines)


def windows_of(lines: Sequence[Line], *, max_tokens: int) -> tuple[Window, ...]:
    """Return windows of about the same size, none above the limit unless one line is; cut at the longest pause."""
    limit = max_tokens * BYTES_PER_TOKEN
    groups: list[tuple[Line, ...]] = []
    rest = tuple(lines)
    while rest:
        left = sum(line.size for line in rest)
        wanted = -(-left // limit)
        at = _cut(rest, wanted=wanted, limit=limit) if wanted > 1 else len(rest)
        groups.append(rest[:at])
        rest = rest[at:]
    return tuple(Window(group, f"{n} of {len(groups)}") for n, group in enumerate(groups, 1))


def halves(window: Window) -> tuple[Window, Window] | None:
    """Return two windows in place of one, or None when it is one line or already small."""
    if len(window.lines) < 2 or window.tokens < 2 * MIN_WINDOW_TOKENS:
        return None
    at = _cut(window.lines, wanted=2, limit=sum(line.size for line in window.lines))
    return Window(window.lines[:at], window.part), Window(window.lines[at:], window.part)


def window_data(window: Window, *, people: Sequence[str]) -> str:
    """Return the user's message: a line of JSON and a line per utterance, between two equal marks."""
    letters = {s: letter_of(n) for n, s in enumerate(dict.fromkeys(line.speaker for line in window.lines))}
    head = {
        "part": window.part,
        "people": [short_name(person) for person in people],
        "speakers": {letter: short_name(speaker) for speaker, letter in letters.items()},
    }
    said = (f"{number}{letters[line.speaker]} {line.text}" for number, line in enumerate(window.lines, 1))
    return between_marks([json.dumps(head, ensure_ascii=False, separators=(",", ":")), *said])


def between_marks(lines: Iterable[str]) -> str:
    """Return the lines between two equal marks that no quoted speaker can have known: their own digest."""
    data = "\n".join(lines)
    mark = f"=== {hashlib.sha256(data.encode()).hexdigest()[:16]}"
    return f"{mark}\n{data}\n{mark}"


def one_line(text: str) -> str:
    """Return the text without line breaks of any kind and without control characters."""
    return " ".join("".join(c if c.isprintable() or c.isspace() or ord(c) > 0x9F else " " for c in text).split())


def short_name(name: str) -> str:
    """Return a name as one line of bounded length."""
    return one_line(name)[:_NAME_CHARACTERS]


def letter_of(number: int) -> str:
    """Return the letters of a speaker's number: A, B, … Z, AA, AB, …"""
    name = ""
    number += 1
    while number:
        number, digit = divmod(number - 1, 26)
        name = chr(ord("A") + digit) + name
    return name


def _pieces(text: str) -> list[str]:
    """Return the text, or its words in pieces of at most about a thousand bytes."""
    if len(text.encode()) <= 2 * _LINE_BYTES:
        return [text]
    pieces: list[str] = []
    piece: list[str] = []
    size = 0
    words = (word[at : at + _SLICE] for word in text.split() for at in range(0, len(word), _SLICE))
    for word in words:
        length = len(word.encode()) + 1
        if piece and size + length > _LINE_BYTES:
            pieces.append(" ".join(piece))
            piece, size = [], 0
        piece.append(word)
        size += length
    return [*pieces, " ".join(piece)]


def _cut(lines: Sequence[Line], *, wanted: int, limit: int) -> int:
    """Return the number of lines after which the first of so many parts ends: at the longest pause near its share.

    The part keeps below the limit, and what is left fits into the other parts, if the lines allow it.
    """
    total = sum(line.size for line in lines)
    share = total // wanted
    slack = share // _PAUSE_SHARE
    low, high = max(share - slack, total - (wanted - 1) * limit), min(share + slack, limit)
    best, longest = 1, -1
    size = 0
    for at, line in enumerate(lines[:-1], 1):
        size += line.size
        if at > 1 and size > high:
            break
        pause = lines[at].pause_ms if size >= low else -1
        if pause >= longest:
            best, longest = at, pause
    return best
