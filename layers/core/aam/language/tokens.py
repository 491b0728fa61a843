"""Text as a sequence of comparable tokens that remember where they stand.

Two texts are equal for evidence when their tokens are: after NFKC, case folding, one apostrophe, ё = е, and
without spacing, punctuation and invisible characters.  What carries meaning survives: signs of currency and
percent, and the minus before a number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_APOSTROPHES = "'’‘ʼ`´ʹ′‛＇"
_MARKS = "\u0300-\u036f\ufe00-\ufe0f"
_INVISIBLE = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_SIGNS = "%‰$¢£¤¥֏؋৲৳૱௹฿៛﷼＄￠￡￥￦💴-💷\u20a0-\u20cf"
_LETTER = rf"[^\W_]|[{_MARKS}{_INVISIBLE}]"
_TOKEN = re.compile(
    rf"(?:{_LETTER})+(?:[{_APOSTROPHES}]+(?:{_LETTER})+)*|[{_SIGNS}]|(?<![\w{_APOSTROPHES}])[-−–](?=\d)"
)
_ONE_APOSTROPHE = {ord(c): "'" for c in _APOSTROPHES}
_INVISIBLE_ONLY = re.compile(rf"[{_INVISIBLE}\ufe00-\ufe0f]")
_KEPT_APART = {ord(c): "^" + unicodedata.normalize("NFKC", c) for c in "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉"}
_MINUS = frozenset("-−–")


@dataclass(frozen=True, slots=True)
class Token:
    """A token: its comparable form, and its half-open range in the text."""

    norm: str
    start: int
    end: int


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of a text; linear in its length."""
    tokens = []
    for found in _TOKEN.finditer(text):
        norm = normalise(found.group())
        if norm:
            tokens.append(Token(norm, found.start(), found.end()))
    return tokens


def normalise(word: str) -> str:
    """Return the comparable form of one word or sign."""
    if word.isascii():
        return word.lower().replace("`", "'")
    if word in _MINUS:
        return "-"
    word = _INVISIBLE_ONLY.sub("", word).translate(_ONE_APOSTROPHE).translate(_KEPT_APART)
    # NFKC may bring back capitals and, for a few ligatures, spaces.
    word = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())
    return word.replace("ё", "е").replace("\u2044", "/").replace(" ", "")


def norms_of(text: str) -> list[str]:
    """Return only the comparable forms."""
    return [token.norm for token in tokens_of(text)]


def word_count(text: str) -> int:
    """Return the number of words as people count them: pieces between white space that hold a letter or a digit."""
    return sum(1 for piece in _INVISIBLE_ONLY.sub("", text).split() if any(c.isalnum() for c in piece))


def starts_sentence(text: str, tokens: Sequence[Token], at: int) -> bool:
    """Return whether token ``at`` opens the text or a sentence of it, where a capital letter says nothing."""
    if at == 0:
        return True
    return any(c in ".!?…:;\n•" for c in text[tokens[at - 1].end : tokens[at].start])


def is_capitalised(text: str, token: Token) -> bool:
    """Return whether the token begins with a capital letter where it stands."""
    return text[token.start].isupper()
