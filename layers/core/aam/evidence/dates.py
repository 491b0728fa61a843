"""Dates in running text: ISO, numeric, with a month's name, weekdays, and words such as tomorrow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aam.evidence.numbers import Number
from aam.language.calendar import MONTHS, MONTHS_BESIDE_NUMBER, RELATIVE_DAYS, WEEKDAYS
from aam.language.tokens import Token

_BETWEEN = frozenset({"of", "the", "-", "числа"})
_YEAR_WORDS = frozenset({"года", "год", "году", "року", "рік", "році"})
_NUMERIC = re.compile(
    r"(?<![\d.\-/])(?:(?P<y1>\d{4})-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})"
    r"|(?P<a>\d{1,2})(?P<sep>[./])(?P<b>\d{1,2})(?P=sep)(?P<y2>\d{4}|\d{2}))(?![\d\-/]|\.\d)"
)


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar date as far as it was said.

    ``days`` are its possible (month, day), the day None where only a month was said;
    ``first`` and ``last`` are the half-open range of tokens.
    """

    days: frozenset[tuple[int, int | None]]
    year: int | None
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class DayWord:
    """A weekday ("weekday", 1 = Monday) or a day counted from today ("relative")."""

    kind: str
    number: int
    at: int


def days_in(text: str, tokens: Sequence[Token], numbers: Sequence[Number]) -> list[Day]:
    """Every calendar date of a text, in order."""
    numeric = _numeric(text, tokens)
    taken = {at for day in numeric for at in range(day.first, day.last)}
    by_first = {n.first: n for n in numbers}
    by_last = {n.last: n for n in numbers}
    named = []
    for at, token in enumerate(tokens):
        if token.norm in MONTHS and at not in taken:
            day = _named(tokens, at, by_first, by_last)
            if day is not None:
                named.append(day)
    return sorted(numeric + named, key=lambda day: day.first)


def day_words_in(tokens: Sequence[Token]) -> list[DayWord]:
    """Every weekday and relative day of a text, in order."""
    found = []
    for at, token in enumerate(tokens):
        if token.norm in WEEKDAYS:
            found.append(DayWord("weekday", WEEKDAYS[token.norm], at))
        elif token.norm in RELATIVE_DAYS:
            found.append(DayWord("relative", RELATIVE_DAYS[token.norm], at))
    return found


def _numeric(text: str, tokens: Sequence[Token]) -> list[Day]:
    found = []
    starts = {token.start: at for at, token in enumerate(tokens)}
    ends = {token.end: at + 1 for at, token in enumerate(tokens)}
    for match in _NUMERIC.finditer(text):
        if match["y1"]:
            year, pairs = int(match["y1"]), [(int(match["m1"]), int(match["d1"]))]
        else:
            one, other, year = int(match["a"]), int(match["b"]), int(match["y2"])
            year += 2000 if year < 100 else 0
            # With dots the day comes first; with slashes either may.
            pairs = [(other, one)] + ([(one, other)] if match["sep"] == "/" else [])
        days: list[tuple[int, int | None]] = [(m, d) for m, d in pairs if 1 <= m <= 12 and 1 <= d <= 31]
        # An end that is no token's ("4.12.2026г") takes the token that begins last within the match.
        last = ends.get(match.end()) or 1 + max(
            (at for s, at in starts.items() if match.start() <= s < match.end()), default=-1
        )
        first = starts.get(match.start())
        if days and first is not None:
            found.append(Day(frozenset(days), year, first, last))
    return found


def _named(tokens: Sequence[Token], at: int, by_first: dict[int, Number], by_last: dict[int, Number]) -> Day | None:
    first, last = at, at + 1
    before = at - 1 if at and tokens[at - 1].norm in _BETWEEN else at
    after = at + 2 if at + 1 < len(tokens) and tokens[at + 1].norm in _BETWEEN else at + 1
    day = _day(by_last.get(before))
    if day is not None:
        first = by_last[before].first
    else:
        day = _day(by_first.get(after))
        if day is not None:
            last = by_first[after].last
    if day is None and tokens[at].norm in MONTHS_BESIDE_NUMBER:
        return None
    year = _year(by_first.get(last))
    if year is not None:
        last = by_first[last].last
        if last < len(tokens) and tokens[last].norm in _YEAR_WORDS:
            last += 1
    return Day(frozenset({(MONTHS[tokens[at].norm], day)}), year, first, last)


def _whole(number: Number | None) -> int | None:
    if number is None or number.unit is not None or len(number.values) != 1:
        return None
    (value,) = number.values
    return int(value) if value.denominator == 1 else None


def _day(number: Number | None) -> int | None:
    value = _whole(number)
    return value if value is not None and 1 <= value <= 31 else None


def _year(number: Number | None) -> int | None:
    value = _whole(number)
    return value if value is not None and 1900 <= value <= 2199 else None
