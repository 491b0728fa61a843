"""Sets of phrases that are found in a sequence of tokens in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_Pattern = tuple[str, ...]


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text that white space parts."""
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase that was found: its half-open range of tokens, and the phrase as it is written in the set."""

    first: int
    last: int
    phrase: str


class Phrases:
    """Phrases of whole words and of stems, separated by line breaks or ``|``.

    A word that ends in ``*`` stands for every word that begins so.  Where several phrases begin at one token
    the longest is found.
    """

    def __init__(self, text: str) -> None:
        self._by_word: dict[str, list[_Pattern]] = {}
        self._by_stem: dict[str, list[_Pattern]] = {}
        phrases = [tuple(line.split()) for line in text.replace("|", "\n").splitlines() if line.strip()]
        for phrase in sorted(phrases, key=len, reverse=True):
            head = phrase[0]
            by = self._by_stem if head.endswith("*") else self._by_word
            by.setdefault(head.rstrip("*"), []).append(phrase)
        self._lengths = sorted({len(stem) for stem in self._by_stem}, reverse=True)

    def find(self, norms: Sequence[str], first: int = 0, last: int | None = None) -> Iterator[Match]:
        """Yield the phrases within a range of tokens from left to right; none overlaps another."""
        end = len(norms) if last is None else last
        at = first
        while at < end:
            phrase = self._at(norms, at, end)
            if phrase is None:
                at += 1
            else:
                yield Match(at, at + len(phrase), " ".join(phrase))
                at += len(phrase)

    def any(self, norms: Sequence[str], first: int = 0, last: int | None = None) -> bool:
        """Return whether a phrase stands within a range of tokens."""
        return next(self.find(norms, first, last), None) is not None

    def starts(self, norms: Sequence[str], at: int, last: int | None = None) -> bool:
        """Return whether a phrase begins at a token."""
        end = len(norms) if last is None else last
        return at < end and self._at(norms, at, end) is not None

    def _at(self, norms: Sequence[str], at: int, end: int) -> _Pattern | None:
        best: _Pattern | None = None
        for phrase in self._candidates(norms[at]):
            if (best is None or len(phrase) > len(best)) and _stands(phrase, norms, at, end):
                best = phrase
        return best

    def _candidates(self, word: str) -> Iterator[_Pattern]:
        yield from self._by_word.get(word, ())
        for length in self._lengths:
            if length <= len(word):
                yield from self._by_stem.get(word[:length], ())


def _stands(phrase: _Pattern, norms: Sequence[str], at: int, end: int) -> bool:
    return at + len(phrase) <= end and all(
        norms[at + n].startswith(word[:-1]) if word.endswith("*") else norms[at + n] == word
        for n, word in enumerate(phrase)
    )
