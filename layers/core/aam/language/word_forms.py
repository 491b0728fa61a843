"""Compare two words as forms of one word: laptop and laptops, ноутбук and ноутбуков."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

_SUFFIX = re.compile(r"(?:'s|ies|ied|es|s|ing|ed|er|ers|y|e|ly)$")
_MIN_SHARED = 3
_MIN_KIN = 4
_DEMONYM = re.compile(r"(?:ian|an|n|ish|ese|er|or|al|ing|ed|ment|ist|ity|ic|ion|ation|ly|s)s?$")
_LAND = re.compile(r"(?:ia|a|y|e|o|er|or|al|ing|ed|ment|ist|ity|ic|ion|ation|ly|s)$")


@lru_cache(maxsize=50_000)
def alike(one: str, other: str) -> bool:
    """Return whether two words look like forms of one word; never across alphabets."""
    if one == other:
        return True
    if one.isascii() != other.isascii():
        return False
    if one.isascii():
        return _english(one) == _english(other)
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] == other[shared]:
        shared += 1
    # Endings of cases and persons have up to three letters; a short stem must be all the more of the word.
    longest = max(len(one), len(other))
    return shared >= _MIN_SHARED and longest - shared <= min(4, shared)


def _english(word: str) -> str:
    stem = _SUFFIX.sub("", word)
    stem = stem if len(stem) >= _MIN_SHARED else word
    return stem[:-1] if len(stem) > _MIN_SHARED and stem[-1] == stem[-2] else stem


class Vocabulary:
    """A set of words in which forms of a word are found without comparing all of them."""

    def __init__(self, norms: Iterable[str]) -> None:
        self._words = frozenset(norms)
        self._beginnings: dict[str, list[str]] = {}
        for norm in self._words:
            self._beginnings.setdefault(norm[:_MIN_SHARED], []).append(norm)

    def __contains__(self, norm: object) -> bool:
        """Return whether the very word is there."""
        return norm in self._words

    def __iter__(self) -> Iterator[str]:
        """Return the words, in no order."""
        return iter(self._words)

    def has(self, norm: str) -> bool:
        """Return whether the word or a form of it is there."""
        return norm in self._words or any(alike(norm, other) for other in self._beginnings.get(norm[:_MIN_SHARED], ()))

    def has_kin(self, norm: str) -> bool:
        """Return whether a word of the same beginning is there, as Canadian is of Canada; only of English."""
        stem = _DEMONYM.sub("", norm)
        return (
            norm.isascii()
            and len(norm) > len(stem) >= _MIN_KIN
            and any(_LAND.sub("", other) == stem for other in self._beginnings.get(norm[:_MIN_SHARED], ()))
        )

    def shares_alphabet(self, norm: str) -> bool:
        """Return whether any word is written in the alphabet of this one: of a translation nothing can be compared."""
        return any(other.isascii() == norm.isascii() for other in self._words if other.isalpha())
