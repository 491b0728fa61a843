"""Everything in a text that can be checked: its numbers, dates, times and spans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from aam.evidence.clocks import Clock, clocks_in
from aam.evidence.compounds import joined
from aam.evidence.dates import Day, DayWord, Span, day_words_in, days_in, spans_in
from aam.evidence.numbers import Number, numbers_in
from aam.language.tokens import Token, tokens_of
from aam.language.units import unit_of

_CONTRAST_REACH = 4
_CONTRASTS = frozenset(
    [
        *("instead", "not", "rather", "previously", "earlier", "formerly", "originally", "against", "versus", "before"),
        *("вместо", "не", "ранее", "раньше", "прежде", "против", "изначально", "прежних"),
        *("замість", "раніше", "проти", "спочатку", "попередніх"),
    ]
)
_RULED_OUT_REACH = 2
_START_REACH = 4
_CHANGE_REACH = 3
_TO = frozenset({"to", "до", "на"})
_FROM = frozenset({"from", "с", "со", "от", "з", "із", "зі", "від"})
_BETWEEN = frozenset({"the", "about", "around", "прежних", "прежнего", "прежней", "нынешних", "колишніх", "нинішніх"})
_SMALL = frozenset(
    [
        "on",
        "in",
        "at",
        "by",
        "for",
        "the",
        "of",
        "to",
        "until",
        "till",
        "в",
        "во",
        "на",
        "к",
        "ко",
        "до",
        "о",
        "об",
        "у",
        "з",
        "із",
        "с",
        "со",
        "від",
        "от",
    ]
)
_ASKING = frozenset({"why", "if", "or", "whether", "почему", "если", "чому", "якщо"})
"""Before "not" these rule nothing out: "why not Friday?"."""
_RULING_OUT = frozenset(["not", "instead", "не", "вместо", "замість"])


@dataclass(frozen=True)
class Facts:
    """A text with everything in it that can be checked."""

    text: str

    @cached_property
    def tokens(self) -> list[Token]:
        """Return its tokens."""
        return tokens_of(self.text)

    @cached_property
    def norms(self) -> list[str]:
        """Return their comparable forms."""
        return [token.norm for token in self.tokens]

    @cached_property
    def numbers(self) -> list[Number]:
        """Return its numbers, those within dates too."""
        return numbers_in(self.text, self.tokens)

    @cached_property
    def amounts(self) -> list[Number]:
        """Return its numbers, each amount of two units in a row as one: "an hour and 35 minutes"."""
        return joined(self.text, self.tokens, self.numbers)

    @cached_property
    def values(self) -> frozenset[Fraction]:
        """Return the values of its numbers."""
        return frozenset(value for number in (*self.numbers, *self.amounts) for value in number.values)

    @cached_property
    def units(self) -> frozenset[str]:
        """Return the units that its words name."""
        return frozenset(unit for norm in self.norms if (unit := unit_of(norm)))

    @cached_property
    def days(self) -> list[Day]:
        """Return its calendar dates."""
        return days_in(self.text, self.tokens, self.numbers)

    @cached_property
    def day_words(self) -> list[DayWord]:
        """Return its weekdays, relative days and parts of the day."""
        return day_words_in(self.text, self.tokens)

    @cached_property
    def spans(self) -> list[Span]:
        """Return its spans of the calendar: next week, the end of the month."""
        return spans_in(self.tokens)

    @cached_property
    def clocks(self) -> list[Clock]:
        """Return its times of day."""
        return clocks_in(self.text, self.tokens, self.numbers)

    def words(self, first: int, last: int) -> str:
        """Return the text of a range of tokens."""
        return self.text[self.tokens[first].start : self.tokens[last - 1].end]


def is_contrasted(norms: Sequence[str], at: int) -> bool:
    """Return whether a number is given as what was meant before: "instead of the planned 12", "ранее было 60"."""
    before = norms[max(0, at - _CONTRAST_REACH) : at]
    return any(norm in _CONTRASTS for norm in before) or is_ruled_out(norms, at) or is_start(norms, at)


def is_start(norms: Sequence[str], at: int) -> bool:
    """Return whether a number is what something moves away from: "from the 310"."""
    before = [norm for norm in norms[max(0, at - _START_REACH) : at] if norm.isalpha() and norm not in _BETWEEN]
    return bool(before) and before[-1] in _FROM


def is_ruled_out(norms: Sequence[str], at: int) -> bool:
    """Return whether a word is what is not meant: "not Friday", "не в пятницу", "instead of 25", "rather than May"."""
    place = at - 1
    while place >= 0 and at - place <= _RULED_OUT_REACH and norms[place] in _SMALL:
        place -= 1
    if place < 0:
        return False
    before = norms[place - 1] if place else ""
    if norms[place] in _RULING_OUT:
        return before not in _ASKING
    return (before, norms[place]) == ("rather", "than")


def changes_in(facts: Facts) -> list[tuple[Number, Number]]:
    """Return the old and the new number of every change of a text: "from 300 to 200", "to 200 from 300"."""
    found = []
    for one, other in pairwise(facts.amounts):
        if other.first - one.last > _CHANGE_REACH:
            continue
        between, before = set(facts.norms[one.last : other.first]), set(facts.norms[max(0, one.first - 2) : one.first])
        if between & _TO and before & _FROM:
            found.append((one, other))
        elif between & _FROM and before & _TO:
            found.append((other, one))
    return found
