"""The languages of a recording: the meeting's own is forced, an unknown one is chosen among those allowed only.

Among all 99 of Whisper's languages short Russian is heard as Czech and Ukrainian as Latin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aam.meetings.speech import DETECT, MULTI

_CODES = (
    "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu "
    "hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt "
    "ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo zh "
)
KNOWN = frozenset(_CODES.split())
"""The languages of Whisper's multilingual models, by its own codes."""
_OWN_CODES = {"nb": "no", "jv": "jw", "fil": "tl", "iw": "he", "in": "id"}

SURE = 0.5
"""A language that is less likely than this is tried against that of the piece before."""


def forced_language(language: str) -> str | None:
    """Return the language that a meeting names, without its region; None if it is to be found out."""
    return None if language in (DETECT, MULTI) else language.partition("-")[0].lower()


def likely_languages(chances: Mapping[str, float], *, allowed: Sequence[str], before: str | None) -> tuple[str, ...]:
    """Return the likeliest of the allowed languages, and that of the piece before where none is sure.

    ``chances`` are the model's over all its languages.
    """
    best = max(allowed, key=lambda language: chances.get(language, 0.0))
    return (best,) if before in (None, best) or chances.get(best, 0.0) >= SURE else (best, before)


def whisper_code(language: str) -> str:
    """Return Whisper's code of a language without region; most are those of the tag itself."""
    return _OWN_CODES.get(language, language)
