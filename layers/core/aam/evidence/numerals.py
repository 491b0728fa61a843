"""The value of a number that begins at a token, in digits or in words; what it counts is `numbers`' matter."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from aam.evidence.figures import MULTIPLIERS, FigureReader, Numeral
from aam.language.number_words import (
    CARDINALS,
    COUPLES,
    DENOMINATORS,
    HALVES,
    MULTIPLES,
    ORDINALS,
    PORTIONS,
    SCALES,
    SOFT,
    half_of,
)
from aam.language.units import SIGNS, SPANS

_MILLION = 1_000_000
_ONE_OF_SCALE = frozenset(
    {
        "тысяча",
        "тысячу",
        "тисяча",
        "тисячу",
        "миллион",
        "мільйон",
        "миллиард",
        "мільярд",
        "сотня",
        "сотню",
        "тысячей",
        "тисячею",
    }
)
_AND_HALF = (
    (("and", "a", "half"), Fraction(1, 2)),
    (("and", "one", "half"), Fraction(1, 2)),
    (("and", "a", "quarter"), Fraction(1, 4)),
    (("and", "three", "quarters"), Fraction(3, 4)),
    (("с", "половиной"), Fraction(1, 2)),
    (("з", "половиною"), Fraction(1, 2)),
    (("і", "половина"), Fraction(1, 2)),
    (("с", "четвертью"), Fraction(1, 4)),
    (("з", "чвертю"), Fraction(1, 4)),
)
_POINTS = frozenset({"point", "запятая", "кома", "точка"})
_WHOLE = frozenset({"целых", "целая", "целую", "целой", "цілих", "ціла", "цілу", "цілої"})
_ENGLISH_PARTS = frozenset({"third", "quarter"})
_OF = frozenset({"of", "a", "an", "the"})
_NOT_TIMES = frozenset(
    {"check", "checked", "checking", "click", "digit", "digits", "booked", "room", "sided", "standard"}
)


def and_a_half(norms: Sequence[str], at: int) -> tuple[Fraction, int]:
    """Return the part that "and a half" adds at a token, and how many tokens say so; nothing and 0 where none do."""
    for words, part in _AND_HALF:
        if tuple(norms[at : at + len(words)]) == words:
            return part, len(words)
    return Fraction(0), 0


class NumeralReader(FigureReader):
    """Reads numerals, in figures and in words, in the tokens of one text."""

    def read(self, at: int) -> Numeral | None:
        """Return the numeral that begins at a token, or None."""
        return self._with_tail(self.figures(at) or self._words(at), at)

    def _words(self, at: int) -> Numeral | None:
        norm = self.norms[at]
        special = self._special(norm, at)
        if special is not None:
            return special
        value, last, ordinal = self._whole(at)
        if last == at:
            return None
        rest = value % _MILLION
        if not ordinal and value > _MILLION and 100 <= rest < 1000 and rest % 10 == 0:
            # "Миллион двести" is as often 1.2 million.
            return Numeral(frozenset({value, value + rest * 999}), last, in_words=True)
        if not ordinal:
            exact = self._decimal(value, last) or self._share(value, at, last)
            if exact is not None:
                return exact
        soft = last == at + 1 and norm in SOFT
        return Numeral(frozenset({value}), last, soft=soft, ordinal=ordinal, in_words=True)

    def _special(self, norm: str, at: int) -> Numeral | None:
        """Return halves, couples and multiples."""
        if norm in HALVES and norm in ORDINALS and not norm.isascii():
            # Russian "третью" is the third one and with a third.
            return Numeral(frozenset({HALVES[norm], ORDINALS[norm]}), at + 1, ordinal=True, in_words=True)
        if norm == "пів" or (norm in HALVES and self._is_part(norm, at)):
            return self._part(HALVES.get(norm, Fraction(1, 2)), at)
        if norm.isascii() and norm in DENOMINATORS and self.norm(at - 1) == "a":
            after, before = self.norm(at + 1), self.norm(at - 2)
            return self._part(DENOMINATORS[norm], at) if after == "of" or before == "by" else None
        rest = half_of(norm) if norm not in CARDINALS and norm not in ORDINALS else None
        if rest in SCALES:
            return Numeral(frozenset({SCALES[rest] / 2}), at + 1, in_words=True)
        if rest in SPANS:
            return Numeral(frozenset({Fraction(1, 2)}), at + 1, unit=SPANS[rest], in_words=True)
        if norm in COUPLES:
            return Numeral(frozenset({Fraction(2)}), at + 1, in_words=True)
        if norm in DENOMINATORS and self.norm(at + 1) in PORTIONS:
            return Numeral(frozenset({DENOMINATORS[norm]}), at + 1, part=True, in_words=True)
        if norm in MULTIPLES and not self._is_thing(at):
            value = MULTIPLES[norm]
            return Numeral(frozenset({value, 1 / value}), at + 1, unit="times", in_words=True)
        return None

    def _is_thing(self, at: int) -> bool:
        """Return whether a word of times is a thing or a part of another word: "fourteen doubles", "double-check"."""
        before = self.norm(at - 1)
        counted = self.is_joined(at) and (before in CARDINALS or before.isdecimal())
        return counted or self.gap(at + 1) == "-" or self.norm(at + 1) in _NOT_TIMES

    def _is_part(self, norm: str, at: int) -> bool:
        """Return whether "third" and "quarter" are shares here, not an order or a span of three months."""
        if norm not in _ENGLISH_PARTS:
            return norm not in {"thirds", "quarters"}
        before, after = self.norm(at - 1), self.norm(at + 1)
        scaled = after == "of" and self.norm(at + 2) in {"a", "an"}
        return (before in {"a", "one"} and (after == "of" or norm == "third")) or (norm == "quarter" and scaled)

    def _part(self, value: Fraction, at: int) -> Numeral:
        """Return a half and its like with its scale: half a million, пів мільйона, a quarter of a billion."""
        last = at + 1
        skipped = last
        while self.norm(skipped) in _OF and skipped < last + 2 and self.is_joined(skipped):
            skipped += 1
        if self.norm(skipped) in SCALES and self.is_joined(skipped):
            return Numeral(frozenset({value * SCALES[self.norm(skipped)]}), skipped + 1, in_words=True)
        return Numeral(frozenset({value}), last, part=value < 1, in_words=True)

    def _whole(self, start: int) -> tuple[Fraction, int, bool]:
        """Return the value of the words from a token on, the token after them, and whether they are an ordinal."""
        total = current = Fraction(0)
        at = start
        while at < len(self.tokens) and (at == start or self.is_joined(at)):
            norm = self.norms[at]
            if norm == "and" and at > start and (current or total) and current % 100 == 0:
                following = CARDINALS.get(self.norm(at + 1), ORDINALS.get(self.norm(at + 1)))
                if following is None or following >= 100:
                    break
                at += 1
                continue
            if norm in SCALES and norm not in COUPLES and (current or total == 0):
                scale = SCALES[norm]
                if scale in (10, 12):
                    if current >= 100:
                        break
                    current = (current or Fraction(1)) * scale
                elif scale == 100:
                    if current >= 100:
                        break
                    current = (current or Fraction(1)) * 100
                else:
                    count, behind = (current, 0) if current else self._inverted(norm, at)
                    total, current = total + (count or Fraction(1)) * scale, Fraction(0)
                    at += behind
                at += 1
                continue
            value = CARDINALS.get(norm, ORDINALS.get(norm))
            if value is None or (at > start and not _continues(total, current, value)):
                break
            current += value
            at += 1
            if norm not in CARDINALS or value == 0:
                return total + current, at, norm not in CARDINALS
        return total + current, at, False

    def _inverted(self, scale: str, at: int) -> tuple[Fraction, int]:
        """Return how many of a scale follow it, as in "тысяч пять", and how many words say so."""
        value = CARDINALS.get(self.norm(at + 1))
        if scale.isascii() or scale in _ONE_OF_SCALE or value is None or not self.is_joined(at + 1):
            return Fraction(0), 0
        added, words = and_a_half(self.norms, at + 2)
        return value + added, 1 + words

    def _decimal(self, whole: Fraction, at: int) -> Numeral | None:
        """Read "Twelve point three", "три целых пять десятых", "три и пять десятых"."""
        if self.norm(at) in _POINTS and self.is_joined(at):
            digits, last = "", at + 1
            while (value := self._digit(last)) is not None and self.is_joined(last) and len(digits) < 6:
                digits += value
                last += 1
            if digits:
                return Numeral(frozenset({whole + Fraction(int(digits), 10 ** len(digits))}), last, in_words=True)
        after = at + 1 if self.norm(at) in _WHOLE else at
        after += self.norm(after) in {"и", "і", "й", "та"}
        if after > at:
            count, last, ordinal = self._whole(after)
            if last > after and not ordinal and self.norm(last) in DENOMINATORS:
                return Numeral(frozenset({whole + count * DENOMINATORS[self.norm(last)]}), last + 1, in_words=True)
        return None

    def _digit(self, at: int) -> str | None:
        norm = self.norm(at)
        if norm == "oh":
            return "0"
        if norm.isdecimal() and len(norm) <= 3:
            return norm
        value = CARDINALS.get(norm)
        return str(int(value)) if value is not None and value < 100 and value.denominator == 1 else None

    def _share(self, count: Fraction, start: int, at: int) -> Numeral | None:
        """Read "Two thirds", "три четверти", "пять десятых"."""
        norm = self.norm(at)
        if not self.is_joined(at) or (norm.isascii() and not norm.endswith("s") and self.norm(at + 1) != "of"):
            return None
        part = HALVES.get(norm) if norm not in {"half", "halves"} else None
        part = part or DENOMINATORS.get(norm)
        if part is None or part > 1 or count * part >= 2:
            return None
        # "В двадцать третью": an ordinal of the genitive may look like a share.
        return Numeral(frozenset({count * part}), at + 1, part=True, in_words=True) if at > start else None

    def _with_tail(self, numeral: Numeral | None, first: int) -> Numeral | None:
        """Return the numeral with "and a half" and a scale: 2.5 million, два с половиной миллиона."""
        if numeral is None or numeral.ordinal or numeral.unit:
            return numeral
        values, at = numeral.values, numeral.last
        unit_read = max((SCALES.get(self.norm(at - 1), Fraction(1)), Fraction(1)))
        added, words = and_a_half(self.norms, at)
        if words:
            values, at = frozenset(value + added * unit_read for value in values), at + words
        scale = SCALES.get(self.norm(at))
        if scale is None and self.norm(at) in MULTIPLIERS and self.norm(first - 1) in SIGNS:  # "$2.4 m"
            scale = Fraction(MULTIPLIERS[self.norm(at)])
        follows = self.gap(at).strip() == "" or (self.gap(at).strip() in ("-", "‑"))
        if scale is not None and follows and (words or unit_read == 1):
            values, at = frozenset(value * scale for value in values), at + 1
        if at == numeral.last:
            return numeral
        return Numeral(values, at, in_words=numeral.in_words)


def _continues(total: Fraction, current: Fraction, value: Fraction) -> bool:
    """Return whether a word may go on the number read so far: "twenty" "five", not "five" "six"."""
    if current == 0:
        return total > 0 and value < 1000
    if value >= 100:
        return current % 1000 == 0
    if value >= 10:
        return current % 100 == 0
    return value > 0 and current % 10 == 0 and (current % 100 == 0 or current % 100 >= 20)
