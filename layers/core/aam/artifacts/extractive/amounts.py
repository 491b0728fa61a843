"""Figures: money, shares, measures and counts that a talk turns on; days, times and turns of phrase are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from aam.artifacts.extractive.deadlines import deadline_in
from aam.artifacts.extractive.talk import Line, Talk
from aam.evidence.numbers import Number
from aam.language.calendar import MONTHS, WEEKDAYS
from aam.language.frames import Frame
from aam.language.number_words import SCALES
from aam.language.phrases import word_set
from aam.language.stems import is_content
from aam.language.units import SIGNS, SPANS, is_money, unit_of
from aam.language.work_verbs import form_of

_ORDER = word_set("at in to from since until till by about o об о в у к на до с з за по")
_AT = word_set("at by until till в о об к до")
_SMALL_THINGS = word_set(
    """
    bits bit things thing points point questions question people person of us more guys option options way ways place
    places case cases topic topics time times minds star stars reason reasons
    вопроса вопросов вопрос вещи пункта пункт человека людей раз раза штуки слоя моменты варианта темы звезд звезды
    питання питань речі пункти людини людей рази разів штуки шари варіанті теми місцях зірок зірки
    """
)
_UNREAL = word_set("бы б би якби would we'd i'd you'd they'd")
_NOT = word_set("not не")
_VAGUE = word_set("пару пара couple few another кілька декілька несколько обоих обе")
_PLURALS = word_set("people children men women staff")
_BETWEEN = (["to"], ["or"], ["до"], ["или"], ["чи"], ["або"])
_LONG_MINUTES = 30
_FEW, _BARE, _MANY = 4, 20, 100
_TIMES = word_set("once twice thrice time times дважды трижды раз раза разы двічі тричі рази разів один")
_BOUNDS = word_set(
    "more less fewer longer later earlier больше более меньше менее выше ниже дольше більше менше вище довше"
)
_YEARS = range(1900, 2101)


@dataclass(frozen=True)
class Amount:
    """A figure: its line, its words with sign and unit, and its half-open range of tokens."""

    line: Line
    words: str
    value: Fraction
    first: int
    last: int


def amounts_in(talk: Talk) -> list[Amount]:
    """Return the figures of a meeting, each value once; linear in the talk."""
    found: list[Amount] = []
    seen: set[Fraction] = set()
    for line in talk.lines:
        if line.asks and not line.tagged:
            continue
        for amount in _amounts_of(line):
            # Speech leaves thousands out: "four hundred and ten" stands for the 410,000 said before.
            if seen.isdisjoint({amount.value, amount.value * 1_000, amount.value / 1_000}):
                found.append(amount)
            seen.add(amount.value)
    return found


def amount_in(line: Line) -> str | None:
    """Return the words of the first figure of a line, or None."""
    return next((amount.words for amount in _amounts_of(line)), None)


def _amounts_of(line: Line) -> list[Amount]:
    numbers = _joined(line)
    found: list[Amount] = []
    ranged = False
    for at, number in enumerate(numbers):
        following = numbers[at + 1] if at + 1 < len(numbers) else None
        opens = (
            following is not None
            and line.norms[number.last : following.first] in _BETWEEN
            and _counts(line, following)
            and not number.ordinal
        )
        if ranged or opens or _counts(line, number):
            first, last = _with_unit(number, line.norms)
            found.append(Amount(line, line.facts.words(first, last), max(number.values), first, last))
        ranged = opens
    return found


def _joined(line: Line) -> list[Number]:
    """Return the numbers of a line without those of days and times, spoken prices as one: "three pounds forty"."""
    timed = {at for day in line.facts.days for at in range(day.first, day.last)}
    timed |= {at for clock in line.facts.clocks if clock.exact for at in range(clock.first, clock.last)}
    found: list[Number] = []
    for number in line.facts.numbers:
        if number.soft or number.first in timed:
            continue
        last = found[-1] if found else None
        if last is not None and line.norms[last.last : number.first] == [] and line.norms[number.first] in SCALES:
            # "тысяч пять": about five thousand.
            found[-1] = replace(last, last=number.last)
        elif last is not None and (value := _price(line, last, number)) is not None:
            found[-1] = replace(
                last,
                values=frozenset({value}),
                last=number.last,
                noun=number.noun,
                per=last.per or number.per,
                unit=last.unit or number.unit,
            )
        else:
            found.append(number)
    return found


def _price(line: Line, whole: Number, rest: Number) -> Fraction | None:
    """Return the price that two numbers of words are: "three pounds forty", "thirteen fifty", «две семьсот»."""
    between = line.norms[whole.last : rest.first]
    coined = len(between) == 1 and is_money(unit_of(between[0]))
    if (between and not coined) or not (whole.in_words and rest.in_words):
        return None
    high, low = max(whole.values), max(rest.values)
    if high.denominator != 1 or low.denominator != 1:
        return None
    if 10 <= low < _MANY and high < _MANY and line.norms[whole.first].isascii():
        return high + low / 100
    if not between and 1 <= high < 10 and _MANY <= low < 1_000 and low % 10 == 0:
        return high * 1_000 + low
    return None


def _counts(line: Line, number: Number) -> bool:
    """Return whether a number counts what a talk turns on, and is said to be so."""
    norms = line.norms
    value = max(number.values)
    after = norms[number.last] if number.last < len(norms) else ""
    before = norms[number.first - 1] if number.first else ""
    if number.ordinal or number.implied or number.ruled_out or number.dated or (number.part and number.unit is None):
        return False
    if _is_of_times(number, norms) or _is_unreal(line, number):
        return False
    if Frame.CONDITION in line.frames_at(number.first) and not (value >= _MANY and is_money(number.unit)):
        return False
    if number.unit in SPANS.values():
        # Round minutes are a way of talking ("in ten minutes"), weeks and years are mostly dates and ages.
        return number.unit == "minute" and value >= _LONG_MINUTES and value % 5 != 0
    if number.unit is not None:
        return True
    if before in WEEKDAYS or after in MONTHS or before == "the":
        return False
    if value in _YEARS and before in _ORDER and number.last - number.first <= 3:
        return False
    if value >= _MANY:
        return number.last - number.first > 1 or norms[number.first] not in SCALES  # not "thousands of them"
    if before in _AT and value < 24 and number.per is None:
        return False  # an hour: "at ten", «в десять»
    if value.denominator != 1:
        return True
    if value >= _BARE and before not in _VAGUE and after not in _SMALL_THINGS:
        return True
    return value >= _FEW and before not in _VAGUE and _has_noun(number, after)


def _is_of_times(number: Number, norms: Sequence[str]) -> bool:
    """Return whether a number says how often: "twice", "three times"."""
    return norms[number.first] in _TIMES or not _TIMES.isdisjoint(norms[number.last : number.last + 1])


def _is_unreal(line: Line, number: Number) -> bool:
    """Return whether a number is only supposed or denied; a bound such as "no more than" denies none."""
    norms = line.norms
    clause = norms[line.clause_start(number.first) : line.clause_end(number.first)]
    before = norms[max(0, number.first - 3) : number.first]
    denied = not _NOT.isdisjoint(before[-2:]) and _BOUNDS.isdisjoint(before)
    return denied or not _UNREAL.isdisjoint(clause)


def _has_noun(number: Number, after: str) -> bool:
    """Return whether words say what is counted."""
    if after in _SMALL_THINGS:
        return max(number.values) >= 10
    if number.per is not None:
        return True
    if not number.noun or not is_content(after) or form_of(after) is not None:
        return False
    return not after.isascii() or any(word.endswith("s") or word in _PLURALS for word in number.noun)


def _with_unit(number: Number, norms: Sequence[str]) -> tuple[int, int]:
    first, last = number.first, number.last
    while first and (norms[first - 1] == "-" or norms[first - 1] in SIGNS):
        first -= 1
    if last < len(norms) and unit_of(norms[last]):
        last += 1
    return first, last


def days_in(talk: Talk) -> list[Line]:
    """Return the lines that name a day."""
    return [line for line in talk.lines if line.names_day and deadline_in(line) and not line.asks]
