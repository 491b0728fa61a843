"""Compare two words as forms of one name: cases of Russian and Ukrainian, two alphabets, two languages."""

from __future__ import annotations

from functools import lru_cache

from aam.language.inflection import changed_case

# Endings of Russian and Ukrainian cases; two forms of one name differ in these alone.
_CASES = frozenset(
    {
        "", "а", "я", "у", "ю", "о", "е", "є", "и", "і", "ы", "й", "ь", "ой", "ою", "ей", "ею", "єю", "ом",
        "ем", "им", "ым", "ім", "ов", "ів", "еві", "єві", "ові", "ам", "ям", "ах", "ях", "ами", "ями", "ого",
        "его", "ому", "ему", "ий", "ый", "ій", "ая", "ую", "ої", "ї", "єм", "го", "му", "м",
    }
)  # fmt: skip
# Which declension an ending belongs to: "z" that of Александр and Иванов, "a" that of Александра and Иванова.
_NO_VOWEL = frozenset(
    {"", "ь", "й", "о", "ом", "ем", "єм", "ім", "ым", "ові", "еві", "єві", "ого", "его", "ому", "ему", "ый"}
)
_VOWEL = frozenset({"ы", "и", "ой", "ою", "ей", "ею", "єю", "ая", "ую", "ої"})
_LONGEST_SHARED = 2
_NOMINATIVE_VOWEL = frozenset({"а", "я"})
_LATIN = str.maketrans("абвгґдезиіїйклмнопрстуфыэ", "abvggdeziiiiklmnoprstufie") | str.maketrans(
    {
        "є": "ie",
        "ж": "zh",
        "х": "kh",
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "sch",
        "ъ": "",
        "ь": "",
        "ю": "iu",
        "я": "ia",
    }
)
_FOLDS = (
    ("shch", "щ"), ("sch", "щ"), ("tch", "ч"), ("ch", "ч"), ("sh", "ш"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"),
    ("ph", "ф"), ("th", "t"), ("x", "ks"), ("h", "g"), ("w", "v"), ("ce", "se"), ("ci", "si"), ("c", "k"),
    ("ф", "f"), ("io", "e"), ("ie", "e"),
)  # fmt: skip
# One name in Ukrainian and in Russian where the letters do not show it; stems.
_COUNTERPARTS = {
    "олен": "елен", "олекс": "алекс", "микол": "никола", "михайл": "михаил", "дмитр": "дмитри", "натал": "натал",
    "тетян": "татьян", "ганн": "анн", "катерин": "екатерин", "павл": "павел", "володимир": "владимир",
    "євген": "евгени", "олександр": "александр", "світлан": "светлан", "василь": "васили", "пилип": "филипп",
    "андрі": "андре", "сергі": "серге", "олексі": "алексе", "надія": "надежда", "віра": "вера", "любов": "любовь",
}  # fmt: skip


def bare(norm: str) -> str:
    """Return a word without the English possessive."""
    return norm.removesuffix("'s").removesuffix("'")


def same_name(one: str, other: str) -> bool:
    """Return whether two words may be forms of one name: equal, or of other cases or alphabets.

    Lax: feminine forms of a name count as its cases, which erasure wants; `agree` tells them apart.
    """
    one, other = bare(one), bare(other)
    return one == other or _cases_of_one(one, other) or latin(one) == latin(other)


@lru_cache(maxsize=50_000)
def agree(one: str, other: str, *, one_is_subject: bool = False, other_is_subject: bool = False) -> bool:
    """Return whether two words are forms of one name, a feminine form being another name.

    A word in ``subject`` position stands in the nominative: "Александра позвонит" is no case of Александр.
    """
    one, other = bare(one), bare(other)
    if one == other:
        return True
    if is_cyrillic(one) and is_cyrillic(other):
        shared = _shared(one, other)
        # The longest endings count: "ом" and "ой" of two declensions share a letter that is no stem.
        for size in range(max(3, shared - _LONGEST_SHARED), shared + 1):
            ends = one[size:], other[size:]
            if ends[0] in _CASES and ends[1] in _CASES:
                soft = one[size - 1] in "иі"
                kinds = (
                    _declensions(ends[0], subject=one_is_subject, soft=soft),
                    _declensions(ends[1], subject=other_is_subject, soft=soft),
                )
                return bool(kinds[0] & kinds[1])
        return changed_case(one, other) or changed_case(other, one) or _counterpart(one, other)
    if one.isascii() and other.isascii():
        return False
    return bool(_sounds(one) & _sounds(other)) or (one[:1].isalpha() and _skeleton(one) == _skeleton(other) != "")


def is_cyrillic(word: str) -> bool:
    """Return whether a word has letters of no other alphabet."""
    return all("\u0400" <= c <= "\u04ff" or c in "'-" for c in word)


@lru_cache(maxsize=10_000)
def latin(word: str) -> str:
    """Return a rough Latin form in which the usual transliterations of one name meet."""
    return word.translate(_LATIN).replace("y", "i").replace("j", "i").replace("ii", "i").replace("'", "")


def _declensions(ending: str, *, subject: bool, soft: bool) -> set[str]:
    """Return the declensions that an ending may be of; after a soft stem "и" is of both (о Дмитрии, Марии)."""
    if soft and ending == "и":
        return {"z", "a"}
    if ending in _NO_VOWEL:
        return {"z"}
    if ending in _VOWEL or (subject and ending in _NOMINATIVE_VOWEL):
        return {"a"}
    return {"z", "a"}


def _shared(one: str, other: str) -> int:
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] == other[shared]:
        shared += 1
    return shared


def _cases_of_one(one: str, other: str) -> bool:
    shared = _shared(one, other)
    if shared < 3 or not is_cyrillic(one) or not is_cyrillic(other):
        return False
    return one[shared:] in _CASES and other[shared:] in _CASES


def _counterpart(one: str, other: str) -> bool:
    """Return whether one is the Ukrainian and the other the Russian form: Олена and Елена, Ілля and Илья."""
    if _fold(one) == _fold(other):
        return True
    for stem, counterpart in _COUNTERPARTS.items():
        for ours, theirs in ((one, other), (other, one)):
            if ours.startswith(stem) and theirs.startswith(counterpart):
                return ours[len(stem) :].lstrip("іий") in _CASES and theirs[len(counterpart) :].lstrip("ий") in _CASES
    return False


@lru_cache(maxsize=10_000)
def _sounds(word: str) -> frozenset[str]:
    """Return the sounds of a name's possible stems, for a comparison across alphabets."""
    stems = {word}
    if is_cyrillic(word):
        stems |= {word[: -len(end)] for end in _CASES if end and word.endswith(end) and len(word) - len(end) >= 3}
        stems |= {
            theirs + word[len(ours) :]
            for pair in _COUNTERPARTS.items()
            for ours, theirs in (pair, pair[::-1])
            if word.startswith(ours)
        }
    return frozenset(folded for stem in stems if (folded := _fold(stem).rstrip("aeiou")) and len(folded) > 1)


def _skeleton(word: str) -> str:
    """Return the consonants of a name and the number of vowels between them: vowels are written as they are heard."""
    folded = _fold(word).rstrip("aeiou")
    bones = "".join("-" if letter in "aeiou" else letter for letter in folded)
    while "--" in bones:
        bones = bones.replace("--", "-")
    return bones if sum(letter != "-" for letter in bones) > 1 else ""


def _fold(word: str) -> str:
    folded = latin(word)
    for given, sound in _FOLDS:
        folded = folded.replace(given, sound)
    letters = [letter for at, letter in enumerate(folded) if not at or folded[at - 1] != letter]
    return "".join(letters)
