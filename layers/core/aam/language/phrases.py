"""Sets of phrases that are found in a sequence of tokens in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text that white space parts."""
    return frozenset(text.split())


def phrases_of(text: str) -> list[str]:
    """Return the phrases of a text that line breaks or ``|`` part."""
    return [" ".join(phrase.split()) for phrase in text.replace("|", "\n").splitlines() if phrase.strip()]


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase that was found: its half-open range of tokens, and the phrase as it is written in the set."""

    first: int
    last: int
    phrase: str


class _Node:
    """Continuations of a phrase: whole words, stems with their lengths, and the phrase that ends here."""

    __slots__ = ("lengths", "phrase", "stems", "words")

    def __init__(self) -> None:
        self.words: dict[str, _Node] = {}
        self.stems: dict[str, _Node] = {}
        self.lengths: tuple[int, ...] = ()
        self.phrase: str | None = None

    def child(self, word: str) -> _Node:
        """Return the node for one more word of a phrase, made if it is new."""
        if not word.endswith("*"):
            return self.words.setdefault(word, _Node())
        node = self.stems.setdefault(word[:-1], _Node())
        self.lengths = tuple({*self.lengths, len(word) - 1})
        return node

    def followers(self, word: str) -> list[_Node]:
        """Return the nodes that a word of a text leads to."""
        found = [self.stems[word[:n]] for n in self.lengths if word[:n] in self.stems] if self.lengths else []
        if word in self.words:
            found.append(self.words[word])
        return found


class Phrases:
    """Phrases of whole words and of stems, separated by line breaks or ``|``.

    A word that ends in ``*`` stands for every word that begins so.  Where several phrases begin at one token
    the longest is found.
    """

    def __init__(self, text: str) -> None:
        self._root = _Node()
        for phrase in phrases_of(text):
            node = self._root
            for word in phrase.split():
                node = node.child(word)
            node.phrase = phrase

    def find(self, norms: Sequence[str], first: int = 0, last: int | None = None) -> Iterator[Match]:
        """Yield the phrases within a range of tokens from left to right; none overlaps another."""
        end = len(norms) if last is None else last
        at = first
        while at < end:
            found = self._at(norms, at, end)
            if found is None:
                at += 1
            else:
                yield found
                at = found.last

    def any(self, norms: Sequence[str], first: int = 0, last: int | None = None) -> bool:
        """Return whether a phrase stands within a range of tokens."""
        return next(self.find(norms, first, last), None) is not None

    def starts(self, norms: Sequence[str], at: int, last: int | None = None) -> bool:
        """Return whether a phrase begins at a token."""
        end = len(norms) if last is None else last
        return at < end and self._at(norms, at, end) is not None

    def _at(self, norms: Sequence[str], at: int, end: int) -> Match | None:
        best: Match | None = None
        nodes = self._root.followers(norms[at])
        depth = 1
        while nodes:
            best = next((Match(at, at + depth, node.phrase) for node in nodes if node.phrase), best)
            if at + depth >= end:
                break
            word = norms[at + depth]
            nodes = [follower for node in nodes for follower in node.followers(word)]
            depth += 1
        return best
