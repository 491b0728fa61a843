"""Tell English, Russian and Ukrainian apart in a short text, as far as its letters and endings allow."""

from __future__ import annotations

from collections.abc import Sequence

from aam.language.phrases import word_set

_UKRAINIAN = frozenset("іїєґ")
_RUSSIAN = frozenset("ыэъё")
_RUSSIAN_WORDS = word_set(
    """
    и что это как его ее она они мы был было были будет если при или нет еще уже когда чтобы только не для со об
    минут лет
    """
)
_UKRAINIAN_WORDS = word_set(
    """
    й та що це як його вона вони ми був було були буде якщо або немає ще вже коли щоб тільки для зі про
    """
)
_RUSSIAN_ENDINGS = ("ал", "ил", "ел", "ял", "ого", "ть", "ение", "ости", "ться", "ет", "ют", "ие", "ая")
_UKRAINIAN_ENDINGS = ("ав", "ив", "ув", "яв", "ння", "ти", "тися", "ться", "уть", "ють", "ає", "ому")


def tongue_of(norms: Sequence[str], *, guess: bool = False) -> str | None:
    """Return "en" for Latin letters, "ru", "uk" or, if it shows neither, "cyrillic"; None without any words.

    To ``guess`` is to go by words and endings where no letter tells.
    """
    words = [norm for norm in norms if norm.isalpha() or "'" in norm]
    latin = sum(word.isascii() for word in words)
    if not words:
        return None
    if 2 * latin > len(words):
        return "en"
    cyrillic = [word for word in words if not word.isascii()]
    letters = frozenset("".join(cyrillic))
    ukrainian, russian = bool(letters & _UKRAINIAN), bool(letters & _RUSSIAN)
    if ukrainian != russian:
        return "uk" if ukrainian else "ru"
    if not guess:
        return "cyrillic"
    # Hardly any Ukrainian sentence is without its letters; a Russian one may well be without those of its own.
    score = sum((w in _RUSSIAN_WORDS) - (w in _UKRAINIAN_WORDS) for w in cyrillic)
    score += sum(w.endswith(_RUSSIAN_ENDINGS) - w.endswith(_UKRAINIAN_ENDINGS) for w in cyrillic)
    return "ru" if score > 0 and not ukrainian else "cyrillic"


def differ(one: str | None, other: str | None) -> bool:
    """Return whether two texts of which this is known are in different languages."""
    tongues = {one, other}
    return None not in tongues and len(tongues) > 1 and tongues not in ({"cyrillic", "ru"}, {"cyrillic", "uk"})
