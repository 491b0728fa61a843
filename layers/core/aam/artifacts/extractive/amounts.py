"""Figures: numbers that count something; days, clock times and turns of phrase are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from aam.artifacts.extractive.deadlines import deadline_in
from aam.artifacts.extractive.talk import Line, Talk
from aam.evidence.numbers import Number
from aam.language.calendar import MONTHS, WEEKDAYS
from aam.language.frames import Frame
from aam.language.number_words import ORDINALS, SCALES
from aam.language.phrases import Phrases, word_set
from aam.language.stems import is_content
from aam.language.units import unit_of

_TIME = word_set(
    """
    second seconds minute minutes min hour hours day days night nights o'clock am pm a.m p.m oclock morning evening
    минута минуту минуты минут час часа часов день дня дней утра вечера дня ночи ночь секунд секунды
    хвилина хвилину хвилини хвилин година години годин годину день дні днів ранку вечора ночі секунд секунди
    """
)
_SPANS = word_set(
    """
    week weeks month months year years winter winters summer summers time times
    неделю недели недель неделя месяц месяца месяцев год года лет раз раза годов
    тиждень тижні тижнів тижня місяць місяці місяців рік роки років раз рази разів
    """
)
_ORDER = word_set("at in to from since until till by о об в у к на до с з за по")
_AT = word_set("at в о об")
_CLOCK = Phrases("half past | quarter past | quarter to | at * o'clock | в семь вечера")
_SMALL_THINGS = word_set(
    """
    bits bit things thing points point questions question people person of us more guys options way ways places
    days cases topics
    вопроса вопросов вопрос вещи пункта пункт человека людей раз штуки слоя моменты варианта темы
    питання питань речі пункти людей рази штуки шари варіанти теми місцях
    """
)
_UNREAL = word_set("бы б би якби would we'd i'd you'd they'd")
_NOT = word_set("not не")
_NEAR, _REPEATED = 6, 8
_VAGUE = word_set("пару пара couple few another кілька декілька несколько обоих обе")


@dataclass(frozen=True)
class Amount:
    """A figure: its line, and its words with sign and unit."""

    line: Line
    words: str
    value: Fraction
    first: int
    last: int


def amounts_in(talk: Talk) -> list[Amount]:
    """Return the figures of a meeting, at most one of each value and thing; linear in the talk."""
    found: list[Amount] = []
    for line in talk.lines:
        if line.asks and not line.tagged:
            continue
        for amount in _amounts_of(line):
            if not any(_is_same(other, amount) for other in found[-_REPEATED:]):
                found.append(amount)
    return found


def _is_same(said: Amount, again: Amount) -> bool:
    """Return whether a figure was said before: its value within a few turns, with its thousands or without."""
    if said.line.turn < again.line.turn - _NEAR:
        return False
    return any(said.value == again.value * times or said.value * times == again.value for times in (1, 1_000))


def amount_in(line: Line) -> str | None:
    """Return the words of the first figure of a line, or None."""
    return next((amount.words for amount in _amounts_of(line)), None)


def _amounts_of(line: Line) -> list[Amount]:
    facts, norms = line.facts, line.norms
    dated = {at for day in facts.days for at in range(day.first, day.last)}
    found: list[Amount] = []
    for number in facts.numbers:
        if number.soft or number.first in dated:
            continue
        if found and number.first == found[-1].last and norms[number.first - 1] in SCALES:
            # "тысяч пять": about five thousand.
            found[-1] = replace(found[-1], words=facts.words(found[-1].first, number.last), last=number.last)
            continue
        if _counts(line, number, norms) or _opens_range(line, number):
            first, last = _with_unit(number, norms)
            found.append(Amount(line, facts.words(first, last), max(number.values), first, last))
    return found


def _opens_range(line: Line, number: Number) -> bool:
    """Return whether a number has its unit behind the next one: "from 45 to 60 pounds"."""
    if line.norms[number.last : number.last + 1] not in (["to"], ["or"], ["до"], ["или"], ["чи"], ["або"]):
        return False
    return any(other.first == number.last + 1 and other.unit is not None for other in line.facts.numbers)


def _counts(line: Line, number: Number, norms: Sequence[str]) -> bool:
    """Return whether a number counts something, and is said to be so."""
    value = max(number.values)
    after = norms[number.last] if number.last < len(norms) else ""
    before = norms[number.first - 1] if number.first else ""
    said = norms[number.last - 1]
    if not _UNREAL.isdisjoint(norms) or not _NOT.isdisjoint(norms[max(0, number.first - 2) : number.first]):
        return False
    if number.unit is not None:
        return True
    if before in WEEKDAYS or after in MONTHS or before == "the" or (said in ORDINALS and value < 100):
        return False
    if before in _ORDER and 1900 <= value <= 2100 and value.denominator == 1 and number.last - number.first <= 2:
        return False
    if after in _TIME:
        # Round minutes are a way of talking ("in ten minutes"); exact ones were measured.
        return value >= 30 and (value % 5 != 0 or value >= 60) and after not in {"o'clock", "am", "pm"}
    if after in _SPANS or before in _VAGUE:
        return value >= 12
    if value < 100 and Frame.CONDITION in line.frames_at(number.first):
        return False
    if value >= 100:
        return True
    if before in _AT and value < 24:
        return False  # an hour: "at ten", «в десять»
    if value < 4 or (after in _SMALL_THINGS and value < 10) or (before in _ORDER and not is_content(after)):
        return False
    if value < 10 and not is_content(after):
        return False
    return Frame.HEDGE not in line.frames_at(number.first) or value >= 10


def _with_unit(number: Number, norms: Sequence[str]) -> tuple[int, int]:
    first, last = number.first, number.last
    while first and norms[first - 1] in {"-", "$", "€", "£", "₽", "₴", "₸"}:
        first -= 1
    if last < len(norms) and unit_of(norms[last]):
        last += 1
    return first, last


def days_in(talk: Talk) -> list[Line]:
    """Return the lines that name a day."""
    return [
        line for line in talk.lines if (line.facts.days or line.facts.day_words) and deadline_in(line) and not line.asks
    ]
