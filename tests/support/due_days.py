"""The day that a deadline's words mean, counted from the meeting's date."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from aam.evidence.facts import Facts
from aam.language.stems import stem

_AFTER = {"послезавтра", "післязавтра"}
_BEFORE = {"yesterday", "вчера", "вчора", "учора"}
_TOMORROW = {"tomorrow", "завтра"}
_TODAY = {"today", "tonight", "сегодня", "сьогодні"}
_TODAY_PHRASES = (
    *("this afternoon", "this evening", "right after", "after this", "after lunch", "before lunch"),
    *("сразу после", "прямо сейчас", "обеда", "до вечера", "к вечеру"),
    *("відразу після", "одразу після", "обіду", "до вечора"),
)
_NEXT = {"next", *map(stem, ("следующий", "следующей", "следующую", "наступний", "наступної", "наступну"))}
# Written down again, so that a slip in the product's own calendar does not confirm itself.
_WEEKDAYS = {
    prefix: number
    for number, prefixes in enumerate(
        ("mon пон", "tue вто вів", "wed сре сер", "thu чет", "fri пят п'я", "sat суб", "sun вос нед"), 1
    )
    for prefix in prefixes.split()
}
_NOW = {"сейчас", "зараз", "now"}
_WEEK_ON = (
    "a week on",
    "a week from",
    "friday week",
    "monday week",
    "tuesday week",
    "через неделю в",
    "через тиждень у",
)
_WEEK_END = ("end of the week", "end of this week", "end of week", "конца недели", "концу недели", "кінця тижня")
_NEXT_WEEK_END = ("end of next week", "конца следующей недели", "концу следующей недели", "кінця наступного тижня")
_NEXT_WEEK = ("next week", "следующей неделе", "той неделе", "наступного тижня", "наступному тижні", "того тижня")
_NOT_WEEKDAYS = _TOMORROW | _TODAY | _BEFORE | _AFTER
_MONTH_END = ("end of the month", "end of this month", "конца месяца", "конце месяца", "кінця місяця")


def day_meant(words: str, meeting: date) -> date | None:
    """Return the day, or None where the words name none."""
    try:
        return date.fromisoformat(words)
    except ValueError:
        pass
    facts = Facts(words)
    line = " ".join(facts.norms)
    for day in facts.days:
        (month, number), *_ = sorted(day.days, key=str)
        if number is None:
            return _month_end(meeting, month)
        return _upcoming(meeting, month, number, day.year)
    for word in facts.day_words:
        if word.kind in {"relative", "weekday"}:
            return _from_today(facts.norms, word.at, meeting, line)
    return _of_period(facts.norms, line, meeting) or _of_number(facts, meeting)


def _from_today(norms: Sequence[str], at: int, meeting: date, line: str) -> date:
    """Return the day that a weekday or a word such as "tomorrow" means."""
    norm = norms[at]
    if norm[:3] not in _WEEKDAYS or norm in _NOT_WEEKDAYS:
        return meeting + timedelta(days=2 if norm in _AFTER else -1 if norm in _BEFORE else norm in _TOMORROW)
    ahead = (_WEEKDAYS[norm[:3]] - meeting.isoweekday()) % 7 or 7
    if any(phrase in line for phrase in _WEEK_ON):
        return meeting + timedelta(days=ahead + 7)
    following = (at and stem(norms[at - 1]) in _NEXT) or any(phrase in line for phrase in _NEXT_WEEK)
    if following and meeting.isoweekday() + ahead <= 7:
        ahead += 7
    return meeting + timedelta(days=ahead)


def _of_period(norms: Sequence[str], line: str, meeting: date) -> date | None:
    """Return the day that ends a period: the Friday of a week, the last of a month, today."""
    if any(phrase in line for phrase in _NEXT_WEEK_END):
        return meeting + timedelta(days=12 - meeting.isoweekday())
    if any(phrase in line for phrase in _WEEK_END):
        return meeting + timedelta(days=max(0, 5 - meeting.isoweekday()))
    if any(phrase in line for phrase in _MONTH_END):
        return _month_end(meeting, meeting.month)
    if any(phrase in line for phrase in _TODAY_PHRASES) or not (_TODAY | _NOW).isdisjoint(norms):
        return meeting
    return None


def _of_number(facts: Facts, meeting: date) -> date | None:
    """Return the day of the month that a number alone means: "the fifteenth", «двадцатого»."""
    for number in facts.numbers:
        value = max(number.values)
        if len(number.values) == 1 and not number.implied and value.denominator == 1 and 1 <= value <= 31:
            month = meeting.month if value >= meeting.day else meeting.month % 12 + 1
            return _upcoming(meeting, month, int(value), None)
    return None


def _upcoming(meeting: date, month: int, number: int, year: int | None) -> date | None:
    try:
        found = date(year or meeting.year, month, number)
        return found.replace(year=meeting.year + 1) if year is None and found < meeting else found
    except ValueError:
        return None


def _month_end(meeting: date, month: int) -> date:
    year = meeting.year + (month < meeting.month)
    return date(year, month, monthrange(year, month)[1])
