"""Compare two equal numbers of an item and one of its quotes: whether they can count the same.

They can unless something speaks against it: the speaker ruled it out, or it has another unit, rate, noun or role.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from aam.evidence.facts import Facts
from aam.evidence.numbers import Number
from aam.evidence.stated import Said, Stated
from aam.language.lexicon import STOPWORDS
from aam.language.quantity_words import ANY_THING, BY, LABELLED, PERSONS, TO
from aam.language.stems import is_content, stem
from aam.language.units import is_money, unit_of
from aam.language.word_forms import Vocabulary, alike

_SCALE_LETTERS = frozenset("kmbtg")
_NO_NOUN = re.compile(
    r".*(?:о|е|ть|ет|ит|ут|ют|ат|ят|ли|ла|ло|ся|ти|ає|ує|їть|ить|ив|ав|ый|ая|ні|ий|ими|ыми"
    r"|емо|ємо|имо|їмо|аем|яем|уем|ешь|ишь|еш|иш)"
)
_NOUN_REACH = 8
_CONTEXT = 8
"""How far the words reach that say of what a number is."""
_SENTENCE = 16
_KINDRED = 3
"""So many words of meaning must an item share with what was said beside a number to call what it counts otherwise."""


class Agreement:
    """Compares numbers of items with those of the quotes; ``around`` are the words in and near the quotes."""

    def __init__(self, stated: Stated, around: Vocabulary) -> None:
        self._stated, self._around = stated, around

    @cached_property
    def near_units(self) -> frozenset[str]:
        """Return the units named in and near the quotes: "forty thousand" may be of the sum just spoken of."""
        return self._stated.units | {unit for norm in self._around if (unit := unit_of(norm))}

    def may_be(self, claim: Number, said: Said, text: Facts) -> bool:
        """Return whether no word beside a number contradicts a claim, whatever both count."""
        number = said.number
        if number.ruled_out and not claim.ruled_out:
            return False
        if number.every and number.implied and not claim.every:
            return False
        if number.choice and not any(_is_same(number.choice, other) for other in text.numbers):
            return False  # one of two alternatives is no figure
        if self._has_other_role(claim, said, text):
            return False
        if claim.per and number.per:
            return claim.per == number.per
        return claim.per is None or claim.per in self._stated.units or self._stated.words.has(claim.per)

    def agrees(self, claim: Number, said: Said, text: Facts) -> bool:
        """Return whether two numbers of one value count the same."""
        number = said.number
        if not self.may_be(claim, said, text):
            return False
        if claim.unit == "hour" and number.hour:
            return True
        if number.dated and (claim.unit or claim.noun):
            return False
        if claim.unit and number.unit:
            return claim.unit == number.unit
        if claim.unit:
            return self._takes_unit(claim, number, text)
        if number.unit:
            return self._leaves_unit(claim, number, text)
        return self._same_noun(claim, said, text)

    def counts_otherwise(self, claim: Number) -> bool:
        """Return whether the quotes have what the claim counts with another number, and not with this one."""
        said = [n for n in self._stated.counting(claim.noun[:2]) if n.ordinal == claim.ordinal and not n.ruled_out]
        return bool(said) and not any(number.values & claim.values for number in said)

    @staticmethod
    def _has_other_role(claim: Number, said: Said, text: Facts) -> bool:
        """Return whether a change "by" a number is given as one "to" it, or the reverse."""
        ours, theirs = _word_before(text, claim), _word_before(said.text, said.number)
        if ours in BY and theirs not in BY:
            return said.number.end
        return ours in TO and theirs in BY

    def _takes_unit(self, claim: Number, number: Number, text: Facts) -> bool:
        """Return whether a number without a unit may be of the claim's, which was named in or near the quotes."""
        if claim.unit == "times" and number.part:
            return True
        behind = text.norms[claim.last : claim.last + _NOUN_REACH]
        shared = any(alike(word, norm) for word in number.noun for norm in behind)
        return claim.unit in self.near_units and (shared or not any(map(_is_counted, number.noun)))

    def _leaves_unit(self, claim: Number, number: Number, text: Facts) -> bool:
        """Return whether the claim may have left out the unit of a number."""
        counted = [word for word in claim.noun if _is_counted(word)]
        if counted and not any(self._stated.words.has(word) for word in claim.noun):
            return False
        if not claim.noun and number.unit in text.units:
            return True  # "from one hour to four"
        if number.unit == "times" and not counted:
            return True
        return is_money(number.unit) or number.unit == "degree" or number.ordinal or claim.ordinal or _is_year(claim)

    def _same_noun(self, claim: Number, said: Said, text: Facts) -> bool:
        """Return whether what two bare numbers count may be the same: their nouns do not contradict each other."""
        number = said.number
        if claim.part or number.part or not claim.noun or not self._around.shares_alphabet(claim.noun[0]):
            return True
        named = number.noun if any(map(_is_counted, number.noun)) else (*number.noun, *number.before)
        if any(_same_word(word, other) for word in claim.noun for other in named):
            return True
        if any(alike(word, other) for word in claim.before for other in number.noun):
            return True
        if claim.before and number.before and claim.before[0].startswith(LABELLED):
            return alike(claim.before[0], number.before[0])  # "bed eleven"
        if self._counts_another(claim, number):
            # A noun of another number is left out with the next one, unless more of that number's words come along.
            return not any(map(_is_counted, number.noun)) and not self._is_moved(claim, said, text)
        if any(map(_is_counted, claim.noun)) and any(self._around.has(word) for word in claim.noun):
            return not number.noun or any(self._stated.words.has(word) for word in claim.noun)
        return self._is_renamed(claim, said, text)

    def _is_renamed(self, claim: Number, said: Said, text: Facts) -> bool:
        """Return whether the claim may only have another word for what was counted, and invents no other thing."""
        head, number = claim.noun[0], said.number
        if not any(map(_is_counted, number.noun)):
            loose = claim.ordinal or not _is_counted(head) or head in ANY_THING
            if loose or (head in PERSONS and number.in_words):
                return True
        if not PERSONS.isdisjoint(number.noun) or not PERSONS.isdisjoint(claim.noun):
            return False
        return self._is_kindred(said, text)

    @staticmethod
    def _is_kindred(said: Said, text: Facts) -> bool:
        """Return whether an item has the words of meaning that stand around a number."""
        number, norms = said.number, said.text.norms
        near = [*norms[max(0, number.first - _SENTENCE) : number.first], *norms[number.last : number.last + _SENTENCE]]
        return len(_stems(near) & _stems(text.norms)) >= _KINDRED

    def _is_moved(self, claim: Number, said: Said, text: Facts) -> bool:
        """Return whether a claim stands among the words of another number of its noun."""
        ours, own = _context(text, claim), _context(said.text, said.number)
        return any(
            ours & (_context(other.text, other.number) - own) and not ours & (own - _context(other.text, other.number))
            for other in self._stated.all
            if _competes(other.number, said.number) and any(alike(claim.noun[0], noun) for noun in other.number.noun)
        )

    def _counts_another(self, claim: Number, number: Number) -> bool:
        return any(_competes(other, number) for other in self._stated.counting(claim.noun[:2]))


def _context(text: Facts, number: Number) -> frozenset[str]:
    """Return the stems around a number as far as the numbers before and behind it."""
    first, last = max(0, number.first - _CONTEXT), min(len(text.norms), number.last + _CONTEXT)
    for other in text.numbers:
        if other.last <= number.first:
            first = max(first, other.last)
        elif other.first >= number.last:
            last = min(last, other.first)
            break
    return _stems([*text.norms[first : number.first], *text.norms[number.last : last]])


def _stems(norms: Sequence[str]) -> frozenset[str]:
    return frozenset(stem(norm) for norm in norms if is_content(norm) and norm not in STOPWORDS)


def _word_before(text: Facts, number: Number) -> str:
    return text.norms[number.first - 1] if number.first else ""


def _is_counted(word: str) -> bool:
    """Return whether a word has the form of what is counted: an English plural, no Slavic adverb or verb."""
    if word.isascii():
        return (word.endswith("s") and not word.endswith("ss")) or word in PERSONS or word in _SCALE_LETTERS
    return _NO_NOUN.fullmatch(word) is None


def _competes(other: Number, number: Number) -> bool:
    """Return whether another number of a quote may be what a noun belongs to: of the same kind, and not ruled out."""
    return not (other.values & number.values or other.ruled_out or other.ordinal != number.ordinal)


def _is_same(one: Number, other: Number) -> bool:
    return bool(one.values & other.values) and one.unit in {None, other.unit}


def _same_word(one: str, other: str) -> bool:
    return alike(one, other) or (one in PERSONS and other in PERSONS)


def _is_year(number: Number) -> bool:
    return any(value.denominator == 1 and 1900 <= value <= 2199 for value in number.values)
