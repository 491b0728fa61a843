"""Find two names around one verb against the order of a quote: subject and object swapped."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from aam.evidence.facts import Facts
from aam.evidence.names import Name
from aam.language.lexicon import STOPWORDS
from aam.language.names import agree
from aam.language.word_forms import alike

_PASSIVE = frozenset({"by", "was", "were", "been", "being", "is", "are", "from"})
_VERB_REACH = 3
_OBJECT_REACH = 12
_OBLIQUE = ("у", "ю", "ом", "ем", "ой", "ою", "ы", "и", "і")


def swapped(claim: Facts, names: Sequence[Name], quotes: Sequence[Facts]) -> tuple[int, int] | None:
    """Return the range of two names of a claim that a quote has around the same verb the other way round."""
    for one, other in pairwise(names):
        verb = _verb_between(claim, one.last, other.first)
        if verb is None:
            continue
        for quote in quotes:
            if _is_reversed(quote, one.words[0], other.words[0]) and any(alike(verb, norm) for norm in quote.norms):
                return one.first, other.last
    return None


def _verb_between(facts: Facts, first: int, last: int) -> str | None:
    """Return the first content word between a subject and an object; None where the clause is passive or ends there."""
    norms = facts.norms[first:last]
    if not norms or len(norms) > _OBJECT_REACH or not _PASSIVE.isdisjoint(norms):
        return None
    between = facts.text[facts.tokens[first - 1].end : facts.tokens[last].start]
    if any(mark in between for mark in ".;:!?,"):
        return None
    return next((norm for norm in norms[:_VERB_REACH] if norm not in STOPWORDS), None)


def _is_reversed(facts: Facts, one: str, other: str) -> bool:
    """Return whether a quote has the second name before the first, in other cases where the language has cases."""
    if not _PASSIVE.isdisjoint(facts.norms):
        return False
    first, second = (
        next((at for at, norm in enumerate(facts.norms) if agree(name, norm)), None) for name in (one, other)
    )
    if first is None or second is None or first < second:
        return False
    # Names in the cases of the quote mean the same in any order.
    same_cases = not one.isascii() and (facts.norms[first], facts.norms[second]) == (one, other)
    return not (same_cases and (one.endswith(_OBLIQUE) or other.endswith(_OBLIQUE)))
