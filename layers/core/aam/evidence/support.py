"""Whether what an item claims stands in its quotes: every number, amount, date, code and name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property

from aam.evidence.dates import Day, DayWord, day_words_in, days_in
from aam.evidence.names import Spoken, is_one_of, names_in
from aam.evidence.numbers import Number, numbers_in
from aam.language.tokens import Token, norms_of, tokens_of

_CODE = re.compile(r"(?=.*\d)[^\W\d_].*|\d{19,}.*")
_YEARS_AHEAD = timedelta(days=366)
_YEARS_BACK = timedelta(days=31)


@dataclass(frozen=True)
class Facts:
    """A text with everything in it that can be checked."""

    text: str
    known_names: frozenset[str] = frozenset()

    @cached_property
    def tokens(self) -> list[Token]:
        """Its tokens."""
        return tokens_of(self.text)

    @cached_property
    def norms(self) -> list[str]:
        """Their comparable forms."""
        return [token.norm for token in self.tokens]

    @cached_property
    def numbers(self) -> list[Number]:
        """Its numbers, those within dates too."""
        return numbers_in(self.text, self.tokens)

    @cached_property
    def days(self) -> list[Day]:
        """Its calendar dates."""
        return days_in(self.text, self.tokens, self.numbers)

    @cached_property
    def day_words(self) -> list[DayWord]:
        """Its weekdays and relative days."""
        return day_words_in(self.tokens)

    def words(self, first: int, last: int) -> str:
        """The text of a range of tokens."""
        return self.text[self.tokens[first].start : self.tokens[last - 1].end]


@dataclass(frozen=True)
class Unsupported:
    """A claim without evidence: a stable code and the claim's own words."""

    code: str
    about: str


@dataclass(frozen=True)
class Evidence:
    """The quotes of one item that stand, and the people whose names need no quote.

    ``people`` are names as sequences of comparable words.  ``meeting_date`` may vouch for a year that
    nobody said.
    """

    quotes: Sequence[Facts]
    people: Sequence[Sequence[str]] = ()
    labels: Sequence[str] = ()
    meeting_date: date | None = None
    known_names: frozenset[str] = field(default=frozenset())

    @cached_property
    def norms(self) -> list[str]:
        """All tokens of the quotes; an empty one between quotes keeps names from spanning two."""
        return [norm for quote in self.quotes for norm in (*quote.norms, "")]

    @cached_property
    def _token_set(self) -> frozenset[str]:
        return frozenset(self.norms)

    @cached_property
    def _spoken(self) -> Spoken:
        return Spoken(self.norms)

    @cached_property
    def _values(self) -> dict[Fraction, set[str | None]]:
        values: dict[Fraction, set[str | None]] = {}
        for quote in self.quotes:
            for number in quote.numbers:
                for value in number.values:
                    values.setdefault(value, set()).add(number.unit)
            for value in _spoken_years(quote):
                values.setdefault(value, set()).add(None)
        return values

    @cached_property
    def _days(self) -> list[tuple[Facts, Day]]:
        return [(quote, day) for quote in self.quotes for day in quote.days]

    @cached_property
    def _day_words(self) -> frozenset[tuple[str, int]]:
        return frozenset((word.kind, word.number) for quote in self.quotes for word in quote.day_words)

    def unsupported(self, text: str) -> Unsupported | None:
        """The first claim of a text that nothing supports, or None."""
        claim = Facts(self._without_labels(text))
        in_dates: set[int] = set()
        for day in claim.days:
            in_dates.update(range(day.first, day.last))
            if not self._has_day(day):
                return Unsupported("date_not_in_quotes", claim.words(day.first, day.last))
        for word in claim.day_words:
            if (word.kind, word.number) not in self._day_words:
                return Unsupported("date_not_in_quotes", claim.words(word.at, word.at + 1))
        for number in claim.numbers:
            if number.first not in in_dates and not self._has_number(number):
                return Unsupported("number_not_in_quotes", claim.words(number.first, number.last))
        for token in claim.tokens:
            if _CODE.fullmatch(token.norm) and token.norm not in self._token_set:
                return Unsupported("number_not_in_quotes", claim.text[token.start : token.end])
        for name in names_in(claim.text, claim.tokens, known=self.known_names):
            if not is_one_of(name.words, self.people) and not self._spoken.has(name.words):
                return Unsupported("name_not_in_quotes", claim.words(name.first, name.last))
        return None

    def has_person(self, value: str) -> bool:
        """Whether a person is named in one quote, or is one of the people."""
        words = norms_of(value)
        if not words:
            return False
        if any(norms_of(label) == words for label in self.labels):
            return True
        return is_one_of(words, self.people) or self._spoken.has(words)

    def has_words(self, value: str) -> bool:
        """Whether the words of a value stand together in one quote."""
        words = " ".join(norms_of(value))
        return bool(words) and any(f" {words} " in f" {' '.join(quote.norms)} " for quote in self.quotes)

    def said_day(self, value: str) -> str | None:
        """The quotes' own words for a date whose day and month were said and whose year was not."""
        days = Facts(value).days
        if len(days) != 1:
            return None
        for quote, said in self._days:
            if said.days & days[0].days and said.year is None:
                return quote.words(said.first, said.last)
        return None

    def _without_labels(self, text: str) -> str:
        # "Speaker 2" is a label, not the number two.
        for label in self.labels:
            text = re.sub(rf"(?<!\w){re.escape(label)}(?!\w)", " ", text)
        return text

    def _has_number(self, number: Number) -> bool:
        if number.soft:
            return True
        units = [self._values[value] for value in number.values if value in self._values]
        return any(number.unit is None or number.unit in known for known in units)

    def _has_day(self, day: Day) -> bool:
        said = [other for _, other in self._days if _same_day(day, other)]
        if not said:
            return False
        if day.year is None:
            return True
        if any(other.year is not None for other in said):
            return any(other.year == day.year for other in said)
        return Fraction(day.year) in self._values or self._vouched(day)

    def _vouched(self, day: Day) -> bool:
        """Whether the year is the one that the meeting's own date gives to the day."""
        if self.meeting_date is None or day.year is None:
            return False
        for month, number in day.days:
            try:
                meant = date(day.year, month, number or 1)
            except ValueError:
                continue
            if self.meeting_date - _YEARS_BACK <= meant < self.meeting_date + _YEARS_AHEAD - _YEARS_BACK:
                return True
        return False


def _same_day(claim: Day, said: Day) -> bool:
    months = {month for month, _ in said.days}
    return any((pair in said.days) if pair[1] is not None else (pair[0] in months) for pair in claim.days)


def _spoken_years(quote: Facts) -> list[Fraction]:
    """Years said in two halves: "twenty twenty six"."""
    years = []
    for one, other in zip(quote.numbers, quote.numbers[1:], strict=False):
        if one.last == other.first and len(one.values) == len(other.values) == 1:
            (high,), (low,) = one.values, other.values
            if high in (19, 20) and 10 <= low <= 99 and low.denominator == 1:
                years.append(high * 100 + low)
    return years
