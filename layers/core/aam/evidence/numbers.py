"""Numbers in running text, in digits or in words, with what they count: percent or a currency.

A number has a set of possible values, because "1.500" is one and a half in one country and fifteen hundred in
another; two numbers agree when they share a value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from aam.language.number_words import CARDINALS, HALVES, ORDINALS, SCALES, SOFT
from aam.language.tokens import Token

# Longer runs of digits are identifiers: they are compared as text, and int() stays cheap.
_DIGITS = re.compile(r"(\d{1,18})([^\W\d_]*)")
_MULTIPLIERS = {
    "k": 1_000, "к": 1_000, "m": 1_000_000, "mln": 1_000_000, "bn": 10**9,
    "м": 1_000_000, "млн": 1_000_000, "млрд": 10**9, "тыс": 1_000, "тис": 1_000,
}  # fmt: skip
_SPACES = frozenset({" ", "\u00a0", "\u202f", "\u2009", "'", "’"})
_PERCENT = re.compile(r"%|percent|процент\w*|відсотк\w*|відсотків")
_CURRENCIES = {
    "usd": re.compile(r"\$|usd|dollars?|bucks?|доллар\w*|долар\w*|бакс\w*"),
    "eur": re.compile(r"€|eur|euros?|евро|євро"),
    "gbp": re.compile(r"£|gbp|pounds?|фунт\w*"),
    "rub": re.compile(r"₽|rub|rubles?|roubles?|руб|рубл\w*"),
    "uah": re.compile(r"₴|uah|hryvnias?|грн|гривн\w*|гривен\w*|гривень"),
    "kzt": re.compile(r"₸|kzt|tenge|тенге"),
    "inr": re.compile(r"₹|inr|rupees?"),
    "jpy": re.compile(r"¥|jpy|yen"),
}


@dataclass(frozen=True, slots=True)
class Number:
    """A number and the half-open range of tokens that it covers (its unit not counted).

    ``unit`` is "percent", a currency's code or None; ``soft`` marks "one", "first" and "second", which are
    as often no numbers at all.
    """

    values: frozenset[Fraction]
    first: int
    last: int
    unit: str | None = None
    soft: bool = False


@lru_cache(maxsize=10_000)
def unit_of(norm: str) -> str | None:
    """The unit that a token names: "percent", a currency's code, or None."""
    if _PERCENT.fullmatch(norm):
        return "percent"
    return next((code for code, pattern in _CURRENCIES.items() if pattern.fullmatch(norm)), None)


def numbers_in(text: str, tokens: Sequence[Token]) -> list[Number]:
    """Every number of a text, in order; linear in its length."""
    found = []
    at = 0
    while at < len(tokens):
        reader = _Reader(text, tokens, at)
        number = reader.number()
        if number is None:
            at += 1
        else:
            found.append(number)
            at = number.last
    return found


class _Reader:
    """Reads one number that begins at a token."""

    def __init__(self, text: str, tokens: Sequence[Token], at: int) -> None:
        self.text, self.tokens, self.first, self.at = text, tokens, at, at

    def number(self) -> Number | None:
        norm = self.tokens[self.first].norm
        values = self._digits() if _DIGITS.fullmatch(norm) else self._words()
        if not values:
            return None
        soft = self.at == self.first + 1 and norm in SOFT
        values, unit = self._scaled_with_unit(values)
        if self._norm(self.first - 1) == "-":
            values = {-value for value in values}
        return Number(frozenset(values), self.first, self.at, unit, soft=soft and unit is None)

    def _norm(self, at: int) -> str:
        return self.tokens[at].norm if 0 <= at < len(self.tokens) else ""

    def _gap(self, at: int) -> str:
        """What stands between token ``at`` and the one before it."""
        return self.text[self.tokens[at - 1].end : self.tokens[at].start] if 0 < at < len(self.tokens) else "\n"

    def _digits(self) -> set[Fraction]:
        match = _DIGITS.fullmatch(self._norm(self.at))
        if match is None:
            return set()
        self.at += 1
        digits, suffix = match.groups()
        if suffix:
            return {Fraction(digits) * _MULTIPLIERS.get(suffix, 1)}
        values = {Fraction(digits)}
        if len(digits) <= 3:
            grouped = digits
            while self._is_group(self.at) and len(grouped) < 18:
                grouped += self._norm(self.at)
                self.at += 1
            if grouped != digits:
                values = {Fraction(grouped)}
                if len(grouped) == len(digits) + 3 and self._gap(self.at - 1) in ".,":
                    values.add(Fraction(f"{digits}.{grouped[len(digits) :]}"))
                digits = grouped
        if self._gap(self.at) in (".", ",") and self._gap(self.at + 1) not in (".", ",", ":", "-", "/"):
            decimal = _DIGITS.fullmatch(self._norm(self.at))
            if decimal:
                self.at += 1
                scale = _MULTIPLIERS.get(decimal.group(2), 1)
                values = {Fraction(f"{digits}.{decimal.group(1)}") * scale}
        return values

    def _is_group(self, at: int) -> bool:
        norm = self._norm(at)
        return len(norm) == 3 and norm.isdigit() and (self._gap(at) in _SPACES or self._gap(at) in (",", "."))

    def _words(self) -> set[Fraction]:
        total = current = Fraction(0)
        start = self.at
        if self._norm(self.at) in HALVES:
            self.at += 1
            return {HALVES[self.tokens[start].norm]}
        while self.at < len(self.tokens) and (self.at == start or self._gap(self.at).strip() in ("", "-", "‑")):
            norm = self._norm(self.at)
            if norm == "and" and self.at > start and current and current % 100 == 0:
                following = CARDINALS.get(self._norm(self.at + 1), ORDINALS.get(self._norm(self.at + 1)))
                if following is None or following >= 100:
                    break
                self.at += 1
                continue
            if norm in SCALES and (current or total == 0):
                scale = SCALES[norm]
                if scale == 100:
                    if current >= 100:
                        break
                    current = (current or Fraction(1)) * 100
                else:
                    total, current = total + (current or Fraction(1)) * scale, Fraction(0)
                self.at += 1
                continue
            value = CARDINALS.get(norm, ORDINALS.get(norm))
            if value is None or (self.at > start and not _continues(total, current, value)):
                break
            current += value
            self.at += 1
            if norm in ORDINALS or value == 0:
                break
        return {total + current} if self.at > start else set()

    def _scaled_with_unit(self, values: set[Fraction]) -> tuple[set[Fraction], str | None]:
        scale = SCALES.get(self._norm(self.at))
        if scale is not None and self._gap(self.at).strip() in ("", "."):
            self.at += 1
            values = {value * scale for value in values}
        tail = [self._norm(self.at + n) for n in range(3)]
        if tail == ["and", "a", "half"]:
            self.at += 3
            values = {value + Fraction(1, 2) for value in values}
        elif tail[:2] in (["с", "половиной"], ["з", "половиною"]):
            self.at += 2
            values = {value + Fraction(1, 2) for value in values}
        return values, self._unit()

    def _unit(self) -> str | None:
        after = self._norm(self.at)
        if after == "per" and self._norm(self.at + 1) == "cent":
            return "percent"
        before = self._norm(self.first - 1)
        if before == "-":
            before = self._norm(self.first - 2)
        sign = unit_of(before) if before in "$€£₽₴₸₹¥" and before else None
        return unit_of(after) or sign


def _continues(total: Fraction, current: Fraction, value: Fraction) -> bool:
    """Whether a word may go on the number read so far: "twenty" "five", not "five" "six"."""
    if current == 0:
        return total > 0 and value < 1000
    if value >= 100:
        return current % 1000 == 0
    if value >= 10:
        return current % 100 == 0
    return value > 0 and current % 10 == 0 and (current % 100 == 0 or current % 100 >= 20)
