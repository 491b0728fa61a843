"""Legacy encodings, told apart by what the text would be in each.

Each candidate is judged by its words: letters of one alphabet, capitals only where words begin, letters as common as
they are in the languages written so, and typographic marks where these stand.  The best one is taken if it is good.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

_SAMPLE = 200_000
_WORD = re.compile(r"[^\W\d_]+")
_LEAST = 0.35
"""The share of the best possible score under which a text is none."""

_CYRILLIC = {
    "Windows-1251": "cp1251",
    "KOI8-U": "koi8-u",
    "CP866": "cp866",
    "CP1125": "cp1125",
    "Mac Cyrillic": "mac-cyrillic",
    "ISO 8859-5": "iso8859-5",
}
_LATIN = {"Windows-1252": "cp1252", "Windows-1250": "cp1250", "ISO 8859-2": "iso8859-2"}
# From the commonest letter to the rarest in Russian and Ukrainian together; others count against the encoding.
_FREQUENT = "оаеинтсрвлкмдпуяыіьгзбчйхжшюцщєїфэъґё"
_WEIGHTS = {letter: 1.0 - 1.0 * at / len(_FREQUENT) for at, letter in enumerate(_FREQUENT)}
_ALONE = frozenset("аивіяоукстйзбж")
_USUAL = {"Windows-1251": 0.05, "Windows-1252": 0.05}
"""What the two encodings that most files are in may lack to others."""
_ALPHABETS = (
    "àâæçéèêëîïôœùûüÿ", "äöüß", "áéíñóúü", "áâãàçéêíóôõúü", "àèéìòóù", "åäöé", "åæøé", "áðéíóúýþæö",
    "àçèéíïòóúü", "áàâéèêëïóöúü", "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "ăâîşţșț",
)  # fmt: skip
"""The letters beyond a to z of French, German, Spanish, Portuguese, Italian, Swedish, Danish, Icelandic, Catalan,
Dutch, Polish, Czech, Slovak, Hungarian, Croatian and Romanian."""
_BETWEEN_LETTERS = frozenset("’'ʼ-‑·")
_OPENING = frozenset("“„«‘‚‹¿¡–—•№")
_CLOSING = frozenset("”“»’‘›…–—™®©")
_DASHES, _SIGNS = frozenset("–—"), frozenset("€£№§°%‰¢±²³½¼")
_NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True)
class Legacy:
    """A text and the name of the encoding that it was read in."""

    text: str
    name: str


def read_legacy(data: bytes) -> Legacy | None:
    """Return the text in the legacy encoding that fits it best; None where none fits.

    A tie goes to the encoding named first, which is the more usual one.
    """
    sample = data[:_SAMPLE]
    best: tuple[float, str, str] | None = None
    for family, judge in ((_LATIN, _latin), (_CYRILLIC, _cyrillic)):
        for name, codec in family.items():
            decoded = _decoded(sample, codec)
            if decoded is None:
                continue
            score = judge(decoded) + _marks(decoded)
            highs = sum(1 for character in decoded if character > "\x7f")
            share = score / highs
            share += _USUAL.get(name, 0.0)
            if best is None or share > best[0] + 1e-9:
                best = (share, name, codec)
    if best is None or best[0] < _LEAST:
        return None
    text = _decoded(data, best[2])
    return Legacy(text, best[1]) if text is not None else None


def _decoded(data: bytes, codec: str) -> str | None:
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return None
    # Controls of the upper half are no text in any encoding.
    return None if any("\x7f" <= character <= "\x9f" for character in text) else text


def _cyrillic(text: str) -> float:
    score = 0.0
    latin = sum(1 for letter in text if letter.isascii() and letter.isalpha())
    other = sum(1 for letter in text if not letter.isascii() and letter.isalpha())
    for found in _WORD.finditer(text):
        word = found.group()
        if word.isascii():
            continue
        if len(word) == 1 and (word.lower() not in _ALONE or latin > 4 * other):
            score -= 1.0
            continue
        if len(word) == 1:
            score += 0.6 if word.isupper() else 0.9
            continue
        mixed = any(letter.isascii() for letter in word)
        score += sum(_letter(letter) for letter in word if not letter.isascii()) - (2.0 * len(word) if mixed else 0)
        score -= _capitals(word)
    return score


def _letter(letter: str) -> float:
    return _WEIGHTS.get(letter.lower(), -3.0)


def _capitals(word: str) -> float:
    """Return the weight of capitals inside a word against its encoding; a word all in capitals weighs a little less."""
    inverted = sum(1 for before, after in pairwise(word) if before.islower() and after.isupper())
    if inverted:
        return 3.0 * inverted
    return 0.25 * (len(word) - 1) if len(word) > 1 and word.isupper() else 0.0


def _latin(text: str) -> float:
    letters = frozenset(character.lower() for character in text if character > "\x7f" and character.isalpha())
    alphabet = max(_ALPHABETS, key=lambda known: len(letters & _letters(known)))
    score = 0.0
    for found in _WORD.finditer(text):
        word = found.group()
        if word.isascii():
            continue
        high = [letter for letter in word if not letter.isascii()]
        if len(word) > 1 and len(high) * 3 > len(word) * 2:
            score -= 2.0 * len(high)  # words of only such letters are no words of a Latin alphabet
        else:
            score += sum(0.9 if letter.lower() in alphabet else -0.5 for letter in high)
        score -= _capitals(word)
    return score


@lru_cache(maxsize=len(_ALPHABETS))
def _letters(alphabet: str) -> frozenset[str]:
    return frozenset(alphabet)


def _marks(text: str) -> float:
    """Return the weight of signs beyond ASCII that are no letters for their encoding, by their places."""
    return sum(_mark(text, at) for at, character in enumerate(text) if character > "\x7f" and not character.isalpha())


def _mark(text: str, at: int) -> float:
    character, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if character == _NO_BREAK_SPACE:
        return 0.3
    if character in _BETWEEN_LETTERS and before.isalpha() and after.isalpha():
        return 1.0
    if character in _SIGNS and any(near.isdecimal() for near in text[max(0, at - 2) : at + 3]):
        return 0.9
    if character in _DASHES and not before.strip() and not after.strip():
        return 0.9
    opens = character in _OPENING and not before.isalnum() and bool(after.strip())
    closes = character in _CLOSING and bool(before.strip()) and not after.isalnum()
    if opens or closes:
        return 0.9
    return 0.4 if character in _OPENING | _CLOSING else -1.5
