"""The numbers that texts state, with what can be read of them only together, looked up by value, amount and noun."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

from aam.evidence.compounds import glued_in, pairs_in, rates_in, split_in, with_shared_nouns, years_in
from aam.evidence.facts import Facts, changes_in, is_ruled_out
from aam.evidence.numbers import Number
from aam.language.quantity_words import CORRECTIONS
from aam.language.units import RATES, SPANS, in_base, is_money, unit_of
from aam.language.word_forms import Vocabulary, alike

K = TypeVar("K")
V = TypeVar("V")
_OR = frozenset({"or", "или", "або", "чи"})
_CHOICE_REACH = 3
_CORRECTION_REACH = 4
_CANDIDATES = 200
"""More numbers of one value, or nouns that begin alike, only a hostile text has."""
_CODE_LETTERS = 3
_PERCENT = Fraction(100)


@dataclass(frozen=True, slots=True)
class Said:
    """A number and the text that states it."""

    number: Number
    text: Facts


class Stated:
    """The numbers of some texts."""

    def __init__(self, texts: Sequence[Facts]) -> None:
        self.texts = texts

    @cached_property
    def words(self) -> Vocabulary:
        """Return the words of the texts."""
        return Vocabulary(norm for text in self.texts for norm in text.norms)

    @cached_property
    def all(self) -> list[Said]:
        """Return every number, also those that several make together."""
        return [Said(number, text) for text in self.texts for number in _numbers_of(text)]

    def of_values(self, values: Iterable[Fraction]) -> Iterator[Said]:
        """Return the numbers of some values."""
        return (said for value in values for said in self._by_value.get(value, ()))

    def of_amounts(self, unit: str, values: Iterable[Fraction]) -> Iterator[Said]:
        """Return the numbers that are the same amounts, in whatever unit."""
        return (said for value in values for said in self._by_amount.get(in_base(unit, value), ()))

    def counting(self, nouns: Iterable[str]) -> Iterator[Number]:
        """Return the numbers that count a noun."""
        for noun in nouns:
            yield from (number for said, number in self._by_noun.get(noun[:3], ()) if alike(noun, said))

    def has_value(self, value: Fraction) -> bool:
        """Return whether a value was said, whatever it counts."""
        return value in self._by_value

    def values_in(self, unit: str) -> frozenset[Fraction]:
        """Return the values of all numbers of a unit."""
        return self._by_unit.get(unit, frozenset())

    @cached_property
    def units(self) -> frozenset[str]:
        """Return the units that are named anywhere in the texts."""
        named = {unit for norm in self.words if (unit := unit_of(norm) or SPANS.get(norm) or RATES.get(norm))}
        return frozenset(named | {said.number.unit for said in self.all if said.number.unit})

    @cached_property
    def percents(self) -> frozenset[Fraction]:
        """Return the percentages that the shares and multiples of the texts are."""
        shares = (said.number for said in self.all if said.number.part or said.number.unit == "times")
        return frozenset(percent for number in shares for percent in percents_of(number))

    @cached_property
    def codes(self) -> frozenset[str]:
        """Return letters and the number behind them as one word: p95 of "P ninety-five"."""
        return frozenset(
            f"{text.norms[number.first - 1]}{value}"
            for text in self.texts
            for number in text.numbers
            for value in number.values
            if number.first and len(text.norms[number.first - 1]) <= _CODE_LETTERS
        )

    @cached_property
    def _by_value(self) -> dict[Fraction, list[Said]]:
        return _grouped((value, said) for said in self.all for value in said.number.values)

    @cached_property
    def _by_amount(self) -> dict[tuple[str, Fraction], list[Said]]:
        return _grouped(
            (in_base(said.number.unit, value), said)
            for said in self.all
            if said.number.unit
            for value in said.number.values
        )

    @cached_property
    def _by_noun(self) -> dict[str, list[tuple[str, Number]]]:
        """Return the nouns of all numbers by their first letters."""
        return _grouped((noun[:3], (noun, said.number)) for said in self.all for noun in said.number.noun[:2])

    @cached_property
    def _by_unit(self) -> dict[str, frozenset[Fraction]]:
        found: dict[str, set[Fraction]] = {}
        for said in self.all:
            if said.number.unit:
                found.setdefault(said.number.unit, set()).update(said.number.values)
        return {unit: frozenset(values) for unit, values in found.items()}


def percents_of(number: Number) -> Iterator[Fraction]:
    """Return the percentages that a share or a multiple is: two thirds 67, doubled 100 and 200, halved 50."""
    for value in number.values:
        percent = value * _PERCENT
        yield from (percent, Fraction(round(percent)))
        if number.unit == "times" and value > 1:
            yield percent - _PERCENT


def _grouped(found: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    groups: dict[K, list[V]] = {}
    for key, value in found:
        same = groups.setdefault(key, [])
        if len(same) < _CANDIDATES:
            same.append(value)
    return groups


def _numbers_of(text: Facts) -> Iterator[Number]:
    """Yield the numbers of a text with what the words around them say of each."""
    dated = {at for day in text.days for at in range(day.first, day.last)}
    dated |= {at for clock in text.clocks if clock.exact for at in range(clock.first, clock.last)}
    hours = {clock.first for clock in text.clocks}
    ends = {new.first for _, new in changes_in(text)}
    choices, corrected = _choices(text), _corrected(text)
    for number in (
        *with_shared_nouns(text.norms, text.amounts),
        *split_in(text.norms, text.amounts),
        *rates_in(text.amounts),
        *years_in(text.norms, text.amounts),
        *glued_in(text.tokens),
        *pairs_in(text.norms, text.numbers),
    ):
        yield replace(
            number,
            dated=number.first in dated,
            hour=number.first in hours,
            end=number.first in ends,
            ruled_out=number.first in corrected or is_ruled_out(text.norms, number.first),
            choice=choices.get(number.first),
        )


def _choices(text: Facts) -> dict[int, Number]:
    """Return for each number that is one of two alternatives the other one: "two or three", "25 pounds or 25 euros"."""
    found = {}
    for one, other in pairwise(text.numbers):
        between = text.norms[one.last : other.first]
        # "One" and an amount of another kind are no alternative.
        apart = one.soft or other.soft or (one.unit and other.unit and is_money(one.unit) != is_money(other.unit))
        if len(between) <= _CHOICE_REACH and not _OR.isdisjoint(between) and not apart:
            found[one.first], found[other.first] = other, one
    return found


def _corrected(text: Facts) -> frozenset[int]:
    """Return where the numbers begin that their speaker takes back at once: the two of "two, sorry, four million"."""
    return frozenset(
        one.first
        for one, other in pairwise(text.numbers)
        if other.first - one.last <= _CORRECTION_REACH and CORRECTIONS.any(text.norms, one.last, other.first)
    )
