"""Sums, differences and ratios that minutes may give of the numbers that were said.

Only what announces itself is reckoned ("in all", "cheaper by", "what is left", a share), and only of numbers that count
the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import combinations

from aam.evidence.facts import Facts
from aam.evidence.numbers import Number
from aam.language.phrases import Phrases
from aam.language.quantity_words import AS_MANY_AGAIN, BY, DIFFERENCES, TOTALS
from aam.language.units import in_base
from aam.language.word_forms import alike

_OPERANDS = 8
"""More numbers of a quote than these are a table, of which something fits every claim."""
_TOLERANCE = Fraction(1, 20)
_PERCENT = 100


class Arithmetic:
    """Numbers that follow from those in the quotes of an item."""

    def __init__(self, quotes: Sequence[Facts]) -> None:
        self._quotes = quotes

    def gives(self, claim: Number, text: Facts) -> bool:
        """Return whether a number of a text is a sum, difference or ratio of numbers of the quotes."""
        if claim.ordinal or claim.soft:
            return False
        if claim.unit == "times" or (claim.part and claim.in_words):
            return self._is_ratio(claim, text)
        if claim.unit == "percent" and self._is_percentage(claim, text):
            return True
        if _has(TOTALS, [text]) and self._is_sum(claim):
            return True
        announced = _has(DIFFERENCES, [text, *self._quotes]) or text.norms[max(0, claim.first - 1)] in BY
        return announced and self._is_difference(claim)

    @cached_property
    def _operands(self) -> list[Number]:
        numbers = [number for quote in self._quotes for number in quote.amounts]
        return [number for number in numbers if not (number.ordinal or number.soft or len(number.values) > 1)]

    def _pairs(self, numbers: Sequence[Number]) -> Iterator[tuple[Number, Number]]:
        for one, other in combinations(numbers[:_OPERANDS], 2):
            if _is_alike(one, other):
                yield one, other

    def _is_sum(self, claim: Number) -> bool:
        counted = [number for number in self._operands if _fits(claim, number)][:_OPERANDS]
        sums = {sum(_amount(number, claim.unit) for number in counted)} if len(counted) > 1 else set()
        sums |= {_amount(one, claim.unit) + _amount(other, claim.unit) for one, other in self._pairs(counted)}
        return any(_base(claim.unit, value) in sums for value in claim.values)

    def _is_difference(self, claim: Number) -> bool:
        for one, other in self._pairs(self._operands):
            unit = one.unit or other.unit
            difference = abs(_amount(one, unit) - _amount(other, unit))
            if unit == "percent":
                if claim.unit == "point" and difference in claim.values:
                    return True
                continue
            same = any(_base(claim.unit or unit, value) == difference for value in claim.values)
            if same and _fits(claim, one) and _fits(claim, other):
                return True
        return False

    def _is_ratio(self, claim: Number, text: Facts) -> bool:
        if claim.values & {Fraction(2), Fraction(1, 2)} and _has(AS_MANY_AGAIN, self._quotes):
            return True
        return any(_is_about(ratio, value) for ratio in self._ratios(text) for value in claim.values)

    def _is_percentage(self, claim: Number, text: Facts) -> bool:
        """Return whether a percentage is the share of one number in another, or how much more or less it is."""
        ratios = list(self._ratios(text))
        percents = {ratio * _PERCENT for ratio in ratios if ratio < 1} | {abs(1 - ratio) * _PERCENT for ratio in ratios}
        return any(value in {percent, round(percent)} for percent in percents for value in claim.values)

    def _ratios(self, text: Facts) -> Iterator[Fraction]:
        own = [number for number in text.amounts if not (number.ordinal or number.soft or len(number.values) > 1)]
        pairs = [*self._pairs(self._operands)]
        pairs += [
            (one, other) for one in self._operands[:_OPERANDS] for other in own[:_OPERANDS] if _is_alike(one, other)
        ]
        for one, other in pairs:
            unit = one.unit or other.unit
            low, high = sorted((_amount(one, unit), _amount(other, unit)))
            if 0 < low < high:
                yield low / high
                yield high / low


def _has(cues: Phrases, texts: Sequence[Facts]) -> bool:
    return any(cues.any(text.norms) for text in texts)


def _amount(number: Number, unit: str | None) -> Fraction:
    """Return the amount in the smallest unit of its kind; a unit that was left out is the given one."""
    return _base(number.unit or unit, next(iter(number.values)))


def _base(unit: str | None, value: Fraction) -> Fraction:
    return in_base(unit, value)[1] if unit else value


def _is_alike(one: Number, other: Number) -> bool:
    """Return whether two numbers count the same: one unit or dimension, no different nouns, and no shares."""
    if one.part or other.part or "times" in {one.unit, other.unit}:
        return False
    if one.unit and other.unit:
        return in_base(one.unit, Fraction(1))[0] == in_base(other.unit, Fraction(1))[0]
    if one.noun and other.noun:
        return any(alike(word, noun) for word in one.noun for noun in other.noun)
    return True


def _fits(claim: Number, number: Number) -> bool:
    """Return whether a number may be a part of what a claim counts."""
    if claim.unit and number.unit:
        return in_base(claim.unit, Fraction(1))[0] == in_base(number.unit, Fraction(1))[0]
    return not number.part and number.unit != "times" and not (number.unit == "percent" and not claim.unit)


def _is_about(ratio: Fraction, value: Fraction) -> bool:
    return abs(ratio - value) <= value * _TOLERANCE
