"""Check the numbers of a claim against the quotes: value, unit, currency, scale, noun and rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property

from aam.evidence.agreement import Agreement
from aam.evidence.arithmetic import Arithmetic
from aam.evidence.facts import Facts, is_contrasted
from aam.evidence.numbers import Number
from aam.evidence.stated import Stated, percents_of
from aam.language.lexicon import STOPWORDS
from aam.language.number_words import SCALES
from aam.language.quantity_words import AT_AN_HOUR, DEFINITE, LISTED
from aam.language.units import SPANS, is_money
from aam.language.word_forms import Vocabulary, alike

_THOUSAND = 1000
_SCALES = frozenset({Fraction(_THOUSAND), Fraction(10**6), Fraction(10**9)})
_NOT_NOUNS = frozenset(
    {"side", "option", "way", "thing", "point", "reason", "hand", "more", "last", "another", "question"}
)
_FEW = 5
_BESIDE = 4
"""How far from a number stands what ties it to its like in another sentence."""
_PLACES = 12


class Amounts:
    """The numbers of all quotes, in which those of a claim are sought; ``around`` are the words near the quotes."""

    def __init__(self, quotes: Sequence[Facts], around: Vocabulary) -> None:
        self._around, self._stated = around, Stated(quotes)
        self._agreement = Agreement(self._stated, around)
        self._arithmetic = Arithmetic(quotes)

    @property
    def words(self) -> Vocabulary:
        """Return the words of the quotes."""
        return self._stated.words

    @property
    def units(self) -> frozenset[str]:
        """Return the units that are named anywhere in the quotes."""
        return self._stated.units

    @property
    def codes(self) -> frozenset[str]:
        """Return letters and the number behind them as one word."""
        return self._stated.codes

    def has_value(self, value: Fraction) -> bool:
        """Return whether a value was said, whatever it counts."""
        return self._stated.has_value(value)

    def has(self, claim: Number, text: Facts) -> bool:
        """Return whether a number of a text stands in a quote with what it counts, or follows from those that do."""
        claim = replace(claim, ruled_out=is_contrasted(text.norms, claim.first))
        if claim.soft and not claim.implied:
            return self._has_soft(claim)
        if _is_enumeration(claim, text):
            return not self._agreement.counts_otherwise(claim)
        return (
            (claim.unit is not None and self._has_amount(claim, claim.unit, text))
            or any(self._agreement.agrees(claim, said, text) for said in self._stated.of_values(claim.values))
            or self._is_share(claim)
            or self._is_elided(claim)
            or self._arithmetic.gives(claim, text)
        )

    def has_near(self, claim: Number, text: Facts) -> bool:
        """Return whether a number stands here with a word that stands beside it in the text too."""
        beside = [norm for norm in _beside(claim, text.norms) if norm not in STOPWORDS]
        for value in claim.values:
            for said in list(self._stated.of_values([value]))[:_PLACES]:
                if not self._agreement.agrees(claim, said, text):
                    continue
                if claim.unit and not (said.number.unit or said.number.noun or said.number.before):
                    return True
                if any(alike(word, other) for word in beside for other in _beside(said.number, said.text.norms)):
                    return True
        return False

    def counts_other(self, claim: Number, named: frozenset[Fraction]) -> bool:
        """Return whether there is another number of what the claim counts, its noun or unit, that is not ``named``."""
        if claim.unit:
            return not self._stated.values_in(claim.unit) <= named
        return any(not number.values & named for number in self._stated.counting(claim.noun[:2]))

    def _has_amount(self, claim: Number, unit: str, text: Facts) -> bool:
        if unit in SPANS.values() and unit in self.units and claim.values == frozenset({Fraction(1)}):
            return True
        if any(self._agreement.may_be(claim, said, text) for said in self._stated.of_amounts(unit, claim.values)):
            return True
        cents = [value * 100 for value in claim.values]
        return is_money(unit) and any(True for _ in self._stated.of_amounts("cent", cents))

    def _has_soft(self, claim: Number) -> bool:
        """Return whether "one", "first" and "second" are not contradicted, and "one person" counts known things."""
        known = any(self._stated.has_value(value) for value in claim.values)
        if known or not claim.noun or claim.noun[0] in _NOT_NOUNS:
            return True
        if not self.words.shares_alphabet(claim.noun[0]):
            return True
        if self._agreement.counts_otherwise(replace(claim, noun=claim.noun[:1])):
            return False
        return claim.ordinal or any(self._around.has(word) for word in claim.noun)

    def _is_share(self, claim: Number) -> bool:
        """Return whether a share was said in percent or the other way round: half is 50 percent, doubling 100."""
        if claim.unit == "percent":
            return bool(claim.values & self._stated.percents)
        if claim.part or claim.unit == "times":
            return any(said.number.unit == "percent" for said in self._stated.of_values(percents_of(claim)))
        return False

    def _is_elided(self, claim: Number) -> bool:
        """Return whether a number lacks the scale that the talk has: forty beside "thirty five thousand"."""
        if claim.unit and not is_money(claim.unit):
            return False
        for scale in self._scales:
            for value in claim.values:
                bare = value / scale
                if not 1 <= bare < _THOUSAND or any(self._stated.has_value(bare * other) for other in _SCALES):
                    continue
                if any(_has_nothing_beside(said.number) for said in self._stated.of_values([bare])):
                    return True
        return False

    @cached_property
    def _scales(self) -> frozenset[Fraction]:
        """Return the scales of the numbers in and near the quotes."""
        return frozenset(scale for norm in self._around if (scale := SCALES.get(norm)) in _SCALES)


def _beside(number: Number, norms: Sequence[str]) -> list[str]:
    """Return the words around a number."""
    return [*norms[max(0, number.first - _BESIDE) : number.first], *norms[number.last : number.last + _BESIDE]]


def _is_enumeration(number: Number, text: Facts) -> bool:
    """Return whether a number only counts what follows ("two things", "Third, …") or known things ("the two sides")."""
    if not (number.in_words and all(value <= _FEW for value in number.values) and number.unit is None):
        return False
    before = text.norms[number.first - 1] if number.first else ""
    if number.ordinal:
        return not number.noun and not number.before and before not in AT_AN_HOUR
    listed = LISTED.any(text.norms, number.last, min(number.last + 2, len(text.norms)))
    return listed or before in DEFINITE


def _has_nothing_beside(number: Number) -> bool:
    """Return whether a number is said without what it counts, and is no date and no place in an order."""
    return not (number.noun or number.unit or number.ordinal or number.ruled_out or number.dated or number.soft)
