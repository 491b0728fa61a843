"""Times of day in running text: 14:30, 2:30 p.m., half past nine, без четверти десять, о пів на десяту, noon."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from aam.evidence.numbers import Number
from aam.language.calendar import DAY_PARTS
from aam.language.number_words import half_of
from aam.language.tokens import Token

_DIGITAL = re.compile(r"(?<![\d.:,/\-])(\d{1,2})([:.h])(\d{2})(?![\d:%/]|\.\d)")
_HALF_DAYS = {"am": "am", "a": "am", "pm": "pm", "p": "pm"}
_CLOCK_WORDS = frozenset({"o'clock", "oclock", "clock"})
_HOURS = frozenset({"час", "часа", "часов", "часам", "годину", "година", "години", "годині", "годин"})
_BEFORE_HOUR = frozenset(
    {
        *(
            "at",
            "by",
            "until",
            "till",
            "before",
            "after",
            "from",
            "to",
            "around",
            "about",
            "since",
            "for",
            "between",
            "and",
        ),
        *("о", "об", "на", "до", "з", "із", "після", "к", "ко", "в", "с", "после", "около", "біля", "близько", "под"),
    }
)
_AT = frozenset({"at", "о", "об"})
_ALL_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day: the minutes of the day that it may be, and its half-open range of tokens.

    ``exact`` marks what can be nothing but a time of day; "at nine" may be a number.  ``marked`` says that a word tells
    the half of the day, ``written`` that figures do, as 24 hours are written in Russian and Ukrainian.
    """

    minutes: frozenset[int]
    first: int
    last: int
    exact: bool = True
    marked: bool = False
    written: bool = False


def clocks_in(text: str, tokens: Sequence[Token], numbers: Sequence[Number]) -> list[Clock]:
    """Return every time of day of a text, in order."""
    reader = _Reader(text, tokens, numbers)
    found = reader.digital() + reader.phrases()
    taken = {at for clock in found for at in range(clock.first, clock.last)}
    found += [clock for clock in reader.hours() if clock.first not in taken]
    return sorted(found, key=lambda clock: clock.first)


class _Reader:
    def __init__(self, text: str, tokens: Sequence[Token], numbers: Sequence[Number]) -> None:
        self.text, self.tokens, self.numbers = text, tokens, numbers
        self.norms = [token.norm for token in tokens]
        self.by_first = {number.first: number for number in numbers}

    def norm(self, at: int) -> str:
        return self.norms[at] if 0 <= at < len(self.norms) else ""

    def whole(self, at: int, *, limit: int = 60) -> tuple[int, int] | None:
        """Return the whole number below a limit that begins at a token, and the token after it."""
        number = self.by_first.get(at)
        if number is None or len(number.values) != 1 or number.implied:
            return None
        (value,) = number.values
        return (int(value), number.last) if value.denominator == 1 and 0 <= value < limit else None

    def digital(self) -> list[Clock]:
        """Return times written with figures: 9:30, 14.30, 2:30 p.m."""
        found = []
        starts = {token.start: at for at, token in enumerate(self.tokens)}
        cyrillic = any("\u0400" <= c <= "\u04ff" for c in self.text)
        for match in _DIGITAL.finditer(self.text):
            hour, minute = int(match[1]), int(match[3])
            first = starts.get(match.start())
            if first is None or hour > 24 or minute > 59:
                continue
            # A full stop makes a time of day only where a word says so: "at 9.30", "9.30 am".
            last = first + (1 if match[2] == "h" else 2)
            if self.norm(first + 1)[2:] in _HALF_DAYS:
                part: str | None = _HALF_DAYS[self.norm(first + 1)[2:]]
                end = last
            else:
                part, end = self.part_of_day(last)
            if match[2] == "." and part is None and self.norm(first - 1) not in {"at", "о", "об"}:
                continue
            found.append(
                Clock(
                    _minutes(hour, minute, part), first, end, marked=part is not None, written=part is None and cyrillic
                )
            )
        return found

    def part_of_day(self, at: int) -> tuple[str | None, int]:
        """Return what follows a time: "p.m.", "in the morning", "утра", and the token after it."""
        norm = self.norm(at)
        if norm in {"am", "pm"}:
            return _HALF_DAYS[norm], at + 1
        if norm in {"a", "p"} and self.norm(at + 1) == "m":
            return _HALF_DAYS[norm], at + 2
        place = at + 1 if norm in _CLOCK_WORDS or norm in _HOURS else at
        if self.norm(place) in {"in", "at"}:
            place += 1
            place += self.norm(place) == "the"
        part = DAY_PARTS.get(self.norm(place))
        if part is None and self.norm(place) == "дня":
            part = "afternoon"
        if part in {None, "noon", "midnight"}:
            return None, at
        return part, place + 1

    def phrases(self) -> list[Clock]:
        """Return times said in words around an hour, and noon and midnight."""
        found = []
        for at, norm in enumerate(self.norms):
            clock = self.phrase(at, norm)
            if clock is not None:
                found.append(clock)
        return found

    def phrase(self, at: int, norm: str) -> Clock | None:
        if norm in {"noon", "midday", "полдень", "полудня", "полудню", "опівдні"}:
            return Clock(frozenset({720}), at, at + 1)
        if norm in {"midnight", "полночь", "полуночи", "опівночі"}:
            return Clock(frozenset({0, _ALL_DAY}), at, at + 1)
        if norm in {"past", "to"} and at:
            return self.english(at, norm)
        if norm == "half" and self.whole(at + 1, limit=13) and self.norm(at - 1) not in {"and", "a"}:
            return None  # "half nine" is 8:30 to some and 9:30 to others
        if norm in {"половина", "половине", "половину", "пол"}:
            return self.towards(at, at + 1, 30)
        if norm == "пів" and self.norm(at + 1) in {"на", "до"}:
            return self.towards(at, at + 2, 30)
        if norm in {"чверть", "четверть"} and self.norm(at + 1) == "на":
            return self.towards(at, at + 2, 15)
        if norm == "четверть":
            return self.towards(at, at + 1, 15)
        if norm == "без" or (norm == "за" and self.norm(at + 1) != "на"):
            return self.lacking(at)
        rest = half_of(norm)
        if rest is not None:
            hour = _ORDINAL_HOURS.get(rest)
            if hour is not None:
                part, last = self.part_of_day(at + 1)
                return Clock(_minutes(hour - 1, 30, part), at, last, marked=part is not None)
        return None

    def english(self, at: int, norm: str) -> Clock | None:
        """Read "Half past nine", "ten to four", "a quarter to ten"."""
        hour = self.whole(at + 1, limit=25)
        if hour is None:
            return None
        first = at - 1
        before = self.norm(first)
        if before in {"half", "quarter"}:
            minutes = 30 if before == "half" else 15
            first -= self.norm(first - 1) == "a"
        else:
            first -= before in {"minutes", "minute"}
            count = next((n for n in self.numbers if n.first <= first < n.last), None)
            value = self.whole(count.first) if count else None
            if (
                count is None
                or value is None
                or value[0] not in {5, 10, 15, 20, 25}
                or (norm == "to" and before != "minutes")
            ):
                return None
            minutes, first = value[0], count.first
        if norm == "to" and before == "half":
            return None
        part, last = self.part_of_day(hour[1])
        return Clock(
            _shifted(hour[0], minutes if norm == "past" else -minutes, part), first, last, marked=part is not None
        )

    def towards(self, first: int, at: int, minutes: int) -> Clock | None:
        """Read "Половина девятого", "пів на десяту": so many minutes of the hour before."""
        number = self.by_first.get(at)
        hour = self.whole(at, limit=25)
        if hour is None or number is None or not number.ordinal:
            return None
        part, last = self.part_of_day(hour[1])
        return Clock(_shifted(hour[0], minutes - 60, part), first, last, marked=part is not None)

    def lacking(self, first: int) -> Clock | None:
        """Read "Без четверти десять", "за чверть десята", "без десяти девять"."""
        at = first + 1
        if self.norm(at) in {"четверти", "чверті", "чверть", "четверть"}:
            minutes, at = 15, at + 1
        else:
            value = self.whole(at)
            if value is None or value[0] not in {1, 2, 3, 4, 5, 10, 15, 20, 25}:
                return None
            minutes, at = value
            at += self.norm(at) in {"минут", "минуты", "хвилин", "хвилини"}
        hour = self.whole(at, limit=25)
        if hour is None:
            return None
        part, last = self.part_of_day(hour[1])
        return Clock(_shifted(hour[0], -minutes, part), first, last, marked=part is not None)

    def hours(self) -> list[Clock]:
        """Return bare hours and hours with minutes: "at nine", "nine p.m.", "eleven twenty five", "об одинадцятій"."""
        found = []
        for number in self.numbers:
            value = self.whole(number.first, limit=25)
            if value is None:
                continue
            hour, end = value
            part, last = self.part_of_day(end)
            named = self.norm(end) in _CLOCK_WORDS or (
                end > number.first and self.norm(number.last - 1)[-2:] in {"am", "pm"}
            )
            if named and part is None and self.norm(end) not in _CLOCK_WORDS:
                part = self.norm(number.last - 1)[-2:]
            if part is not None or named:
                found.append(
                    Clock(
                        _minutes(hour, 0, part),
                        number.first,
                        max(last, end + (self.norm(end) in _CLOCK_WORDS)),
                        marked=part is not None,
                    )
                )
            elif (
                number.unit in {None, "hour"}
                and (number.ordinal or not number.noun or self.norm(number.first - 1) in _AT)
                and self.norm(number.first - 1) in _BEFORE_HOUR
            ):
                found.append(Clock(_minutes(hour, 0, None), number.first, end, exact=False))
        return found + self.pairs()

    def pairs(self) -> list[Clock]:
        found = []
        for one, other in pairwise(self.numbers):
            hour, minute = self.whole(one.first, limit=25), self.whole(other.first)
            if hour is None or minute is None or one.unit not in {None, "hour"}:
                continue
            hours_word = self.norm(one.last) in _HOURS and other.first == one.last + 1
            if not hours_word and (one.unit or not (one.in_words and other.in_words)):
                continue
            if (one.last == other.first and minute[0] >= 10) or hours_word:
                part, _ = self.part_of_day(minute[1])
                found.append(Clock(_minutes(hour[0], minute[0], part), one.first, other.last, exact=False))
        return found


_ORDINAL_HOURS = {
    "первого": 1, "второго": 2, "третьего": 3, "четвертого": 4, "пятого": 5, "шестого": 6, "седьмого": 7,
    "восьмого": 8, "девятого": 9, "десятого": 10, "одиннадцатого": 11, "двенадцатого": 12,
}  # fmt: skip


def _minutes(hour: int, minute: int, part: str | None) -> frozenset[int]:
    """Return the minutes of the day that an hour may be: both halves of it where nothing says which."""
    at = hour * 60 + minute
    if hour > 12 or hour == 0:
        return frozenset({at % _ALL_DAY})
    early, late = at % 720, at % 720 + 720
    if part in {"am", "morning"}:
        return frozenset({early})
    if part in {"pm", "afternoon", "evening"}:
        return frozenset({late})
    if part == "night":
        return frozenset({early if hour < 6 or hour == 12 else late})
    return frozenset({early, late})


def _shifted(hour: int, minutes: int, part: str | None) -> frozenset[int]:
    return frozenset((at + minutes) % _ALL_DAY for at in _minutes(hour, 0, part))
