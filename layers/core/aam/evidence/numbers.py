"""Numbers in running text with what they count: a unit, a currency, a noun, and per what.

A number has a set of possible values, because "1.500" is one and a half in one country and fifteen hundred in
another; two numbers agree when they share a value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from aam.evidence.figures import Numeral
from aam.evidence.numerals import NumeralReader, and_a_half
from aam.language.calendar import DAY_PARTS, MONTHS, NEARNESS, RELATIVE_DAYS, WEEKDAYS
from aam.language.lexicon import STOPWORDS
from aam.language.number_words import NUMBER_WORDS, SCALES
from aam.language.tokens import Token
from aam.language.units import (
    DOLLARS,
    POINT_WORDS,
    RATES,
    SIGNS,
    SPANS,
    is_money,
    is_percent_adjective,
    power_of,
    unit_of,
    unit_of_amount,
)
from aam.language.verbs import BASE_FORMS

_BETWEEN_RANGE = frozenset(
    {"to", "and", "or", "through", "till", "until", "до", "по", "или", "и", "або", "чи", "та", "й"}
)
_MORE = frozenset(
    {
        *(
            "more",
            "extra",
            "other",
            "another",
            "additional",
            "full",
            "whole",
            "working",
            "business",
            "calendar",
            "long",
        ),
        *(
            "еще",
            "ще",
            "полных",
            "рабочих",
            "календарных",
            "целых",
            "повних",
            "робочих",
            "календарних",
            "us",
        ),
        *("or", "so", "тих", "лишних", "зайвих", "дополнительных", "додаткових", "extra", "solid", "good", "straight"),
    }
)
_PER = frozenset(
    {"per", "a", "an", "each", "every", "за", "на", "в", "у", "каждый", "каждую", "кожен", "кожну", "кожного"}
)
_WITHIN = frozenset({"in", "within", "after", "for", "over"})
_AFTER = frozenset({"через", "протягом", "упродовж", "течение"})
_ARTICLES = frozenset({"a", "an"})
_LATER = frozenset({"from", "later", "ago", "earlier", "after", "before"})
_MINUS = frozenset({"-", "minus", "минус", "мінус"})
_NOUN_WORDS = 3
_ADJOINING = frozenset({"", "-", "‑"})
_RANGE_WORDS = 2
_PLURAL = re.compile(r".+(?:ов|ев|ей|ий|ів|їв|ен|ин|нут|дель|лет|цев|аса|ати|ня|ца|иць|тин|лин|дин|ень|ли|ні)")
_CODE_LETTERS = 3
_EVERY = frozenset({"every", "each", "каждые", "каждых", "каждую", "каждый", "кожні", "кожних", "кожен", "кожну"})
_ONCE_IN = frozenset({("раз", "в"), ("раз", "на"), ("разу", "в"), ("once", "in")})
_NUMBER_NOUNS = frozenset({"число", "числа", "числу", "числе", "числі", "date", "номер", "number"})
_SCALE_LETTERS = frozenset("kmbtgм")


@dataclass(frozen=True, slots=True)
class Number:
    """A number and the half-open range of tokens that it covers (its unit not counted).

    ``unit`` is a code of `language.units` or None, ``noun`` the words that follow where there is none, ``per`` the span
    of a rate; ``soft`` marks "one", "first" and "second", which are as often no numbers at all, ``part`` a share such
    as a half, ``implied`` what is not said as a number, as the one of "in an hour", ``every`` the six of "every six
    months".  Of the words around it tell: ``dated`` what is part of a date or a time of day, ``hour`` what may be a
    time of day, ``end`` the 200 of "from 300 to 200", ``ruled_out`` the 25 of "not 25 but 30", and ``choice`` the other
    of two alternatives.
    """

    values: frozenset[Fraction]
    first: int
    last: int
    unit: str | None = None
    soft: bool = False
    ordinal: bool = False
    part: bool = False
    noun: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    per: str | None = None
    implied: bool = False
    in_words: bool = False
    dated: bool = False
    hour: bool = False
    end: bool = False
    every: bool = False
    ruled_out: bool = False
    choice: Number | None = None


def numbers_in(text: str, tokens: Sequence[Token]) -> list[Number]:
    """Return every number of a text, in order; linear in its length."""
    reader = NumeralReader(text, tokens)
    found: list[Number] = []
    at = 0
    while at < len(tokens):
        numeral = reader.read(at)
        number = _counted(reader, at, numeral) if numeral else _implied(reader, at)
        if number is not None:
            found.append(number)
        at = max(at + 1, numeral.last if numeral else 0)
    return _shared_units(reader, found)


def _counted(reader: NumeralReader, first: int, numeral: Numeral) -> Number:
    values, at = numeral.values, numeral.last
    sign_at = first - 1
    if reader.norm(sign_at) in _MINUS:
        values = frozenset(-value for value in values)
        sign_at -= 1
    unit, after = (numeral.unit or _unit_before(reader, sign_at), at)
    if unit is None:
        unit, after = _unit_after(reader, at, numeral)
    added, words = and_a_half(reader.norms, after) if unit else (Fraction(0), 0)
    if words:
        values, after = frozenset(value + added for value in values), after + words
    if unit is None and not numeral.ordinal and not reader.norm(first - 1).isascii():
        unit = _inverted(reader, first)
    noun = () if unit and after > at else _noun(reader, after)
    if numeral.glued and _is_content(numeral.glued):
        noun = (numeral.glued, *noun)
    return Number(
        values,
        first,
        at,
        unit,
        soft=numeral.soft and unit is None,
        ordinal=numeral.ordinal,
        part=numeral.part and unit is None,
        noun=noun,
        before=_before(reader, first),
        per=_per(reader, after + len(noun) if not unit else after),
        in_words=numeral.in_words,
        every=reader.norm(first - 1) in _EVERY or (reader.norm(first - 2), reader.norm(first - 1)) in _ONCE_IN,
    )


def _unit_before(reader: NumeralReader, at: int) -> str | None:
    """Return the sign or the code that stands before a number: $500, CA$ 500, USD 500."""
    norm = reader.norm(at)
    if norm in SIGNS and reader.gap(at + 1).strip() == "":
        prefix = reader.norm(at - 1) if reader.gap(at) == "" else ""
        return DOLLARS.get(prefix, unit_of(norm) or norm) if norm == "$" else unit_of(norm) or norm
    raw = reader.text[reader.tokens[at].start : reader.tokens[at].end] if 0 <= at < len(reader.tokens) else ""
    if raw.isupper() and raw.isascii() and len(raw) == _CODE_LETTERS and reader.gap(at + 1).strip() == "":
        return norm if is_money(norm) else None
    return None


def _inverted(reader: NumeralReader, first: int) -> str | None:
    """Return the unit that stands before an approximate number: "минут двадцать", "рублей двести"."""
    before, earlier = reader.norm(first - 1), reader.norm(first - 2)
    if not reader.is_joined(first) or earlier in NUMBER_WORDS or earlier[:1].isdigit() or not _PLURAL.fullmatch(before):
        return None
    return unit_of(before)


def _implied(reader: NumeralReader, at: int) -> Number | None:
    """Read "In an hour", "через неделю", "a year and a half": one of the span."""
    span = SPANS.get(reader.norm(at))
    if span is None or not reader.is_joined(at):
        return None
    before, earlier = reader.norm(at - 1), reader.norm(at - 2)
    added, _ = and_a_half(reader.norms, at + 1)
    counted = (before in _ARTICLES and (earlier in _WITHIN or reader.norm(at + 1) in _LATER)) or before in _AFTER
    if not counted and not (added and before not in NUMBER_WORDS and not before[:1].isdigit()):
        return None
    return Number(frozenset({1 + added}), at, at + 1, span, soft=True, implied=True)


def _unit_after(reader: NumeralReader, at: int, numeral: Numeral) -> tuple[str | None, int]:
    """Return the unit that stands behind a number, and the token after it."""
    if reader.norm(at) == "per" and reader.norm(at + 1) == "cent":
        return "percent", at + 2
    power = power_of(numeral.glued)
    if power and (squared := unit_of(reader.norm(at))):
        return f"{power}_{squared}", at + 1
    place = at
    while place < at + 3 and place < len(reader.tokens):
        norm = reader.norm(place)
        if not _adjoins(reader, place):
            return None, at
        if is_percent_adjective(norm) and reader.norm(place + 1) in POINT_WORDS:
            return "point", place + 2
        if (norm, reader.norm(place + 1)) in {("у", "е"), ("c", "u")} and reader.gap(place + 1) == ".":
            return "conventional", place + 2
        if norm in {"п", "в"} and reader.norm(place + 1) == "п" and reader.gap(place + 1) == ".":
            return "point", place + 2
        if norm in DOLLARS and unit_of(reader.norm(place + 1)) == "usd" and norm != "us":
            return DOLLARS[norm], place + 2
        power = power_of(norm)
        if power and (squared := unit_of(reader.norm(place + 1))):
            return f"{power}_{squared}", place + 2
        unit = unit_of_amount(norm, numeral.values)
        if unit and not (numeral.ordinal and unit in SPANS.values() and unit != "hour"):
            return unit, place + 1
        skippable = norm in _MORE or (numeral.part and norm in {"of", "a", "an", "the"})
        if not skippable and (place > at or norm in RATES or not _is_content(norm)):
            return None, at
        place += 1
    return None, at


def _adjoins(reader: NumeralReader, at: int) -> bool:
    """Return whether a token belongs to the number before it; the point of "тыс. руб." does not part them."""
    gap = reader.gap(at).strip()
    return gap in _ADJOINING or (gap == "." and len(reader.norm(at - 1)) <= 4 and unit_of(reader.norm(at)) is not None)


def _noun(reader: NumeralReader, at: int) -> tuple[str, ...]:
    """Return the words that say what is counted: at most three, until a small word, a number or a mark."""
    if reader.norm(at) == "of" and reader.is_joined(at):
        at += 1
    words = []
    for place in range(at, min(at + _NOUN_WORDS, len(reader.tokens))):
        norm = reader.norm(place)
        if not reader.is_joined(place) or not _is_content(norm) or norm in BASE_FORMS:  # "twelve came"
            break
        words.append(norm)
    return tuple(words)


def _before(reader: NumeralReader, first: int) -> tuple[str, ...]:
    words = []
    for place in range(first - 1, max(first - 1 - _NOUN_WORDS, -1), -1):
        if not reader.is_joined(place + 1) or not _is_content(reader.norm(place)):
            break
        words.append(reader.norm(place))
    return tuple(words)


def _is_content(norm: str) -> bool:
    return (
        norm not in STOPWORDS
        and norm not in NUMBER_WORDS
        and norm not in RATES
        and norm not in MONTHS
        and norm not in WEEKDAYS
        and norm not in RELATIVE_DAYS
        and norm not in DAY_PARTS
        and norm not in NEARNESS
        and not norm[:1].isdigit()
        and unit_of(norm) is None
        and norm not in _NUMBER_NOUNS
        and (len(norm) > 1 or norm in _SCALE_LETTERS)
    )


def _per(reader: NumeralReader, at: int) -> str | None:
    """Return the span of a rate: "a month", "в месяц", "/year", "ежемесячно"."""
    for place in range(at, min(at + 3, len(reader.tokens))):
        norm = reader.norm(place)
        if norm in RATES:
            return RATES[norm]
        if norm == "per" and _is_content(reader.norm(place + 1)):
            return reader.norm(place + 1)
        if reader.gap(place).strip() not in ("", "/"):
            return None
        if norm in SPANS and (reader.norm(place - 1) in _PER or reader.gap(place).strip() == "/") and place >= at:
            return SPANS[norm]
    return None


def _shared_units(reader: NumeralReader, numbers: Sequence[Number]) -> list[Number]:
    """Return the numbers, in a range with the next one's unit and noun: "eighteen to thirty five years", "5-10 %"."""
    found = list(numbers)
    for at in range(len(found) - 2, -1, -1):
        one, other = found[at], found[at + 1]
        if one.unit or one.noun or one.soft or other.implied or other.first - one.last > _RANGE_WORDS - 1:
            continue
        between = reader.norms[one.last : other.first]
        gap = reader.text[reader.tokens[one.last - 1].end : reader.tokens[other.first].start]
        if all(word in _BETWEEN_RANGE for word in between) and (between or gap.strip() in {"-", "–", "—", "/", "- "}):
            values = one.values
            scale = _scale_of(reader, other)
            if scale > 1 and max(values) < min(other.values, default=0) and max(values) < scale:
                values = values | {value * scale for value in values}
            found[at] = replace(one, unit=other.unit, noun=other.noun, per=other.per, values=values)
    return found


def _scale_of(reader: NumeralReader, number: Number) -> Fraction:
    return SCALES.get(reader.norm(number.last - 1), Fraction(1)) if number.last > number.first else Fraction(1)
