"""Find items that join the words of two unrelated quotes into one statement."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from aam.evidence.claims import Claim, Reading, keys_of
from aam.evidence.context import Context
from aam.language.frames import Frame
from aam.language.number_words import NUMBER_WORDS
from aam.language.phrases import word_set
from aam.language.stems import is_content, stem
from aam.language.tense import is_verb_first

_ELLIPTIC = 3
"""A quote with fewer words of meaning leans on the one before it."""
_SHORT = 4
_PAIR = 2
_ENOUGH = 2
_DETERMINERS = word_set("the a an our my your his her their")
_LINKS = word_set(
    """
    it it's its that that's this these those they they're them their which such there's same
    so then
    and or also too especially because but instead only both both's one ones former latter agree agreed yes yeah no
    он она оно они его ее их им ему ей это этот эта эти этого этой этим тот та те тогда тоже также или да нет так
    туда там который
    він вона воно вони його її їх їм йому їй це цей ця ці цього цієї той тоді теж також або так ні туди там який
    """
)
_JOINING = word_set("and or plus и или та й або і а")


def spliced(item: Reading, contexts: Sequence[Context]) -> Claim | None:
    """Return the claim of an item that joins words which two unconnected quotes have apart, or None."""
    # More than two quotes tell the course of a talk, in which words belong together that stand far apart.
    if len(contexts) != _PAIR:
        return None
    ordered = [(c, _quoted(c)) for c in sorted(contexts, key=lambda context: (context.low, context.first))]
    for claim in item.claims:
        if any(norm in _JOINING for norm in item.words(claim)):
            continue
        words = _keys(item.words(claim)) | {f"={value}" for value in claim.values}
        shares = [(context, words & quoted) for context, quoted in ordered]
        for (one, ours), (other, theirs) in combinations(shares, 2):
            apart = ours - theirs and theirs - ours and not any(mine >= ours | theirs for _, mine in shares)
            if apart and not _are_linked(one, other, claim.keys):
                return claim
    return None


def _quoted(context: Context) -> frozenset[str]:
    values = {f"={value}" for value in context.reading.values_between(context.first, context.last)}
    return _keys(context.reading.norms[context.first : context.last]) | values


def _keys(norms: Sequence[str]) -> frozenset[str]:
    """Return the stems of words that are no numbers: "eighty" is not the "eight" of an eight-week course."""
    return keys_of([norm for norm in norms if norm not in NUMBER_WORDS])


def _are_linked(one: Context, other: Context, used: frozenset[str]) -> bool:
    """Return whether the later quote refers to the earlier one, answers it, or goes on with it."""
    words = other.reading.norms[other.first : other.last]
    keys, before = _keys(words), _keys(one.reading.norms[one.first : one.last])
    if len(keys & before) >= _ENOUGH or next(iter(map(stem, filter(is_content, words))), None) in before:
        return True
    if len(keys) < _ELLIPTIC and other.reading.values_between(other.first, other.last):
        # "Nine thousand without the advertising": a figure that leans on what was counted before.
        return True
    if any(word in _LINKS for word in words) or (len(keys) < _ELLIPTIC and (keys <= used or other.low != one.low)):
        return True
    if is_verb_first(words):
        return True
    if other.low == one.high + 1 and _replies(one.reading.norms[one.first : one.last], words):
        return True
    return any(Frame.QUESTION in claim.frames for claim in one.quoted_claims)


def _replies(first: Sequence[str], second: Sequence[str]) -> bool:
    """Return whether the next speaker's words are short, and neither about a thing of their own nor the first again."""
    keys = keys_of(second)
    return len(keys) <= _SHORT and second[0] not in _DETERMINERS and not keys & keys_of(first)
