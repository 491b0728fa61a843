"""Names of people and things in running text, and the words of quotes in which they are looked up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aam.language.calendar import MONTHS, RELATIVE_DAYS, WEEKDAYS
from aam.language.common_words import is_common
from aam.language.inflection import CONSONANTS
from aam.language.lexicon import ABBREVIATIONS, GIVEN_NAMES, PERSON_VERBS, ROLES, STOPWORDS, WORDS_TOO
from aam.language.names import agree, bare, latin
from aam.language.number_words import NUMBER_WORDS
from aam.language.people_words import DETERMINERS, SUBJECT_VERBS
from aam.language.tokens import Token, is_capitalised, starts_sentence
from aam.language.units import unit_of

_CYRILLIC_VERB = re.compile(
    r".{2,}(?:ил|ал|ел|ял|ол|ила|ала|ела|яла|ет|ит|ит|ить|ать|ує|ає|іє|ить|їть|ов|ив|ав|ів|[сждмнврчшлгкєр]е|є)"
)
_SINGULAR_VERB = re.compile(
    r".{2,}(?:ет|ит|ила|ала|ела|яла|ола|ася|ась|ил|ал|ел|ял|лся|ть|ає|ує|їть|ить|ив|ав|ів|вся|е|є)"
)
_ABSTRACT = re.compile(
    r".{3,}(?:ing|tion|sion|ment|ness|ance|ence|ship|ity|ism|ание|ения|ение|ания|ция|ции|цию|ость|ости|остью|ство|ства"
    r"|тура|туру|туры|вка|вку|вки|зка|зку|зки|рка|рку|рки|[вджлнрстчшь]но|ння|ням|нню|ття|ттям|ція|ції|цію|ість|ості|тури)"
)
_FEMININE_SURNAME = re.compile(r".+(?:ова|ева|єва|ина|іна|їна|ая|ська|цька|ская)")
_NOMINATIVE_OR_OBJECT = ("ь", "й", "у", "ю", *CONSONANTS)
_GENITIVE = ("а", "я", "ого", "его", "ої", "и", "ы")
_CONJUNCTIONS = frozenset(
    ["и", "а", "но", "да", "та", "й", "і", "що", "что", "або", "или", "чи", "але", "and", "or", "but"]
)
_BEFORE_VERBS = frozenset(
    [
        *("actually", "also", "already", "just", "still", "then", "later", "really", "even", "finally", "probably"),
        *("уже", "тоже", "также", "сам", "сама", "потом", "вчера", "сегодня", "еще", "снова", "наконец"),
        *("вже", "теж", "також", "потім", "вчора", "сьогодні", "ще", "знову", "нарешті"),
    ]
)
"""Words between the one who acts and the verb: "Liz actually said"."""
_JOINED_MAX = 6
_SOUND_GROUPS = dict.fromkeys("aeiouyjhgwvcxkfp", "e")


@dataclass(frozen=True, slots=True)
class Name:
    """A run of tokens that is a name: its words, and the half-open range of tokens."""

    words: tuple[str, ...]
    first: int
    last: int


def names_in(text: str, tokens: Sequence[Token], *, known: frozenset[str] = frozenset()) -> list[Name]:
    """Return every name of a text, in order.

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


def openers_in(text: str, tokens: Sequence[Token]) -> list[Name]:
    """Return the words that open a sentence and may be names: no common words, and something is said of them.

    Their letters' case says nothing: "Gazprom wins", "helena will call".
    """
    found = []
    for at, token in enumerate(tokens[:-1]):
        norm, following = bare(token.norm), tokens[at + 1].norm
        if len(norm) < _MIN_NAME or not norm.isalpha() or not starts_sentence(text, tokens, at):
            continue
        if text[token.end : tokens[at + 1].start].strip() or norm in ROLES or _is_function(norm) or _is_noun(norm):
            continue
        acts = following.endswith("s") and at + 2 < len(tokens) and tokens[at + 2].norm in DETERMINERS
        if acts or following in SUBJECT_VERBS or following in PERSON_VERBS or _CYRILLIC_VERB.fullmatch(following):
            found.append(Name((token.norm,), at, at + 1))
    return found


_MIN_NAME = 3


def _is_name(text: str, tokens: Sequence[Token], at: int, known: frozenset[str]) -> bool:
    norm = bare(tokens[at].norm)
    is_known = norm in known and len(norm) > 2 and norm not in WORDS_TOO and not _is_function(norm)
    if norm in GIVEN_NAMES or (is_known and is_capitalised(text, tokens[at])):
        return True
    if is_known and not is_common(norm):
        return True
    if not is_capitalised(text, tokens[at]) or _is_function(norm):
        return False
    if norm in known or not starts_sentence(text, tokens, at):
        return True
    if norm in ROLES or at + 1 >= len(tokens):
        return False
    following = tokens[at + 1]
    verb = tokens[min(at + 2, len(tokens) - 1)] if following.norm in _BEFORE_VERBS else following
    return (verb.norm in PERSON_VERBS and not is_common(norm)) or (
        is_capitalised(text, following)
        and not _is_function(bare(following.norm))
        and not text[tokens[at].end : following.start].strip(" ")
    )


def _is_function(norm: str) -> bool:
    return (
        norm in STOPWORDS
        or norm in NUMBER_WORDS
        or norm in MONTHS
        or norm in WEEKDAYS
        or norm in RELATIVE_DAYS
        or norm[:1].isdigit()
        or unit_of(norm) is not None
        or norm in ABBREVIATIONS
        or norm.startswith(("i'", "we'", "it'", "let'"))
    )


def is_subject(text: str, tokens: Sequence[Token], at: int) -> bool:
    """Return whether a token opens a clause before a verb in the singular, where a name stands in the nominative."""
    following = at + 1
    while following < len(tokens) and tokens[following].norm in {"не", "уже", "вже", "сам", "сама"}:
        following += 1
    if following >= len(tokens) or not _SINGULAR_VERB.fullmatch(tokens[following].norm):
        return False
    if starts_sentence(text, tokens, at):
        return True
    return "," in text[tokens[at - 1].end : tokens[at].start] or tokens[at - 1].norm in _CONJUNCTIONS


def is_plain(word: str, following: str) -> bool:
    """Return whether a word before a name is no part of it: "Contacting Donnie", «Участь Кравчука».

    Plain are common words, nouns of actions, and nouns whose case is not the name's: forename and surname agree.
    """
    if word in GIVEN_NAMES:
        return False
    if _is_noun(word):
        return True
    if word.isascii() or _FEMININE_SURNAME.fullmatch(following):
        return False
    return word.endswith(_NOMINATIVE_OR_OBJECT) and following.endswith(_GENITIVE)


def _is_noun(norm: str) -> bool:
    """Return whether a word is a common one, a noun of an action or a quality, or an adverb."""
    return is_common(norm) or _ABSTRACT.fullmatch(norm) is not None


class Spoken:
    """The words of the quotes, in which names are looked up; an empty word separates two quotes.

    Letters said one by one ("L C D") count as the word that they spell.
    """

    def __init__(self, norms: Sequence[str], subjects: frozenset[int] = frozenset()) -> None:
        self._norms, self._subjects = norms, subjects
        self._where: dict[str, list[int]] = {}
        for at, norm in enumerate(norms):
            self._where.setdefault(norm, []).append(at)
        self._initials: dict[str, list[str]] = {}
        for norm in self._where:
            self._initials.setdefault(_key(norm), []).append(norm)
        self._spelt = _spelt(norms)
        self._places: dict[tuple[str, bool], list[int]] = {}

    def has(self, words: Sequence[str], *, is_subject: bool = False) -> bool:
        """Return whether the words stand together in one quote, in whatever case and alphabet."""
        if len(words) == 1 and bare(words[0]) in self._spelt:
            return True
        return any(
            at + len(words) <= len(self._norms)
            and all(agree(word, self._norms[at + n]) for n, word in enumerate(words[1:], 1))
            for at in self._starts(words[0], is_subject)
        )

    @property
    def has_letters(self) -> bool:
        """Return whether letters were said one by one."""
        return bool(self._spelt)

    def _starts(self, word: str, is_subject: bool) -> list[int]:
        if (word, is_subject) not in self._places:
            self._places[word, is_subject] = [
                at
                for norm in self._initials.get(_key(word), ())
                for at in self._where[norm]
                if agree(word, norm, one_is_subject=is_subject, other_is_subject=at in self._subjects)
            ]
        return self._places[word, is_subject]


def is_one_of(words: Sequence[str], people: Iterable[Sequence[str]], *, is_subject: bool = False) -> bool:
    """Return whether all the words belong to one person's name, which is in the nominative."""
    return any(
        all(
            any(agree(word, part, one_is_subject=is_subject, other_is_subject=True) for part in person)
            for word in words
        )
        for person in people
    )


def _spelt(norms: Sequence[str]) -> frozenset[str]:
    found: set[str] = set()
    run = ""
    for norm in (*norms, ""):
        letter = norm.removesuffix("'s")
        if len(letter) == 1 and letter.isalpha():
            run += letter
            found.update(run[-size:] for size in range(2, min(len(run), _JOINED_MAX) + 1))
        else:
            run = ""
    return frozenset(found)


def _key(norm: str) -> str:
    """Return what all forms of one name share: the first sound."""
    sound = latin(bare(norm))[:1]
    return _SOUND_GROUPS.get(sound, sound)
