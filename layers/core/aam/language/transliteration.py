"""Russian and Ukrainian names in Latin letters, by the official tables and the older ways that are still in use.

Ukraine's passports (Cabinet resolution 55 of 2010), Russia's (ICAO Doc 9303, before it GOST R 52535.1-2006 and the
rules of 1997), GOST 7.79-2000 A and B (ISO 9), BGN/PCGN.  A name is followed letter by letter through its spellings,
so a word is a name's or it is not: no rough form is compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

SPELLINGS: dict[str, tuple[str, ...]] = {
    "а": ("a",),
    "б": ("b",),
    "в": ("v",),
    "г": ("g", "h", "gh"),
    "ґ": ("g",),
    "д": ("d",),
    "е": ("e", "ye", "je", "ie"),
    "є": ("ye", "ie", "je", "e", "ê"),
    "ё": ("e", "yo", "io", "jo", "ye", "ë", "yë"),
    "ж": ("zh", "ž"),
    "з": ("z",),
    "и": ("i", "y"),
    "і": ("i", "ì"),
    "ї": ("i", "yi", "ji", "ï"),
    "й": ("i", "y", "j"),
    "к": ("k", "c"),
    "л": ("l",),
    "м": ("m",),
    "н": ("n",),
    "о": ("o",),
    "п": ("p",),
    "р": ("r",),
    "с": ("s",),
    "т": ("t",),
    "у": ("u",),
    "ф": ("f",),
    "х": ("kh", "h", "x"),
    "ц": ("ts", "tc", "c", "cz"),
    "ч": ("ch", "č"),
    "ш": ("sh", "š"),
    "щ": ("shch", "sch", "shh", "šč", "ŝ"),
    "ъ": ("", "ie"),
    "ы": ("y", "i"),
    "ь": ("",),
    "'": ("",),
    "э": ("e", "è"),
    "ю": ("yu", "iu", "ju", "û"),
    "я": ("ya", "ia", "ja", "â"),
    "кс": ("x",),
    "ьи": ("yi",),
    "ьо": ("yo", "io"),
    "ия": ("ia",),
    "ія": ("ia",),
}
"""Each letter's spellings; two letters together where they have one of their own (Maxim, Ilyin, Maria)."""

LAST: dict[str, tuple[str, ...]] = {
    "ий": ("y", "i"),
    "ій": ("y", "i"),
    "ый": ("y", "i"),
    "ей": ("ii", "iy", "yi", "ij"),
}
"""What only the end of a name may be: Dmitry; Serhii is a Сергей too, as Сергій is."""

NOMINATIVES = ("", "а", "я", "о", "й", "ь", "ий", "ый", "ій", "ая", "ой")
LONGEST_END = 6
"""A case is longer than its name by an ending and what no Latin letter stands for."""

SHARED_MIN = 3
"""So many letters a case has in common with its name."""

LATIN_MIN, SWAPPED_MIN = 4, 5
"""Shorter words in Latin letters alone are too often two names: Gal and Hal; Gall and Hall."""

_ENDS = tuple(
    frozenset((*LAST[pair], *(one + other for one in SPELLINGS[pair[0]] for other in SPELLINGS[pair[1]])))
    for pair in LAST
)

_FIRSTS: dict[str, frozenset[str]] = {}
for _letter, _spellings in SPELLINGS.items():
    for _spelling in _spellings:
        if _spelling:
            _FIRSTS[_spelling[0]] = _FIRSTS.get(_spelling[0], frozenset()) | {_letter[0]}


def is_cyrillic(word: str) -> bool:
    """Return whether a word has a Cyrillic letter."""
    return any("\u0400" <= letter <= "\u04ff" for letter in word)


@lru_cache(maxsize=50_000)
def is_spelled(latin: str, cyrillic: str) -> bool:
    """Return whether a word in Latin letters is one of the spellings of a Cyrillic one; both in small letters."""
    return cyrillic[:1] in _firsts(latin) and len(latin) in _ends(cyrillic, latin, is_whole=True)


def meet(one: str, other: str) -> bool:
    """Return whether two words in Latin letters spell one Cyrillic word: Sergey and Serhii, Yuriy and Iurii."""
    shorter, longer = sorted((len(one), len(other)))
    if shorter < LATIN_MIN or longer > 2 * shorter or _firsts(one).isdisjoint(_firsts(other)):
        return False
    if one[0] != other[0] and {one[0], other[0]} <= {"g", "h"} and shorter < SWAPPED_MIN:
        return False
    waiting, seen = [(0, 0)], {(0, 0)}
    while waiting:
        at, beside = waiting.pop()
        if (at, beside) == (len(one), len(other)):
            return True
        for mine, theirs in _steps_of_both(one[at : at + 4], other[beside : beside + 4]):
            step = (at + mine, beside + theirs)
            if step not in seen:
                seen.add(step)
                waiting.append(step)
        if any({one[at:], other[beside:]} <= ends for ends in _ENDS):
            return True
    return False


def spelled_names(word: str, latin: str) -> Iterator[str]:
    """Give the Cyrillic names that a Latin word may spell and that a Cyrillic ``word`` may be a case of.

    Петровой and "petrova" give Петрова; Павла and "pavel" give Павел.
    """
    if word[:1] not in _firsts(latin) or len(word) > len(latin) + LONGEST_END or not _ends(word[:2], latin):
        return
    stems = (word[:size] for size in range(len(word), SHARED_MIN - 1, -1))
    regular = (stem + end for stem in stems if _ends(stem[:-1], latin) for end in NOMINATIVES)
    yield from (name for name in chain(regular, _other_stems(word)) if is_spelled(latin, name))


def pattern(stem: str, *, letters: int = 4) -> str:
    """Return a regular expression that every spelling of a name matches, given its beginning in either alphabet.

    It looks at the first letters only: a database finds by it what is worth a closer look.
    """
    every = sorted({_expression(beginning[:letters]) for beginning in beginnings(stem, letters=letters)})
    return f"(?:{'|'.join(every)})" if every else re.escape(stem)


def beginnings(word: str, *, letters: int | None = None) -> set[str]:
    """Return what a word may be in Cyrillic, up to so many letters; its last Latin letters may be half of a sound."""
    if is_cyrillic(word):
        return {word}
    found: set[str] = set()
    waiting = {("", word)}
    while waiting:
        cyrillic, rest = waiting.pop()
        if not rest or (letters is not None and len(cyrillic) >= letters):
            found.add(cyrillic)
        else:
            waiting |= {
                (cyrillic + letter, rest[len(each) :])
                for letter, spellings in SPELLINGS.items()
                for each in spellings
                if each and (rest.startswith(each) or each.startswith(rest))
            }
    return found


def _ends(cyrillic: str, latin: str, *, is_whole: bool = False) -> set[int]:
    """Return the places in a Latin word where the spelling of a Cyrillic one, or of its beginning, may end."""
    places: list[set[int]] = [{0}, *(set() for _ in cyrillic)]
    for at, letter in enumerate(cyrillic):
        pair = cyrillic[at : at + 2]
        last = LAST.get(pair, ()) if is_whole and at + 2 == len(cyrillic) else ()
        for size, spellings in ((1, SPELLINGS.get(letter, ())), (len(pair), (*SPELLINGS.get(pair, ()), *last))):
            for place in places[at]:
                places[at + size].update(place + len(each) for each in spellings if latin.startswith(each, place))
        if not (places[at + 1] or places[min(at + 2, len(cyrillic))]):
            break
    return places[-1]


@lru_cache(maxsize=20_000)
def _steps_of_both(one: str, other: str) -> tuple[tuple[int, int], ...]:
    """Return how far both words get by one Cyrillic letter that both may begin with."""
    found = set()
    for letter, spellings in SPELLINGS.items():
        if letter == "ъ":  # it would let "ie" stand anywhere
            continue
        mine = [len(each) for each in spellings if each and one.startswith(each)]
        theirs = [len(each) for each in spellings if each and other.startswith(each)]
        found |= {(size, beside) for size in mine for beside in theirs}
    return tuple(sorted(found))


def _firsts(latin: str) -> frozenset[str]:
    """Return the Cyrillic letters that a Latin word may begin with."""
    return _FIRSTS.get(latin[:1], frozenset())


def _other_stems(word: str) -> Iterator[str]:
    """Give what a case may be of whose stem has changed; most of it is no name at all, so each has to be checked."""
    for size in range(max(2, len(word) - 4), len(word) + 1):
        stem, last = word[:size], word[size - 1]
        for vowel in "еоєія":
            yield f"{stem[:-1]}{vowel}{last}"
            yield f"{stem[:-1]}{vowel}{last}ь"
        if last in "зцс":
            before = {"з": "г", "ц": "к", "с": "х"}[last]
            yield from (stem[:-1] + before + end for end in "ая")
        if last in "ь'":
            yield f"{stem[:-1]}ей"
        if len(stem) > 2 and stem[-2] in "ьйоеє":
            yield from (f"{stem[:-2]}{vowel}{last}{end}" for vowel in "еєіїя" for end in ("", "ь"))


def _expression(cyrillic: str) -> str:
    """Return the expression for the first letters of a name, the last of which may begin a pair."""
    found, at = [], 0
    while at < len(cyrillic):
        one, two = cyrillic[at], cyrillic[at : at + 2]
        if two != one and two in SPELLINGS:
            found.append(f"(?:{_kin(one)}{_kin(two[1])}|{'|'.join(SPELLINGS[two])})")
            at += 2
        else:
            begun = [
                spelling for each in SPELLINGS if len(each) == 2 and each[0] == two for spelling in SPELLINGS[each]
            ]
            found.append(f"(?:{'|'.join([_kin(one), *begun])})")
            at += 1
    return "".join(found)


@lru_cache(maxsize=100)
def _kin(letter: str) -> str:
    """Return the expression for a Cyrillic letter: itself, its sister in the other language, and its spellings."""
    if letter in "ьъ'":
        return ""
    sisters = next((kin for kin in ("еёєэ", "иіїйы", "гґ") if letter in kin), letter)
    latin = sorted({each for sister in sisters for each in SPELLINGS.get(sister, ()) if each})
    return f"(?:{'|'.join([*sisters, *latin])})[ьъ'’ʼ]?"
