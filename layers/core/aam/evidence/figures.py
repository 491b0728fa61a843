"""The value of a number that is written with figures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from aam.language.lexicon import STOPWORDS
from aam.language.number_words import CARDINALS, SCALES
from aam.language.tokens import Token
from aam.language.units import unit_of_amount

_GLUED_GROUP = re.compile(r"(\d{3})([^\W\d_]{2,})")
# Longer runs of digits are identifiers: they are compared as text, and int() stays cheap.
_DIGITS = re.compile(r"(\d{1,18})([^\W\d_]*)")
MULTIPLIERS = {
    "k": 1_000, "к": 1_000, "m": 1_000_000, "mln": 1_000_000, "mil": 1_000_000, "mm": 1_000_000, "bn": 10**9,
    "bln": 10**9, "b": 10**9, "tn": 10**12, "м": 1_000_000, "млн": 1_000_000, "млрд": 10**9, "трлн": 10**12,
    "тыс": 1_000, "тис": 1_000,
}  # fmt: skip
_ORDINAL_SUFFIXES = frozenset(
    {
        *("st", "nd", "rd", "th", "й", "я", "е", "го", "му", "м", "х", "ю", "ый", "ий", "ой", "ая", "ое", "ого", "его"),
        *("ому", "ему", "ым", "им", "ом", "ем", "ую", "ые", "ых", "ми", "ти", "та", "те", "та", "ту", "ої", "ій", "і"),
    }
)
_SHORT_UNITS = {
    "h": "hour",
    "d": "day",
    "w": "week",
    "s": "second",
    "ч": "hour",
    "х": "times",
}
_HALF_DAY = frozenset({"am", "pm", "a", "p"})
_GROUP = 3
_GREATEST_SPAN = 1000
_SPACES = frozenset({" ", "\u00a0", "\u202f", "\u2009", "'", "’"})


@dataclass(frozen=True, slots=True)
class Numeral:
    """A value with the token after its last; ``part`` marks a share, ``unit`` is what is written in the same token.

    ``glued`` is the word that the last figure has run into, as in "200,000people".
    """

    values: frozenset[Fraction]
    last: int
    unit: str | None = None
    soft: bool = False
    ordinal: bool = False
    part: bool = False
    in_words: bool = False
    glued: str = ""


class FigureReader:
    """Reads figures in the tokens of one text."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text, self.tokens = text, tokens
        self.norms = [_singular(token.norm) for token in tokens]

    def norm(self, at: int) -> str:
        """Return the token at a place, "" beyond the ends."""
        return self.norms[at] if 0 <= at < len(self.norms) else ""

    def gap(self, at: int) -> str:
        """Return what stands between a token and the one before it."""
        return self.text[self.tokens[at - 1].end : self.tokens[at].start] if 0 < at < len(self.tokens) else "\n"

    def is_joined(self, at: int) -> bool:
        """Return whether only a space or a hyphen parts a token from the one before it."""
        return self.gap(at).strip() in ("", "-", "‑")

    def figures(self, at: int) -> Numeral | None:
        """Return the number that is written with figures at a token, or None."""
        raw = self.text[self.tokens[at].start : self.tokens[at].end]
        if not raw.isascii() and any(_is_vulgar(c) for c in raw):
            return _vulgar(raw, at)
        return self._digits(at)

    def _digits(self, at: int) -> Numeral | None:
        match = _DIGITS.fullmatch(self.norms[at])
        if match is None:
            return None
        digits, suffix = match.groups()
        at += 1
        if suffix:
            return self._with_suffix({Fraction(digits)}, suffix, at)
        values = {Fraction(digits)}
        if len(digits) <= 3:
            grouped, at = self._grouped(digits, at)
            if grouped != digits:
                values = {Fraction(grouped)}
                if len(grouped) == len(digits) + 3 and self.gap(at - 1) in ".," and not grouped.endswith("000"):
                    values.add(Fraction(f"{digits}.{grouped[len(digits) :]}"))
                digits = grouped
            glued = _GLUED_GROUP.fullmatch(self.norm(at)) if self.gap(at) == "," else None
            if glued and _is_word(glued[2]):
                return Numeral(frozenset({Fraction(digits + glued[1])}), at + 1, glued=glued[2])
        if self.gap(at) in (".", ",") and self.gap(at + 1) not in (".", ",", ":", "-", "/"):
            decimal = _DIGITS.fullmatch(self.norm(at))
            if decimal:
                return self._with_suffix({Fraction(f"{digits}.{decimal[1]}")}, decimal[2], at + 1)
        below = self.norm(at)
        if self.gap(at) == "/" != self.gap(at + 1) and below.isdecimal() and len(below) <= 3 and int(below):
            return Numeral(frozenset({Fraction(int(digits), int(below))}), at + 1, part=True)
        if self.gap(at) == "-" and self.norm(at) in _ORDINAL_SUFFIXES:
            return Numeral(frozenset(values), at + 1, ordinal=True)
        return Numeral(frozenset(values), at)

    def _grouped(self, digits: str, at: int) -> tuple[str, int]:
        grouped = digits
        while self._is_group(at) and len(grouped) < 18:
            grouped += self.norm(at)
            at += 1
        return grouped, at

    def _is_group(self, at: int) -> bool:
        norm = self.norm(at)
        if len(norm) != _GROUP or not norm.isdigit():
            return False
        # Some transcripts set every mark apart: "25 , 000".
        gap = self.gap(at)
        if norm == "000" and gap.strip() in (",", "."):
            return True
        return gap in _SPACES or gap in (",", ".") or (gap == " , " and norm.endswith("00"))

    def _with_suffix(self, values: set[Fraction], suffix: str, at: int) -> Numeral | None:
        """Read what is written right behind digits; None for what is no number ("5ooo")."""
        if not suffix or suffix in _HALF_DAY:
            return Numeral(frozenset(values), at)
        if suffix in MULTIPLIERS:
            return Numeral(frozenset(value * MULTIPLIERS[suffix] for value in values), at)
        if suffix in _ORDINAL_SUFFIXES:
            return Numeral(frozenset(values), at, ordinal=True)
        if suffix == "s" and self._is_plural(at - 1, values):
            return Numeral(frozenset(values), at)
        if suffix in SCALES:
            return Numeral(frozenset(value * SCALES[suffix] for value in values), at)
        unit = _SHORT_UNITS.get(suffix) or unit_of_amount(suffix, values)
        if unit:
            return Numeral(frozenset(values), at, unit=unit)
        return Numeral(frozenset(values), at, glued=suffix) if _is_word(suffix) else None

    def _is_plural(self, at: int, values: set[Fraction]) -> bool:
        """Return whether figures with an "s" are ages or years and no seconds: "the 25-35s", "the 1990s"."""
        if self.gap(at).strip() in {"-", "–", "—"}:
            at -= 1
        return self.norm(at - 1) == "the" or min(values) > _GREATEST_SPAN


def _vulgar(raw: str, at: int) -> Numeral | None:
    whole = raw[:-1]
    if (whole and not whole.isdecimal()) or len(whole) > 18:
        return None
    value = Fraction(unicodedata.numeric(raw[-1])).limit_denominator(100) + (int(whole) if whole else 0)
    return Numeral(frozenset({value}), at + 1, part=not whole)


def _is_word(norm: str) -> bool:
    """Return whether letters behind a figure are a word that ran into it, and no part of a code."""
    return norm.isascii() and (norm in STOPWORDS or (len(norm) > _GROUP and len(set(norm)) > 2))


def _singular(norm: str) -> str:
    """Return the token without the possessive of a number: "bed nine's"."""
    return norm[:-2] if norm.endswith("'s") and norm[:-2] in CARDINALS else norm


def _is_vulgar(char: str) -> bool:
    return not char.isdigit() and unicodedata.category(char) == "No" and unicodedata.numeric(char, 0) % 1 != 0
