"""Check each number, amount, date, code and name of an item against its quotes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property

from aam.evidence.amounts import Amounts
from aam.evidence.calendar import Said
from aam.evidence.facts import Facts, changes_in, is_ruled_out
from aam.evidence.nearby import Nearby
from aam.evidence.owners import Owners
from aam.evidence.people import People, Speech
from aam.language.calendar import YEARS
from aam.language.cleaning import mixed_word_in
from aam.language.tokens import Token, norms_of
from aam.language.units import RATES, SIGNS, SPANS, is_money, unit_of
from aam.language.word_forms import Vocabulary

_LONG_SPANS = frozenset({"week", "fortnight", "month", "quarter_year", "year", "decade", "century"})
_UNIT_REACH = 4
_WITHIN = frozenset({"in", "within", "through", "за", "через"})
_CURRENCY_WORD = 4


@dataclass(frozen=True)
class Unsupported:
    """A claim without evidence: a stable code and the claim's own words."""

    code: str
    about: str


@dataclass(frozen=True)
class Evidence:
    """The quotes of one item that stand, and who took part.

    ``participants`` are names as sequences of comparable words.  ``meeting_date`` may vouch for a year that nobody
    said, and resolves "Friday" and "tomorrow".  ``around`` are the utterances near the quotes: there may
    stand what "25" counts.  ``nearby`` are the same with their speakers: what a text says beside its quotes may
    stand there.
    """

    speeches: Sequence[Speech]
    participants: Sequence[Sequence[str]] = ()
    labels: Sequence[str] = ()
    meeting_date: date | None = None
    known_names: frozenset[str] = field(default=frozenset())
    around: Sequence[str] = ()
    nearby: Sequence[Speech] = ()

    @cached_property
    def _quotes(self) -> list[Facts]:
        return [speech.facts for speech in self.speeches]

    @cached_property
    def _amounts(self) -> Amounts:
        return Amounts(self._quotes, self._around)

    @cached_property
    def _around(self) -> Vocabulary:
        return Vocabulary(
            norm for text in (*self.around, *(quote.text for quote in self._quotes)) for norm in norms_of(text)
        )

    @cached_property
    def _calendar(self) -> Said:
        return Said(self._quotes, self._amounts, self.meeting_date)

    @cached_property
    def _near(self) -> Nearby:
        return Nearby(self._quotes, [speech.facts for speech in self.nearby], self._around, self.meeting_date)

    @cached_property
    def people(self) -> People:
        """Return the people who are named and who speak."""
        return People(
            self.speeches,
            participants=self.participants,
            known=self.known_names,
            around=self._around,
            nearby=self.nearby,
        )

    @cached_property
    def owners(self) -> Owners:
        """Return the possible owners of the item's task."""
        return Owners(self.people, self.labels)

    def unsupported(self, text: str, *, is_field: bool = False) -> Unsupported | None:
        """Return the first claim of a text that nothing supports, or None; a field must stand in the quotes."""
        mixed = mixed_word_in(text)
        if mixed:
            return Unsupported("mixed_scripts", mixed)
        if norms_of(text) in [quote.norms for quote in self._quotes]:
            return None
        stranger = self._strange_label(text)
        if stranger:
            return Unsupported("name_not_in_quotes", stranger)
        claim = Facts(self._without_labels(text))
        near = None if is_field else self._near
        found = self._missing_time(claim, near) or self._missing_number(claim, near)
        if found:
            return found
        name = self.people.missing(claim, near=not is_field)
        if name:
            return Unsupported("name_not_in_quotes", claim.words(name.first, name.last))
        promised = self.owners.missing_promise(claim)
        if promised:
            return Unsupported("owner_not_in_quotes", claim.words(promised.first, promised.last))
        swapped = self.people.swapped(claim)
        return Unsupported("names_swapped", claim.words(*swapped)) if swapped else None

    def _missing_time(self, claim: Facts, near: Nearby | None) -> Unsupported | None:
        for day in claim.days:
            if not self._calendar.has_day(day) and not (near and near.has_day(day, claim)):
                return Unsupported("date_not_in_quotes", claim.words(day.first, day.last))
        in_clocks = {at for clock in claim.clocks if clock.exact for at in range(clock.first, clock.last)}
        for clock in claim.clocks:
            if clock.exact and not self._calendar.has_clock(clock) and not (near and near.has_clock(clock)):
                return Unsupported("date_not_in_quotes", claim.words(clock.first, clock.last))
        for word in claim.day_words:
            if word.at in in_clocks or self._calendar.has_word(word, ruled_out=is_ruled_out(claim.norms, word.at)):
                continue
            if not (near and near.has_word(word, claim)):
                return Unsupported("date_not_in_quotes", claim.words(word.at, word.at + 1))
        for span in claim.spans:
            if not self._calendar.has_span(span) and not (near and near.has_span(span, claim)):
                return Unsupported("date_not_in_quotes", claim.words(span.first, span.last))
        return None

    def _missing_number(self, claim: Facts, near: Nearby | None) -> Unsupported | None:
        dated = {at for day in claim.days for at in range(day.first, day.last)}
        dated |= {at for clock in claim.clocks if clock.exact for at in range(clock.first, clock.last)}
        dated |= {at for span in claim.spans if span.unit.startswith("q") for at in range(span.first, span.last)}
        bare_hours = {clock.first: clock for clock in claim.clocks if not clock.exact}
        understood = set(dated)
        for number in claim.amounts:
            understood.update(range(number.first, number.last))
            if number.first in dated or self._amounts.has(number, claim) or (near and near.has_number(number, claim)):
                continue
            clock = bare_hours.get(number.first)
            if clock is None or not self._calendar.has_clock(clock):
                return Unsupported("number_not_in_quotes", claim.words(number.first, number.last))
        for at, token in enumerate(claim.tokens):
            if at in understood or not has_figure(claim.text, token):
                continue
            if token.norm not in self._amounts.words and token.norm not in self._amounts.codes:
                return Unsupported("number_not_in_quotes", claim.text[token.start : token.end])
        return self._missing_order(claim) or self._missing_unit(claim)

    def _missing_unit(self, claim: Facts) -> Unsupported | None:
        """Return a currency, or a week, month or year, that a text names beside its numbers without support."""
        counted = {at for number in claim.numbers for at in range(number.first, number.last + _UNIT_REACH)}
        for at, norm in enumerate(claim.norms):
            unit = RATES.get(norm) or unit_of(norm)
            if at not in counted and norm in SPANS and unit not in self._units and _is_within(claim.norms, at):
                return Unsupported("date_not_in_quotes", claim.words(at, at + 1))
            if at not in counted and unit in _LONG_SPANS and unit not in self._units:
                return Unsupported("date_not_in_quotes", claim.words(at, at + 1))
            strange = is_money(unit) and unit not in self._units and "cent" not in self._units
            if strange and self._is_currency(claim, at):
                return Unsupported("number_not_in_quotes", claim.words(at, at + 1))
        return None

    @staticmethod
    def _is_currency(claim: Facts, at: int) -> bool:
        """Return whether a token names a currency and nothing else; three letters do so as capitals, or as "грн"."""
        norm = claim.norms[at]
        return norm in SIGNS or len(norm) >= _CURRENCY_WORD or not norm.isascii() or claim.words(at, at + 1).isupper()

    @cached_property
    def _units(self) -> frozenset[str | None]:
        """Return the units that are named in the quotes and near them."""
        norms = {norm for text in self.around for norm in norms_of(text)}
        years = {"year"} if any(norm in YEARS for quote in self._quotes for norm in quote.norms) else set()
        return self._amounts.units | years | {RATES.get(norm) or unit_of(norm) for norm in norms}

    @cached_property
    def _changes(self) -> frozenset[tuple[frozenset[Fraction], frozenset[Fraction]]]:
        return frozenset((old.values, new.values) for quote in self._quotes for old, new in changes_in(quote))

    def _missing_order(self, claim: Facts) -> Unsupported | None:
        """Return a change "from 300 to 200" that the quotes have the other way round."""
        for old, new in changes_in(claim):
            change = (old.values, new.values)
            if change[::-1] in self._changes and change not in self._changes:
                first, last = sorted((old, new), key=lambda number: number.first)
                return Unsupported("number_not_in_quotes", claim.words(first.first, last.last))
        return None

    def has_words(self, value: str) -> bool:
        """Return whether the words of a value stand together in one quote."""
        words = " ".join(norms_of(value))
        return bool(words) and any(f" {words} " in f" {' '.join(quote.norms)} " for quote in self._quotes)

    def own_words(self, value: str) -> str | None:
        """Return the quotes' own words for a date that says more than they do."""
        return self._calendar.own_words(value)

    def _strange_label(self, text: str) -> str | None:
        """Return a label such as "Speaker 2" of which a text speaks although its quotes are another's."""
        speakers = {label for speech in self.speeches for label in speech.speakers}
        for label in self.labels:
            if label in text and label not in speakers and re.search(rf"(?<!\w){re.escape(label)}(?!\w)", text):
                return None if self.has_words(label) else label
        return None

    def _without_labels(self, text: str) -> str:
        # "Speaker 2" is a label, not the number two.
        for label in self.labels:
            text = re.sub(rf"(?<!\w){re.escape(label)}(?!\w)", " ", text)
        return text


def _is_within(norms: Sequence[str], at: int) -> bool:
    """Return whether a span without a number says when: "in an hour", "within the hour", "за годину"."""
    before, earlier = (norms[at - 1] if at else ""), (norms[at - 2] if at > 1 else "")
    return (
        before in _WITHIN
        or (before in {"a", "an", "the"} and earlier in _WITHIN - {"in"})
        or (before in {"a", "an"} and earlier == "in")
    )


def has_figure(text: str, token: Token) -> bool:
    """Return whether a token holds a figure of any kind: 5, ٥, Ⅷ, ²."""
    return any(c.isdigit() or unicodedata.category(c) in {"Nl", "No"} for c in text[token.start : token.end])
