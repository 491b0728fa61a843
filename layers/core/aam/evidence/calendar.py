"""Check the dates, times and spans of a claim: said, or derived from the quotes and the meeting's date."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property

from aam.evidence.amounts import Amounts
from aam.evidence.clocks import Clock
from aam.evidence.dates import Day, DayWord, Span
from aam.evidence.facts import Facts, is_ruled_out
from aam.language.calendar import EDGES
from aam.language.units import RATES, SPANS

_YEARS_AHEAD = timedelta(days=366)
_YEARS_BACK = timedelta(days=31)
_WEEK = 7
_SPAN_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_SPAN_MONTHS = {"month": 1, "quarter_year": 3, "year": 12}
_PART_OF_MINUTES = {"morning": (0, 720), "afternoon": (720, 1080), "evening": (960, 1440), "night": (0, 1440)}


@dataclass(frozen=True)
class Said:
    """The calendar of all quotes; the meeting's date resolves what was said relative to it."""

    quotes: Sequence[Facts]
    amounts: Amounts
    meeting_date: date | None = None

    @cached_property
    def days(self) -> list[tuple[Facts, Day]]:
        """Return the calendar dates with the quotes that they stand in."""
        return [(quote, day) for quote in self.quotes for day in quote.days]

    @cached_property
    def _day_words(self) -> frozenset[tuple[str, int | str]]:
        """Return what was said, without what was ruled out: "not Friday but Monday"."""
        return frozenset(
            (word.kind, word.number)
            for quote in self.quotes
            for word in quote.day_words
            if not is_ruled_out(quote.norms, word.at)
        )

    @cached_property
    def _ruled_out(self) -> frozenset[tuple[str, int | str]]:
        return frozenset(
            (word.kind, word.number)
            for quote in self.quotes
            for word in quote.day_words
            if is_ruled_out(quote.norms, word.at)
        )

    @cached_property
    def _minutes(self) -> frozenset[int]:
        return frozenset(at for quote in self.quotes for clock in quote.clocks for at in clock.minutes)

    @cached_property
    def _spans(self) -> list[Span]:
        return [span for quote in self.quotes for span in quote.spans]

    @cached_property
    def _units(self) -> frozenset[str]:
        words = (norm for quote in self.quotes for norm in quote.norms)
        return frozenset(unit for norm in words if (unit := SPANS.get(norm) or RATES.get(norm)))

    @cached_property
    def _resolved(self) -> frozenset[date]:
        """Return the dates that the quotes mean, as far as the meeting's date tells."""
        return frozenset(_resolved(self.quotes, self.meeting_date)) if self.meeting_date else frozenset()

    def has_clock(self, clock: Clock) -> bool:
        """Return whether a time of day was said; an unspoken half of the day is that of office hours."""
        minutes = frozenset({min(clock.minutes)}) if clock.written else clock.minutes
        for said in (said for quote in self.quotes for said in quote.clocks):
            common = minutes & said.minutes
            if common and (not clock.marked or len(said.minutes) == 1 or any(_is_office_hour(at) for at in common)):
                return True
        return False

    def has_word(self, word: DayWord, *, ruled_out: bool = False) -> bool:
        """Return whether a weekday, "tomorrow" or a part of the day was said, or follows from what was."""
        key = (word.kind, word.number)
        if key in self._day_words or (ruled_out and key in self._ruled_out):
            return not self._is_of_another_week(word)
        if word.is_loose:
            return not any(kind == "relative" for kind, _ in self._day_words) and not self.days
        if word.kind in {"season", "urgency"}:
            return False
        if word.kind == "part":
            return self._has_part(str(word.number))
        if word.kind == "weekday":
            return any(day.isoweekday() == word.number for day in self._resolved | self._full_dates)
        return self.meeting_date is not None and self.meeting_date + timedelta(days=int(word.number)) in self._resolved

    def _is_of_another_week(self, word: DayWord) -> bool:
        """Return whether each time that a weekday was said another week was meant: "this Friday" for "next Friday"."""
        said = {other.near for quote in self.quotes for other in quote.day_words if other.number == word.number}
        return word.near is not None and None not in said and word.near not in said

    @cached_property
    def _full_dates(self) -> frozenset[date]:
        found = set()
        for _, said in self.days:
            year = said.year or (self.meeting_date.year if self.meeting_date else None)
            for month, number in said.days:
                if year and number:
                    day = _date(year, month, number)
                    found.update([day] if day else [])
        return frozenset(found)

    def _has_part(self, part: str) -> bool:
        """Return whether a time of day was said that lies in a part of the day."""
        if part in {"noon", "midnight"}:
            return (720 if part == "noon" else 0) in self._minutes
        low, high = _PART_OF_MINUTES[part]
        exact = [
            at for quote in self.quotes for clock in quote.clocks if len(clock.minutes) == 1 for at in clock.minutes
        ]
        return any(low <= at < high for at in exact)

    def has_span(self, span: Span) -> bool:
        """Return whether "next week", "the end of the month" or "Q3" was said."""
        if span.unit.startswith("q") and span.unit[1:].isdecimal():
            number = int(span.unit[1:])
            said = "quarter_year" in self._units and any(
                n.ordinal and number in n.values for q in self.quotes for n in q.numbers
            )
            return said or any(other.unit == span.unit for other in self._spans)
        if span.unit == "named_month":
            return any(EDGES.get(norm) == span.edge for quote in self.quotes for norm in quote.norms)
        same = [other for other in self._spans if other.unit == span.unit]
        if span.edge and not any(other.edge == span.edge for other in same):
            return False
        if span.near in {None, "every"}:
            return span.unit in self._units or bool(same)
        if any(other.near == span.near for other in same):
            return True
        if span.unit == "day" and span.near in {"next", "last"}:
            return ("relative", 1 if span.near == "next" else -1) in self._day_words
        # A week that was spoken of without "next" or "last" may be any; one of another kind is another week.
        return span.unit in self._units and not any(other.near for other in same)

    def has_day(self, day: Day) -> bool:
        """Return whether a calendar date was said, or follows from what was said and the meeting's date."""
        said = [other for _, other in self.days if _same_day(day, other)]
        if not said:
            return any(self._is_resolved(day, month, number) for month, number in day.days)
        if day.year is None:
            return True
        if any(other.year is not None for other in said):
            return any(other.year == day.year for other in said)
        return self.amounts.has_value(Fraction(day.year)) or self._vouched(day)

    def _is_resolved(self, day: Day, month: int, number: int | None) -> bool:
        return any(
            found.month == month and number in {None, found.day} and day.year in {None, found.year}
            for found in self._resolved
        )

    def _vouched(self, day: Day) -> bool:
        """Return whether the year is the one that the meeting's own date gives to the day."""
        if self.meeting_date is None or day.year is None:
            return False
        for month, number in day.days:
            meant = _date(day.year, month, number or 1)
            if meant and self.meeting_date - _YEARS_BACK <= meant < self.meeting_date + _YEARS_AHEAD - _YEARS_BACK:
                return True
        return False

    def own_words(self, value: str) -> str | None:
        """Return the quotes' own words for a date field that says more than they do: a year, or a date for "Friday"."""
        days = Facts(value).days
        if len(days) != 1:
            return None
        (day,) = days
        for quote, said in self.days:
            if said.days & day.days and said.year is None:
                return quote.words(said.first, said.last)
        if self.meeting_date is not None or self.days or day.year is None:
            return None
        for quote in self.quotes:
            for word in quote.day_words:
                if word.kind == "relative" or (word.kind == "weekday" and _is_weekday(day, word.number)):
                    return quote.words(word.at - (word.near is not None), word.at + 1)
        return None


def _is_office_hour(minutes: int) -> bool:
    return 7 * 60 <= minutes < 19 * 60


def _is_weekday(day: Day, number: int | str) -> bool:
    found = [_date(day.year, month, at) for month, at in day.days if day.year and at]
    return any(each and each.isoweekday() == number for each in found)


def _same_day(claim: Day, said: Day) -> bool:
    months = {month for month, _ in said.days}
    return any((pair in said.days) if pair[1] is not None else (pair[0] in months) for pair in claim.days)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _resolved(quotes: Sequence[Facts], today: date) -> Iterator[date]:
    """Yield the dates that words relative to today may mean."""
    for quote in quotes:
        for word in quote.day_words:
            if word.kind == "relative":
                yield today + timedelta(days=int(word.number))
            elif word.kind == "weekday":
                yield from _weekdays(today, int(word.number), word.near)
        for number in quote.numbers:
            if number.unit in _SPAN_DAYS or number.unit in _SPAN_MONTHS:
                yield from _after(today, number.unit, [value for value in number.values if 0 < value < 1000])
            elif number.unit is None and number.ordinal:
                yield from (_next_number(today, int(value)) for value in number.values if 1 <= value <= 31)
        for span in quote.spans:
            if span.edge == "end" and span.near in {None, "this"}:
                yield from _ends(today, span.unit)


def _weekdays(today: date, number: int, near: str | None) -> Iterator[date]:
    ahead = (number - today.isoweekday()) % _WEEK
    if near == "last":
        yield today - timedelta(days=(today.isoweekday() - number) % _WEEK or _WEEK)
        return
    if near != "after next":
        yield today + timedelta(days=ahead)
    if ahead == 0 or near in {"next", "after next"}:
        yield today + timedelta(days=ahead + _WEEK)
    if near == "after next":
        yield today + timedelta(days=ahead + 2 * _WEEK)


def _after(today: date, unit: str, values: Sequence[Fraction]) -> Iterator[date]:
    for value in values:
        if value.denominator != 1:
            continue
        if unit in _SPAN_DAYS:
            yield today + timedelta(days=int(value) * _SPAN_DAYS[unit])
        else:
            months = today.year * 12 + today.month - 1 + int(value) * _SPAN_MONTHS[unit]
            year, month = divmod(months, 12)
            if year <= date.max.year:
                yield date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))


def _next_number(today: date, number: int) -> date:
    """Return the next day of a month's number: "the 22nd"."""
    for ahead in range(3):
        year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
        day = _date(year, month + 1, number)
        if day is not None and day >= today:
            return day
    return today


def _ends(today: date, unit: str) -> Iterator[date]:
    if unit == "day":
        yield today
    elif unit == "week":
        yield from (today + timedelta(days=(end - today.isoweekday()) % _WEEK) for end in (5, 7))
    elif unit == "month":
        yield date(today.year, today.month, calendar.monthrange(today.year, today.month)[1])
    elif unit == "year":
        yield date(today.year, 12, 31)
