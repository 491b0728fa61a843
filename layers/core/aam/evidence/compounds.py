"""Numbers that are said in several words of number: two units in a row, pairs, parts of a whole, rates.

An amount may be given in two units ("an hour and 35 minutes"), of which the first may have no number of its own and the
second no name ("минута двадцать", "nine pounds twenty").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from aam.evidence.numbers import Number
from aam.language.lexicon import STOPWORDS
from aam.language.number_words import NUMBER_WORDS, SCALES
from aam.language.tokens import Token
from aam.language.units import SPANS, parts_of, smaller_unit, unit_of

_GLUED = re.compile(r"([^\W\d_]+)(\d{1,18})")
_OUT_OF = frozenset({"out of", "of", "in", "из", "з", "із"})
_PART_REACH = 4
_POINTS_OF_SPEECH = frozenset({"и", "і"})
_AND = frozenset({"and", "и", "і", "й", "та"})
_ARTICLES = frozenset({"a", "an"})
_AT_AN_HOUR = frozenset({"в", "во", "к", "ко", "о", "об", "до", "после", "після", "at", "by", "until", "till"})
_ONE = re.compile(
    r"час|метр|минута|минуту|кило|кіло|километр|тонна|тонну|рубль|литр|година|годину|хвилина|хвилину|літр|кілометр|доллар|долар|гривня|гривню|гривна|гривну"
)
"""Forms that say "one" of a unit by themselves, as English does with "a" and "an"."""
_COUNTED = re.compile(r"[a-z]+s|.*(?:ов|ев|ів|їв|ек|ок|человек|осіб)")
"""Things behind a number that has no unit: it counts them, and is no smaller part of the unit before it."""
_LAST_DAY = 31
_SPANS = ("minute", "hour", "day", "week", "month", "quarter_year", "year")


def joined(text: str, tokens: Sequence[Token], numbers: Sequence[Number]) -> list[Number]:
    """Return the numbers of a text, those of two units in a row as one of the first unit."""
    reader = _Amounts(text, tokens)
    found: list[Number] = []
    at = 0
    while at < len(numbers):
        number = numbers[at]
        alone = reader.alone(number)
        following = numbers[at + 1] if at + 1 < len(numbers) else None
        if alone is not None:
            found.append(alone)
        elif following is not None and (both := reader.both(number, following)) is not None:
            found.append(both)
            at += 1
        else:
            found.append(number)
        at += 1
    return found


class _Amounts:
    """Joins the parts of an amount in the tokens of one text."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self._text, self._tokens = text, tokens

    def _norm(self, at: int) -> str:
        return self._tokens[at].norm if 0 <= at < len(self._tokens) else ""

    def _is_joined(self, at: int) -> bool:
        return 0 < at < len(self._tokens) and not self._text[self._tokens[at - 1].end : self._tokens[at].start].strip()

    def both(self, one: Number, other: Number) -> Number | None:
        """Return an amount and the smaller one behind it as one: "nine pounds twenty", "2 ч 15 мин"."""
        if one.unit is None or one.ordinal or one.part:
            return None
        place = one.last
        if unit_of(self._norm(place)) and self._is_joined(place):
            place += 1
        named = other.unit is not None
        if named and self._norm(place) in _AND:
            place += 1
        if place != other.first or place == one.last or not self._is_joined(place):
            return None
        return self._sum(one, one.values, one.unit, other)

    def alone(self, other: Number) -> Number | None:
        """Return an amount whose first unit is one of its kind: "метр тридцать", "an hour and 35 minutes"."""
        at = other.first - 1
        if other.unit is not None and self._norm(at) in _AND:
            at -= 1
        unit = unit_of(self._norm(at))
        if unit is None or not self._is_joined(at + 1) or not self._is_joined(other.first):
            return None
        before = self._norm(at - 1)
        if before in NUMBER_WORDS or before[:1].isdigit():
            return None
        if _ONE.fullmatch(self._norm(at)) and other.unit == unit:
            other = replace(other, unit=None)
        if before in _ARTICLES or (_ONE.fullmatch(self._norm(at)) and before not in _AT_AN_HOUR):
            return self._sum(replace(other, first=at), frozenset({Fraction(1)}), unit, other)
        return None

    def _sum(self, whole: Number, values: frozenset[Fraction], unit: str, other: Number) -> Number | None:
        smaller = other.unit or smaller_unit(unit)
        count = parts_of(unit, smaller) if smaller else None
        apart = other.unit is None and other.noun and _COUNTED.fullmatch(other.noun[0])
        if count is None or apart or other.ordinal or other.part or len(values) > 1 or len(other.values) > 1:
            return None
        (high,), (low,) = values, other.values
        if high.denominator != 1 or not 0 < low < count:
            return None
        return replace(
            whole,
            values=frozenset({high + low / count}),
            last=other.last,
            unit=unit,
            soft=False,
            noun=(),
            per=other.per,
        )


def split_in(norms: Sequence[str], numbers: Sequence[Number]) -> list[Number]:
    """Return both numbers of one that may be two: "five hundred and one thousand"."""
    found = []
    for number in numbers:
        scale = SCALES.get(norms[number.last - 1])
        if scale and tuple(norms[number.first : number.last][-3:-1]) == ("and", "one"):
            found += [replace(number, values=frozenset({value / scale - 1})) for value in number.values]
            found.append(replace(number, values=frozenset({scale})))
    return found


def years_in(norms: Sequence[str], numbers: Sequence[Number]) -> list[Number]:
    """Return the years of which only the end is said: 1968 of "шестьдесят восьмого (года)"."""
    return [
        replace(number, values=frozenset({value + 1900, value + 2000}), unit="year", ordinal=False)
        for number in numbers
        if number.ordinal and number.in_words and not number.noun and not norms[number.first].isascii()
        for value in number.values
        if _LAST_DAY < value < 100
        or (value <= _LAST_DAY and SPANS.get("".join(norms[number.last : number.last + 1])) == "year")
    ]


def rates_in(numbers: Sequence[Number]) -> list[Number]:
    """Return how often what is every so often is, and the reverse: "every six months" is twice a year."""
    found = []
    for number in numbers:
        if number.every and number.unit in _SPANS:
            found += [
                replace(number, values=frozenset({count}), unit="times", per=span, every=False)
                for span in _SPANS
                for count in _shares(span, number.unit, number.values)
            ]
        elif number.unit == "times" and number.per in _SPANS:
            found += [
                replace(number, values=frozenset({count}), unit=span, per=None, every=True, implied=True)
                for span in _SPANS
                for count in _shares(number.per, span, number.values)
            ]
    return found


def _shares(span: str, smaller: str, values: frozenset[Fraction]) -> list[Fraction]:
    """Return how often so many of a smaller span fit into a span, where they do so wholly."""
    count = parts_of(span, smaller)
    return [count / value for value in values if value and (count / value).denominator == 1] if count else []


def glued_in(tokens: Sequence[Token]) -> list[Number]:
    """Return the figures that stand right behind a small word, as recognition and typing glue them: "at0" of "at 0"."""
    found = []
    for at, token in enumerate(tokens):
        match = _GLUED.fullmatch(token.norm)
        if match and (match[1] in STOPWORDS or unit_of(match[1])):
            values = {Fraction(match[2])}
            last = at + 1
            if last < len(tokens) and tokens[last].start == token.end + 1 and tokens[last].norm.isdecimal():
                values.add(Fraction(f"{match[2]}.{tokens[last].norm[:18]}"))
                last += 1
            unit = unit_of(tokens[last].norm) if last < len(tokens) else None
            found.append(Number(frozenset(values), at, last, unit or unit_of(match[1])))
    return found


def pairs_in(norms: Sequence[str], numbers: Sequence[Number]) -> list[Number]:
    """Return what two numbers said one after the other may mean.

    "Twelve fifty" is 12.50 and 1250, "twenty twenty six" a year, "три и пять" 3.5, "ноль восемь" 0.8.
    """
    found = []
    for one, other in pairwise(numbers):
        if one.unit or one.ordinal or len(one.values) + len(other.values) > 2:
            continue
        (high,), (low,) = one.values, other.values
        if high.denominator != 1 or low.denominator != 1 or not 0 <= low <= 99 or not 0 <= high <= 99:
            continue
        values = set()
        between = norms[one.last : other.first]
        if 0 < high < low and " ".join(between) in _OUT_OF:
            found.append(
                replace(other, values=frozenset({high / low}), first=one.first, part=True, noun=(), soft=False)
            )
        if not (one.in_words and other.in_words):
            continue
        if (not between and high == 0) or (len(between) == 1 and between[0] in _POINTS_OF_SPEECH):
            values.add(high + low / 10 ** len(str(low)))
        elif not between and high >= 1 and low >= 10:
            values |= {high * 100 + low, high + low / 100}
        if values:
            found.append(
                replace(other, values=frozenset(values), first=one.first, soft=False, part=False, ordinal=False)
            )
    return found


def with_shared_nouns(norms: Sequence[str], numbers: Sequence[Number]) -> list[Number]:
    """Return the numbers with each other's nouns where one is a part of the other: "23 forms out of 30"."""
    found = list(numbers)
    for at, (one, other) in enumerate(pairwise(numbers)):
        if is_part_of(norms, one, other) and not (one.unit or other.unit or one.soft or one.ordinal):
            found[at] = replace(found[at], noun=(*one.noun, *other.noun))
            found[at + 1] = replace(other, noun=(*other.noun, *one.noun))
    return found


def is_part_of(norms: Sequence[str], one: Number, other: Number) -> bool:
    """Return whether a number is so many of the next one: "forty of the sixty", "23 forms back out of thirty"."""
    if not 0 < other.first - one.last <= _PART_REACH + 1:
        return False
    between = [norm for norm in norms[one.last : other.first] if norm != "the"]
    return between[-1:] != [] and between[-1] in _OUT_OF and max(one.values) < min(other.values)
