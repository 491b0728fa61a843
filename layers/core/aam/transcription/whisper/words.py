"""Words of what the decoder wrote: tokens joined to words, with their times, confidences and marks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

LONGEST_MS = 1_200
"""A word that seems longer began later or ended earlier: the alignment stretches words over pauses."""

WITHOUT_SPACES = frozenset({"zh", "ja", "th", "lo", "my", "yue"})
"""Languages written without spaces, whose characters are taken for words."""

_REPLACEMENT = "\ufffd"
_OPENING = "\"'“‘¿([{«„-–—"
_CLOSING = "\"'.。,，!！?？:：”’)]}、»…"
_LONGEST_LOOP, _REPEATS = 3, 4


@dataclass(frozen=True)
class Spelled:
    """A word and how many tokens spell it."""

    text: str
    tokens: int


@dataclass(frozen=True)
class Timed:
    """A word with its times in its piece, in milliseconds, and the mean probability of its tokens."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float


def spelled(tokens: Sequence[int], decode: Callable[[list[int]], str], *, language: str) -> list[Spelled]:
    """Return the words that tokens spell, a leading space kept; a token may end within a character."""
    words: list[Spelled] = []
    begun: list[int] = []
    for token in tokens:
        begun.append(token)
        text = decode(begun)
        if _REPLACEMENT in text and len(begun) < len(_REPLACEMENT.encode()) + 1:
            continue
        is_new = not words or text.startswith(" ") or language in WITHOUT_SPACES
        if is_new:
            words.append(Spelled(text, len(begun)))
        else:
            words[-1] = Spelled(words[-1].text + text, words[-1].tokens + len(begun))
        begun = []
    if begun:
        words.append(Spelled(decode(begun), len(begun)))
    return words


def with_marks(words: Sequence[Timed]) -> list[Timed]:
    """Return words with the marks that stand alone joined to the word that they belong to."""
    joined: list[Timed] = []
    opening = ""
    for word in words:
        text = word.text.strip()
        if not text:
            continue
        if not opening and all(mark in _CLOSING for mark in text):
            if joined:
                last = joined[-1]
                joined[-1] = Timed(last.text + text, last.start_ms, last.end_ms, last.confidence)
            elif any(mark in _OPENING for mark in text):
                opening += text
        elif all(mark in _OPENING for mark in text):
            opening += text
        else:
            joined.append(Timed(opening + text, word.start_ms, word.end_ms, word.confidence))
            opening = ""
    return joined


def clipped(words: Sequence[Timed]) -> list[Timed]:
    """Return words none of which is longer than speech, in the order of time and without overlaps.

    The first word begins late, others end early.
    """
    kept: list[Timed] = []
    for number, word in enumerate(words):
        start, end = word.start_ms, max(word.start_ms, word.end_ms)
        if end - start > LONGEST_MS:
            start, end = (end - LONGEST_MS, end) if number == 0 else (start, start + LONGEST_MS)
        floor = kept[-1].end_ms if kept else 0
        kept.append(Timed(word.text, max(start, floor), max(end, floor, start), word.confidence))
    return kept


def without_loops(words: Sequence[Timed]) -> tuple[list[Timed], int]:
    """Return words without those of loops, one to three that stand four times running, and the number of loops.

    A loop may run across sentences and within a word ("4-4-4-4"); what stands around it stays.
    """
    parts = [
        (at, part)
        for at, word in enumerate(words)
        for each in word.text.casefold().split("-")
        if (part := each.strip().strip(_OPENING + _CLOSING))
    ]
    looped: list[tuple[int, int]] = []
    for size in range(1, _LONGEST_LOOP + 1):
        run = 0
        for number in range(size, len(parts) + 1):
            if number < len(parts) and parts[number][1] == parts[number - size][1]:
                run += 1
                continue
            if run >= size * (_REPEATS - 1):
                looped.append((parts[number - run - size][0], parts[number - 1][0]))
            run = 0
    within = {at for first, last in looped for at in range(first, last + 1)}
    loops = sum(at - 1 not in within for at in within)
    return [word for at, word in enumerate(words) if at not in within], loops
