"""Names of people and things in running text, and when two of them are one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from aam.evidence.numbers import unit_of
from aam.language.calendar import MONTHS, RELATIVE_DAYS, WEEKDAYS
from aam.language.lexicon import GIVEN_NAMES, PERSON_VERBS, ROLES, STOPWORDS, WORDS_TOO
from aam.language.number_words import NUMBER_WORDS
from aam.language.tokens import Token, is_capitalised, starts_sentence

# Endings of Russian and Ukrainian cases; two forms of one name differ in these alone.
_CASES = frozenset(
    {
        "", "а", "я", "у", "ю", "о", "е", "є", "и", "і", "ы", "й", "ь", "ой", "ою", "ей", "ею", "єю", "ом",
        "ем", "им", "ым", "ім", "ов", "ів", "еві", "єві", "ові", "ам", "ям", "ах", "ях", "ами", "ями", "ого",
        "его", "ому", "ему", "ий", "ый", "ій", "ая", "ую", "ої", "ї", "єм", "го", "му", "м",
    }
)  # fmt: skip
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


@dataclass(frozen=True, slots=True)
class Name:
    """A run of tokens that is a name: its words, and the half-open range of tokens."""

    words: tuple[str, ...]
    first: int
    last: int


def names_in(text: str, tokens: Sequence[Token], *, known: frozenset[str] = frozenset()) -> list[Name]:
    """Every name of a text, in order.

    Inside a sentence a capital letter makes a name.  At its start it does so only for a given name, for a
    word of ``known`` people, before another capitalised word, and before a verb of a person.
    """
    flags = [_is_name(text, tokens, at, known) for at in range(len(tokens))]
    found = []
    at = 0
    while at < len(tokens):
        last = at
        while (
            last < len(tokens)
            and flags[last]
            and (last == at or not text[tokens[last - 1].end : tokens[last].start].strip(" -\u00a0"))
        ):
            last += 1
        if last > at:
            found.append(Name(tuple(token.norm for token in tokens[at:last]), at, last))
        at = max(last, at + 1)
    return found


def _adjoin(text: str, tokens: Sequence[Token], at: int) -> bool:
    """Whether only a space or a hyphen parts a token from the one before it."""
    return not text[tokens[at - 1].end : tokens[at].start].strip(" -\u00a0")


def _is_name(text: str, tokens: Sequence[Token], at: int, known: frozenset[str]) -> bool:
    norm = _bare(tokens[at].norm)
    is_known = norm in known and len(norm) > 2 and norm not in WORDS_TOO and not _is_common(norm)
    if norm in GIVEN_NAMES or is_known:
        return True
    if not is_capitalised(text, tokens[at]) or _is_common(norm):
        return False
    if norm in known or not starts_sentence(text, tokens, at):
        return True
    if norm in ROLES or at + 1 >= len(tokens):
        return False
    following = tokens[at + 1]
    return following.norm in PERSON_VERBS or (
        is_capitalised(text, following)
        and not _is_common(_bare(following.norm))
        and not text[tokens[at].end : following.start].strip(" ")
    )


def _is_common(norm: str) -> bool:
    return (
        norm in STOPWORDS
        or norm in NUMBER_WORDS
        or norm in MONTHS
        or norm in WEEKDAYS
        or norm in RELATIVE_DAYS
        or norm[:1].isdigit()
        or unit_of(norm) is not None
        or norm.startswith(("i'", "we'", "it'", "let'"))
    )


def _bare(norm: str) -> str:
    """A word without the English possessive."""
    return norm.removesuffix("'s").removesuffix("'")


def same_name(one: str, other: str) -> bool:
    """Whether two words are forms of one name: equal, or of other cases or alphabets."""
    one, other = _bare(one), _bare(other)
    return one == other or _cases_of_one(one, other) or latin(one) == latin(other)


class Spoken:
    """The words of the quotes, in which names are looked up; an empty word separates two quotes."""

    def __init__(self, norms: Sequence[str]) -> None:
        self._norms = norms
        self._where: dict[str, list[int]] = {}
        for at, norm in enumerate(norms):
            self._where.setdefault(_key(norm), []).append(at)

    def has(self, words: Sequence[str]) -> bool:
        """Whether the words stand together in one quote, in whatever case and alphabet."""
        size = len(words)
        return any(
            at + size <= len(self._norms) and all(same_name(word, self._norms[at + n]) for n, word in enumerate(words))
            for at in self._where.get(_key(words[0]), ())
        )


def is_one_of(words: Sequence[str], people: Iterable[Sequence[str]]) -> bool:
    """Whether all the words belong to one person's name."""
    return any(all(any(same_name(word, part) for part in person) for word in words) for person in people)


def _key(norm: str) -> str:
    """What all forms of one name share: forms of fewer than three common letters are never one name."""
    return latin(_bare(norm))[:2]


def _cases_of_one(one: str, other: str) -> bool:
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] == other[shared]:
        shared += 1
    if shared < 3 or not _is_cyrillic(one) or not _is_cyrillic(other):
        return False
    return one[shared:] in _CASES and other[shared:] in _CASES


def _is_cyrillic(word: str) -> bool:
    return all("\u0400" <= c <= "\u04ff" or c in "'-" for c in word)


@lru_cache(maxsize=10_000)
def latin(word: str) -> str:
    """A rough Latin form in which the usual transliterations of one name meet."""
    return word.translate(_LATIN).replace("y", "i").replace("j", "i").replace("ii", "i").replace("'", "")
