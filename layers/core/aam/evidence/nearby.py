"""Collect facts around the quotes of an item, which it may mention beside those of its quotes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property

from aam.evidence.amounts import Amounts
from aam.evidence.calendar import Said
from aam.evidence.clocks import Clock
from aam.evidence.dates import Day, DayWord, Span
from aam.evidence.facts import Facts
from aam.evidence.numbers import Number
from aam.language.word_forms import Vocabulary


class Nearby:
    """The facts near the quotes; one that competes with a fact of the quotes themselves does not hold."""

    def __init__(
        self, quotes: Sequence[Facts], near: Sequence[Facts], around: Vocabulary, meeting_date: date | None
    ) -> None:
        self._quotes, self._near, self._around, self._meeting_date = quotes, near, around, meeting_date

    @cached_property
    def _amounts(self) -> Amounts:
        return Amounts(self._near, self._around)

    @cached_property
    def _quoted(self) -> Amounts:
        return Amounts(self._quotes, self._around)

    @cached_property
    def _calendar(self) -> Said:
        return Said(self._near, self._amounts, self._meeting_date)

    def has_number(self, number: Number, claim: Facts) -> bool:
        """Return whether a number of a text stands near the quotes, beside a word that it stands beside there too."""
        return not self._quoted.counts_other(number, claim.values) and self._amounts.has_near(number, claim)

    def has_day(self, day: Day, claim: Facts) -> bool:
        """Return whether a date stands near quotes that have no other."""
        return not self._is_replaced(claim) and self._calendar.has_day(day)

    def has_word(self, word: DayWord, claim: Facts) -> bool:
        """Return whether a weekday, "tomorrow" or a part of the day stands near quotes that have no other date."""
        return not self._is_replaced(claim) and self._calendar.has_word(word)

    def has_span(self, span: Span, claim: Facts) -> bool:
        """Return whether a span of the calendar stands near quotes that have no other date."""
        return not self._is_replaced(claim) and self._calendar.has_span(span)

    def has_clock(self, clock: Clock) -> bool:
        """Return whether a time of day stands near quotes that have none of their own."""
        return not any(quote.clocks for quote in self._quotes) and self._calendar.has_clock(clock)

    def _is_replaced(self, claim: Facts) -> bool:
        """Return whether the quotes have a date that the text leaves out, for which another may have been put."""
        days, words, spans = self._times
        own = {day for each in claim.days for day in each.days}
        named = {(word.kind, word.number) for word in claim.day_words}
        return (
            any(not day & own for day in days)
            or bool(words - named)
            or bool(spans - {span.unit for span in claim.spans})
        )

    @cached_property
    def _times(self) -> tuple[set[frozenset[tuple[int, int | None]]], set[tuple[str, int | str]], set[str]]:
        """Return the calendar dates, the day words and the spans of the quotes."""
        return (
            {day.days for quote in self._quotes for day in quote.days},
            {(word.kind, word.number) for quote in self._quotes for word in quote.day_words},
            {span.unit for quote in self._quotes for span in quote.spans},
        )
