"""Whether the numbers of a claim stand in the quotes: their value, unit, currency, scale, noun and rate."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from aam.evidence.arithmetic import Arithmetic
from aam.evidence.compounds import glued_in, pairs_in, rates_in, split_in, with_shared_nouns, years_in
from aam.evidence.facts import Facts, is_contrasted, is_ruled_out
from aam.evidence.numbers import Number
from aam.language.lexicon import STOPWORDS
from aam.language.number_words import SCALES
from aam.language.quantity_words import ANY_THING, DEFINITE, LISTED, PERSONS
from aam.language.units import RATES, SPANS, in_base, is_money, unit_of
from aam.language.word_forms import Vocabulary, alike


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PERCENT = Fraction(100)
_THOUSAND = 1000
_SCALES = frozenset({Fraction(_THOUSAND), Fraction(10**6), Fraction(10**9)})
_NOT_NOUNS = frozenset(
    {"side", "option", "way", "thing", "point", "reason", "hand", "more", "last", "another", "question"}
)
_OR = frozenset({"or", "или", "або", "чи"})
_AT_AN_HOUR = frozenset({"о", "об", "на", "в", "к", "at", "by"})
_CHOICE_REACH = 3
_FEW = 5
_BESIDE = 4
"""How far from a number stands what ties it to its like in another sentence."""
_LABELLED = tuple(
    sorted(
        _words(
            """
    bed room ward item slide page step phase version level floor chapter option year grade class line
    gate table палат кабинет кабінет комнат этаж кімнат поверх страниц сторін слайд пункт вариант варіант
    групп груп класс клас
    """
        )
    )
)
"""The things that a number behind them names and does not count."""
_CODE_LETTERS = 3
_SCALE_LETTERS = frozenset("kmbtg")
_NO_NOUN = re.compile(
    r".*(?:о|е|ть|ет|ит|ут|ют|ат|ят|ли|ла|ло|ся|ти|ає|ує|їть|ить|ив|ав|ый|ая|ні|ий|ими|ыми"
    r"|емо|ємо|имо|їмо|аем|яем|уем|ешь|ишь|еш|иш)"
)
_CANDIDATES = 200
_PLACES = 12
"""More numbers of one value, or nouns that begin alike, only a hostile text has."""


class Amounts:
    """The numbers of all quotes, in which those of a claim are sought; ``around`` are the words near the quotes."""

    def __init__(self, quotes: Sequence[Facts], around: Vocabulary) -> None:
        self._quotes, self._around = quotes, around

    @cached_property
    def words(self) -> Vocabulary:
        """The words of the quotes."""
        return Vocabulary(norm for quote in self._quotes for norm in quote.norms)

    @cached_property
    def _all(self) -> list[Number]:
        return [number for quote in self._quotes for number in _numbers_of(quote)]

    @cached_property
    def _by_value(self) -> dict[Fraction, list[Number]]:
        found: dict[Fraction, list[Number]] = {}
        for number in self._all:
            for value in number.values:
                same = found.setdefault(value, [])
                if len(same) < _CANDIDATES:
                    same.append(number)
        return found

    @cached_property
    def _by_base(self) -> dict[tuple[str, Fraction], list[Number]]:
        found: dict[tuple[str, Fraction], list[Number]] = {}
        for number in self._all:
            for value in number.values if number.unit else ():
                same = found.setdefault(in_base(number.unit or "", value), [])
                if len(same) < _CANDIDATES:
                    same.append(number)
        return found

    @cached_property
    def _nouns(self) -> dict[str, list[tuple[str, Number]]]:
        """The nouns of all numbers by their first letters."""
        found: dict[str, list[tuple[str, Number]]] = {}
        for number in self._all:
            for noun in number.noun[:2]:
                same = found.setdefault(noun[:3], [])
                if len(same) < _CANDIDATES:
                    same.append((noun, number))
        return found

    @cached_property
    def units(self) -> frozenset[str]:
        """The units that are named anywhere in the quotes."""
        norms = {norm for quote in self._quotes for norm in quote.norms}
        named = {unit for norm in norms if (unit := unit_of(norm) or SPANS.get(norm) or RATES.get(norm))}
        return frozenset(named | {number.unit for number in self._all if number.unit})

    @cached_property
    def _near_units(self) -> frozenset[str]:
        """The units that are named in the quotes and near them: "forty thousand" may be of the sum just spoken of."""
        return self.units | {unit for norm in self._around if (unit := unit_of(norm))}

    def has_value(self, value: Fraction) -> bool:
        """Whether a value was said, whatever it counts."""
        return value in self._by_value

    def has(self, claim: Number, text: Facts) -> bool:
        """Whether a number of a text stands in a quote with what it counts."""
        claim = replace(claim, ruled_out=is_contrasted(text.norms, claim.first))
        if claim.soft and not claim.implied:
            return self._has_soft(claim)
        if _is_enumeration(claim, text):
            return not self._is_counted_otherwise(claim)
        if claim.unit:
            if claim.unit in SPANS.values() and claim.unit in self.units and claim.values == frozenset({Fraction(1)}):
                return True
            for value in claim.values:
                for said in self._by_base.get(in_base(claim.unit, value), ()):
                    if self._may_be(claim, said, text):
                        return True
            if is_money(claim.unit) and any(("cent", value * 100) in self._by_base for value in claim.values):
                return True
        candidates = (said for value in claim.values for said in self._by_value.get(value, ()))
        return (
            any(self._agree(claim, said, text) for said in candidates)
            or self._is_share(claim)
            or self._is_elided(claim)
            or self._arithmetic.gives(claim, text)
        )

    def has_near(self, claim: Number, text: Facts) -> bool:
        """Whether a number stands here with a word that stands beside it in the text too."""
        beside = [norm for norm in _beside(claim, text.norms) if norm not in STOPWORDS]
        for quote, said in (found for value in claim.values for found in self._placed.get(value, ())):
            if not self._agree(claim, said, text):
                continue
            if claim.unit and not (said.unit or said.noun or said.before):
                return True
            if any(alike(word, other) for word in beside for other in _beside(said, quote.norms)):
                return True
        return False

    @cached_property
    def _placed(self) -> dict[Fraction, list[tuple[Facts, Number]]]:
        """The first numbers of every value with the texts that they stand in."""
        found: dict[Fraction, list[tuple[Facts, Number]]] = {}
        for quote in self._quotes:
            for number in _numbers_of(quote):
                for value in number.values:
                    same = found.setdefault(value, [])
                    if len(same) < _PLACES:
                        same.append((quote, number))
        return found

    @cached_property
    def _values_by_unit(self) -> dict[str, set[Fraction]]:
        found: dict[str, set[Fraction]] = {}
        for number in self._all:
            if number.unit:
                found.setdefault(number.unit, set()).update(number.values)
        return found

    def counts_other(self, claim: Number, named: frozenset[Fraction]) -> bool:
        """Whether there is another number of what the claim counts that is not ``named``: of that noun or unit."""
        if claim.unit:
            return not self._values_by_unit.get(claim.unit, set()) <= named
        return any(
            alike(word, noun) and not number.values & named
            for word in claim.noun[:2]
            for noun, number in self._nouns.get(word[:3], ())
        )

    def _may_be(self, claim: Number, said: Number, text: Facts) -> bool:
        if said.ruled_out and not claim.ruled_out:
            return False
        if said.choice and not any(_is_same(said.choice, number) for number in text.numbers):
            return False  # one of two alternatives is no figure
        if claim.per and said.per:
            return claim.per == said.per
        return claim.per is None or claim.per in self.units or self.words.has(claim.per)

    def _agree(self, claim: Number, said: Number, text: Facts) -> bool:
        """Whether two numbers of one value count the same."""
        if not self._may_be(claim, said, text) or (said.dated and (claim.unit or claim.noun)):
            return False
        if claim.unit and said.unit:
            return claim.unit == said.unit
        if claim.unit:
            if claim.unit == "times" and said.part:
                return True
            shared = any(alike(word, norm) for word in said.noun for norm in text.norms[claim.last : claim.last + 8])
            return claim.unit in self._near_units and (shared or not any(map(_is_counted, said.noun)))
        if said.unit:
            if any(map(_is_counted, claim.noun)) and not any(self.words.has(word) for word in claim.noun):
                return False
            if not claim.noun and said.unit in text.units:
                return True  # "from one hour to four"
            return is_money(said.unit) or said.unit == "degree" or said.ordinal or claim.ordinal or _is_year(claim)
        return self._same_noun(claim, said)

    def _same_noun(self, claim: Number, said: Number) -> bool:
        """Whether what two bare numbers count may be the same: their nouns do not contradict each other."""
        if claim.part or said.part or not claim.noun or not self._around.shares_alphabet(claim.noun[0]):
            return True
        if any(_same_word(word, other) for word in claim.noun for other in (*said.noun, *said.before)):
            return True
        if any(alike(word, other) for word in claim.before for other in said.noun):
            return True
        if claim.before and said.before and claim.before[0].startswith(_LABELLED):
            return alike(claim.before[0], said.before[0])  # "bed eleven"
        if not any(map(_is_counted, claim.noun)) or not any(self._around.has(word) for word in claim.noun):
            if any(map(_is_counted, said.noun)):
                return False
            # What was left out of the quote may be called by another word, but no invented thing may be counted.
            head = claim.noun[0]
            loose = claim.ordinal or not _is_counted(head) or head in ANY_THING or (head in PERSONS and said.in_words)
            return loose and not self._counts_another(claim, said)
        if not any(self.words.has(word) for word in claim.noun):
            return not said.noun
        # A noun of another number of the quote makes it a swap.
        return not self._counts_another(claim, said)

    def _is_counted_otherwise(self, claim: Number) -> bool:
        """Whether the quotes have what the claim counts with another number, and not with this one."""
        said = [
            number for word in claim.noun[:2] for noun, number in self._nouns.get(word[:3], ()) if alike(word, noun)
        ]
        plain = [number for number in said if number.ordinal == claim.ordinal and not number.ruled_out]
        return bool(plain) and not any(number.values & claim.values for number in plain)

    def _counts_another(self, claim: Number, said: Number) -> bool:
        return any(
            alike(word, noun) and _competes(other, said)
            for word in claim.noun[:2]
            for noun, other in self._nouns.get(word[:3], ())
        )

    def _is_share(self, claim: Number) -> bool:
        """Whether a share was said in percent or the other way round: half is 50 percent, doubling 100."""
        if claim.unit == "percent":
            return bool(claim.values & self._percents)
        if claim.part or claim.unit == "times":
            said = (said for at in _percents_of(claim) for said in self._by_value.get(at, ()))
            return any(number.unit == "percent" for number in said)
        return False

    @cached_property
    def codes(self) -> frozenset[str]:
        """Letters and the number behind them as one word: p95 of "P ninety-five"."""
        return frozenset(
            f"{quote.norms[number.first - 1]}{value}"
            for quote in self._quotes
            for number in quote.numbers
            for value in number.values
            if number.first and len(quote.norms[number.first - 1]) <= _CODE_LETTERS
        )

    @cached_property
    def _arithmetic(self) -> Arithmetic:
        return Arithmetic(self._quotes)

    def _is_elided(self, claim: Number) -> bool:
        """Whether a number was said without its scale, which the talk has: forty beside "thirty five thousand"."""
        if claim.unit and not is_money(claim.unit):
            return False
        for scale in self._scales:
            for value in claim.values:
                bare = value / scale
                if not 1 <= bare < _THOUSAND or any(bare * other in self._by_value for other in _SCALES):
                    continue
                if any(_has_nothing_beside(said) for said in self._by_value.get(bare, ())):
                    return True
        return False

    @cached_property
    def _scales(self) -> frozenset[Fraction]:
        """The scales of the numbers in and near the quotes."""
        return frozenset(scale for norm in self._around if (scale := SCALES.get(norm)) in _SCALES)

    @cached_property
    def _percents(self) -> frozenset[Fraction]:
        return frozenset(
            at for number in self._all if number.part or number.unit == "times" for at in _percents_of(number)
        )

    def _has_soft(self, claim: Number) -> bool:
        """Whether "one", "first" and "second" are not contradicted, and "one person" counts what was spoken of."""
        if any(value in self._by_value for value in claim.values) or not claim.noun or claim.noun[0] in _NOT_NOUNS:
            return True
        head = claim.noun[0]
        if not self.words.shares_alphabet(head):
            return True
        if claim.ordinal:
            return not any(
                said.ordinal and not said.values & claim.values and alike(head, noun)
                for noun, said in self._nouns.get(head[:3], ())
            )
        return any(self._around.has(word) for word in claim.noun)


def _beside(number: Number, norms: Sequence[str]) -> list[str]:
    """The words around a number."""
    return [*norms[max(0, number.first - _BESIDE) : number.first], *norms[number.last : number.last + _BESIDE]]


def _is_enumeration(number: Number, text: Facts) -> bool:
    """Whether a number only counts what follows ("two things", "Third, …") or what is known ("the two sides")."""
    if not (number.in_words and all(value <= _FEW for value in number.values) and number.unit is None):
        return False
    before = text.norms[number.first - 1] if number.first else ""
    if number.ordinal:
        return not number.noun and not number.before and before not in _AT_AN_HOUR
    listed = LISTED.any(text.norms, number.last, min(number.last + 2, len(text.norms)))
    return listed or before in DEFINITE


def _is_counted(word: str) -> bool:
    """Whether a word has the form of what is counted: an English plural, no Russian or Ukrainian adverb or verb."""
    if word.isascii():
        return (word.endswith("s") and not word.endswith("ss")) or word in PERSONS or word in _SCALE_LETTERS
    return _NO_NOUN.fullmatch(word) is None


def _has_nothing_beside(number: Number) -> bool:
    """Whether a number is said without what it counts, and is no date and no place in an order."""
    return not (number.noun or number.unit or number.ordinal or number.ruled_out or number.dated or number.soft)


def _competes(other: Number, said: Number) -> bool:
    """Whether another number of a quote may be what a noun belongs to: of the same kind, and not ruled out."""
    return not (other.values & said.values or other.ruled_out or other.ordinal != said.ordinal)


def _is_same(one: Number, other: Number) -> bool:
    return bool(one.values & other.values) and one.unit in {None, other.unit}


def _percents_of(number: Number) -> Iterator[Fraction]:
    """The percentages that a share or a multiple is: two thirds 67, doubled 100 and 200, halved 50."""
    for value in number.values:
        percent = value * _PERCENT
        yield from (percent, Fraction(round(percent)))
        if number.unit == "times" and value > 1:
            yield percent - _PERCENT


def _numbers_of(quote: Facts) -> Iterator[Number]:
    """The numbers of a quote with what the text around them says of each."""
    dated = {at for day in quote.days for at in range(day.first, day.last)}
    dated |= {at for clock in quote.clocks if clock.exact for at in range(clock.first, clock.last)}
    read = [
        *with_shared_nouns(quote.norms, quote.amounts),
        *split_in(quote.norms, quote.amounts),
        *rates_in(quote.amounts),
        *years_in(quote.norms, quote.amounts),
        *glued_in(quote.tokens),
        *pairs_in(quote.norms, quote.numbers),
    ]
    choices = _choices(quote)
    for number in read:
        yield replace(
            number,
            dated=number.first in dated,
            ruled_out=is_ruled_out(quote.norms, number.first),
            choice=choices.get(number.first),
        )


def _choices(quote: Facts) -> dict[int, Number]:
    """For each number that is one of two alternatives the other one: "two or three", "25 pounds or 25 euros"."""
    found = {}
    for one, other in pairwise(quote.numbers):
        between = quote.norms[one.last : other.first]
        # "One" and an amount of another kind are no alternative.
        apart = one.soft or other.soft or (one.unit and other.unit and is_money(one.unit) != is_money(other.unit))
        if len(between) <= _CHOICE_REACH and not _OR.isdisjoint(between) and not apart:
            found[one.first], found[other.first] = other, one
    return found


def _same_word(one: str, other: str) -> bool:
    return alike(one, other) or (one in PERSONS and other in PERSONS)


def _is_year(number: Number) -> bool:
    return any(value.denominator == 1 and 1900 <= value <= 2199 for value in number.values)
