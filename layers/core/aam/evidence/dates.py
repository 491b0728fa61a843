"""Dates in running text: ISO, numeric, with a month's name, weekdays, tomorrow, and spans such as next week."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aam.evidence.numbers import Number
from aam.language.calendar import (
    DAY_ADJECTIVES,
    DAY_PARTS,
    EDGES,
    MONTHS,
    MONTHS_BESIDE_NUMBER,
    NEARNESS,
    RELATIVE_DAYS,
    SEASONS,
    SHORT_WEEKDAYS,
    URGENCIES,
    WEEKDAYS,
    YEARS,
)
from aam.language.tokens import Token, is_capitalised, starts_sentence
from aam.language.units import RATES, SPANS

_BETWEEN = frozenset({"of", "the", "-", "числа"})
_YEAR_WORDS = frozenset({"года", "год", "году", "року", "рік", "році"})
_NUMERIC = re.compile(
    r"(?<![\d.\-/])(?:(?P<y1>\d{4})-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})"
    r"|(?P<a>\d{1,2})(?P<sep>[./])(?P<b>\d{1,2})(?P=sep)(?P<y2>\d{4}|\d{2}))(?![\d\-/]|\.\d)"
)
# What stands before a month that is also a name or another word: "in May", "до марта", "к маю".
_BEFORE_MONTH = frozenset(
    {
        *("in", "by", "until", "till", "since", "of", "from", "through", "before", "after", "during", "for"),
        *("в", "к", "до", "с", "от", "после", "за", "на", "у", "з", "із", "від", "після", "по", "між", "между"),
        *("раньше", "позже", "позднее", "раніше", "пізніше"),
        *NEARNESS,
        *EDGES,
    }
)
_RUSSIAN_ENVIRONMENT = frozenset({"среда", "среде", "среды", "средой", "средою", "сред", "средам", "среду"})
_DAY_BEFORE = frozenset(
    {"в", "к", "ко", "до", "с", "со", "на", "после", "во", "или", "и", "по", "не", "через", *NEARNESS}
)
_NAMED = (("urgency", URGENCIES), ("season", SEASONS), ("part", DAY_PARTS))
"""Kinds of day words that need nothing but their form."""
_TOWARDS = frozenset({"на", "за", "через", "by", "for"})
"""What parts "the start" from another span: "початок зсувають на тиждень"."""
_SPAN_EDGE_GAP = 3
_WITHIN = frozenset({"within", "during", "by", "until"})
_QUARTERS = re.compile(r"q([1-4])|([1-4])q")


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
    """A weekday ("weekday", 1 = Monday), a day counted from today ("relative"), a part of the day ("part")
    a season, a weekend or a holiday ("season") or a word of haste ("urgency").

    ``near`` is "next", "last", "this", "every" or "after next" where a word says which.  ``is_loose`` marks an
    adjective of today, which often says no more than "now": "today's prices".
    """

    kind: str
    number: int | str
    at: int
    near: str | None = None
    is_loose: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A week, a month or a quarter of the calendar: which one, and which edge of it."""

    unit: str
    near: str | None
    edge: str | None
    first: int
    last: int


def days_in(text: str, tokens: Sequence[Token], numbers: Sequence[Number]) -> list[Day]:
    """Return every calendar date of a text, in order."""
    numeric = _numeric(text, tokens)
    taken = {at for day in numeric for at in range(day.first, day.last)}
    by_first = {n.first: n for n in numbers}
    by_last = {n.last: n for n in numbers}
    named = []
    for at, token in enumerate(tokens):
        if token.norm in MONTHS and at not in taken:
            day = _named(text, tokens, at, by_first, by_last)
            if day is not None:
                named.append(day)
    return sorted(numeric + named, key=lambda day: day.first)


def day_words_in(text: str, tokens: Sequence[Token]) -> list[DayWord]:
    """Return every weekday, relative day and part of the day of a text, in order."""
    found = []
    for at, token in enumerate(tokens):
        before = tokens[at - 1].norm if at else ""
        near = "after next" if _is_after_next(tokens, at) else NEARNESS.get(before)
        if token.norm in WEEKDAYS:
            if not _is_environment(text, tokens, at):
                found.append(DayWord("weekday", WEEKDAYS[token.norm], at, near))
        elif token.norm in SHORT_WEEKDAYS:
            if _is_short_weekday(text, tokens, at):
                found.append(DayWord("weekday", SHORT_WEEKDAYS[token.norm], at, near))
        elif token.norm in RELATIVE_DAYS:
            day = _two_days(tokens, at)
            if day:
                found.append(DayWord("relative", day, at))
                continue
            found.append(DayWord("relative", RELATIVE_DAYS[token.norm], at))
            if token.norm == "tonight":
                found.append(DayWord("part", "evening", at))
        elif token.norm in DAY_ADJECTIVES:
            found.append(DayWord("relative", DAY_ADJECTIVES[token.norm], at, is_loose=True))
        else:
            found += [DayWord(kind, forms[token.norm], at) for kind, forms in _NAMED if token.norm in forms][:1]
    return found


def _two_days(tokens: Sequence[Token], at: int) -> int:
    """Return 2 for "the day after tomorrow", -2 for "the day before yesterday", else 0."""
    before = [token.norm for token in tokens[max(0, at - 2) : at]]
    if tokens[at].norm == "tomorrow" and before == ["day", "after"]:
        return 2
    return -2 if tokens[at].norm == "yesterday" and before == ["day", "before"] else 0


def _is_after_next(tokens: Sequence[Token], at: int) -> bool:
    """Return whether "after next" follows a word: "the Friday after next"."""
    return [token.norm for token in tokens[at + 1 : at + 3]] == ["after", "next"]


def spans_in(tokens: Sequence[Token]) -> list[Span]:
    """Return every span of the calendar that a word points at: next week, конец месяца, this quarter, Q3, EOD."""
    found = []
    for at, token in enumerate(tokens):
        norm = token.norm
        quarter = _QUARTERS.fullmatch(norm)
        if quarter:
            found.append(Span(f"q{quarter[1] or quarter[2]}", None, None, at, at + 1))
            continue
        if norm in {"eod", "eow", "eom", "eoy"}:
            unit = {"d": "day", "w": "week", "m": "month", "y": "year"}[norm[2]]
            found.append(Span(unit, None, "end", at, at + 1))
            continue
        if norm in YEARS:
            found.append(Span("year", YEARS[norm], None, at, at + 1))
            continue
        if norm.startswith("полуг"):
            continue
        if norm in RATES:
            found.append(Span(RATES[norm], "every", None, at, at + 1))
            continue
        if norm in MONTHS and at and tokens[at - 1].norm in EDGES:
            found.append(Span("named_month", None, EDGES[tokens[at - 1].norm], at - 1, at + 1))
            continue
        unit = SPANS.get(norm, "")
        if unit not in {"day", "week", "month", "quarter_year", "year"}:
            continue
        span = _pointed_at(tokens, at, unit)
        if span is not None:
            found.append(span)
    return found


def _pointed_at(tokens: Sequence[Token], at: int, unit: str) -> Span | None:
    """Return the span of a unit's word, where the words before it say which: "the end of next week"."""
    near, edge, first = None, None, at
    for place in range(at - 1, max(at - 1 - _SPAN_EDGE_GAP, -1), -1):
        word = tokens[place].norm
        if word in _TOWARDS:
            break
        near = near or NEARNESS.get(word)
        if word in EDGES:
            edge = EDGES[word]
        if word in NEARNESS or word in EDGES:
            first = place
    if _is_after_next(tokens, at):
        return Span(unit, "after next", edge, first, at + 1)
    before, earlier = (tokens[at - 1].norm if at else ""), (tokens[at - 2].norm if at > 1 else "")
    within = before in _WITHIN or (before == "the" and earlier in _WITHIN)
    if edge or within or (near and NEARNESS.get(before)):
        return Span(unit, near, edge, first, at + 1)
    return None


def _is_environment(text: str, tokens: Sequence[Token], at: int) -> bool:
    """Return whether Russian "среда" is an environment: "в тестовой среде", "в среде"; the day is "в среду"."""
    norm = tokens[at].norm
    if norm not in _RUSSIAN_ENVIRONMENT:
        return False
    before = tokens[at - 1].norm if at and not starts_sentence(text, tokens, at) else ""
    if norm == "среде":
        return before not in {"к", "ко"} and before not in NEARNESS
    return before.endswith(("ая", "яя", "ой", "ей", "ую", "юю", "ых", "их")) and before not in NEARNESS


def _is_short_weekday(text: str, tokens: Sequence[Token], at: int) -> bool:
    """Return whether an abbreviation is one: "Sat" with its capital inside a sentence, "в пт", "до чт"."""
    token = tokens[at]
    before = tokens[at - 1].norm if at else ""
    if token.norm.isascii():
        return is_capitalised(text, token) and not (
            starts_sentence(text, tokens, at) and token.norm in {"sat", "sun", "wed"}
        )
    return before in _DAY_BEFORE or text[token.start : token.end].isupper()


def _numeric(text: str, tokens: Sequence[Token]) -> list[Day]:
    found = []
    starts = {token.start: at for at, token in enumerate(tokens)}
    ends = {token.end: at + 1 for at, token in enumerate(tokens)}
    at = 0
    for match in _NUMERIC.finditer(text):
        if match["y1"]:
            year, pairs = int(match["y1"]), [(int(match["m1"]), int(match["d1"]))]
        else:
            one, other, year = int(match["a"]), int(match["b"]), int(match["y2"])
            year += 2000 if year < 100 else 0
            # With dots the day comes first; with slashes either may.
            pairs = [(other, one)] + ([(one, other)] if match["sep"] == "/" else [])
        days: list[tuple[int, int | None]] = [(m, d) for m, d in pairs if 1 <= m <= 12 and 1 <= d <= 31]
        first = starts.get(match.start())
        if not days or first is None:
            continue
        # An end that is no token's ("4.12.2026г") takes the token that begins last within the match.
        last = ends.get(match.end())
        if last is None:
            at = first
            while at < len(tokens) and tokens[at].start < match.end():
                at += 1
            last = at
        found.append(Day(frozenset(days), year, first, last))
    return found


def _named(
    text: str, tokens: Sequence[Token], at: int, by_first: dict[int, Number], by_last: dict[int, Number]
) -> Day | None:
    first, last = at, at + 1
    before = at - 1 if at and tokens[at - 1].norm in _BETWEEN else at
    after = at + 2 if at + 1 < len(tokens) and tokens[at + 1].norm in _BETWEEN else at + 1
    day = _day(by_last.get(before))
    if day is not None:
        first = by_last[before].first
    else:
        day = _day(by_first.get(after)) if _is_adjacent(text, tokens, after) else None
        if day is not None:
            last = by_first[after].last
    if day is None and tokens[at].norm in MONTHS_BESIDE_NUMBER and not _is_month(text, tokens, at):
        return None
    year = _year(by_first.get(last))
    if year is not None:
        last = by_first[last].last
        if last < len(tokens) and tokens[last].norm in _YEAR_WORDS:
            last += 1
    return Day(frozenset({(MONTHS[tokens[at].norm], day)}), year, first, last)


def _is_adjacent(text: str, tokens: Sequence[Token], at: int) -> bool:
    """Return whether no end of a sentence parts a token from the one before it; the point of "Dec. 4" is none."""
    if not 0 < at < len(tokens):
        return False
    gap = text[tokens[at - 1].end : tokens[at].start].strip()
    return gap in {"", "-", ","} or (gap == "." and len(tokens[at - 1].norm) <= 4)


def _is_month(text: str, tokens: Sequence[Token], at: int) -> bool:
    """Return whether "May", "March", "марта" without a number is the month, by the word before and its capital."""
    if at == 0 or starts_sentence(text, tokens, at) or tokens[at - 1].norm not in _BEFORE_MONTH:
        return False
    capital = is_capitalised(text, tokens[at])
    if tokens[at].norm.isascii():
        return capital and len(tokens[at].norm) > 2
    return not capital


def _whole(number: Number | None) -> int | None:
    if number is None or number.unit not in {None, "year"} or len(number.values) != 1 or number.implied:
        return None
    (value,) = number.values
    return int(value) if value.denominator == 1 else None


def _day(number: Number | None) -> int | None:
    value = _whole(number)
    return value if value is not None and 1 <= value <= 31 else None


def _year(number: Number | None) -> int | None:
    value = _whole(number)
    return value if value is not None and 1900 <= value <= 2199 else None
