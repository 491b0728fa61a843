"""A person's name in texts: finding it in whatever case, order, inflection or alphabet, and putting another there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from aam.erasure.stems import changed_case, changed_stems
from aam.evidence.names import latin, same_name

ERASED = "[erased]"
"""What stands where something was said."""

WORD = re.compile(r"[^\W_]+(?:['’ʼ][\u0400-\u04ff]+)*")
"""A word; an apostrophe is part of it in Ukrainian."""

PART_MIN = 3
"""Shorter parts of a name are too often something else."""

FREE = frozenset(
    {
        *("title", "text", "quote", "original", "speaker", "about", "label", "value", "owner", "full_name"),
        *("role_title", "client_name", "owner_name", "filename", "terms", "own_terms", "known_terms"),
    }
)
"""The fields of documents that people or models fill with words; ids, kinds, codes and moments are none of these."""

TYPED = frozenset({"choice", "date", "amount"})
"""Kinds of an item's field whose value is no running text."""

GAP = re.compile(r"[\s_.,'’ʼ\u00a0-]{1,3}")
PSEUDONYM = re.compile(r"Person \d{6}")


def pseudonym_of(erasure_id: UUID) -> str:
    """The name that takes the place of a person's; it says nothing but who is one and the same within an erasure."""
    return f"Person {erasure_id.int % 1_000_000:06d}"


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in lower case."""
    return tuple(plain(word) for word in WORD.findall(unicodedata.normalize("NFC", name)))


@lru_cache(maxsize=50_000)
def plain(word: str) -> str:
    """A word in the form in which words are compared."""
    return re.sub("[’ʼ]", "'", word.casefold()).replace("ё", "е")


@dataclass(frozen=True)
class Person:
    """Who is to be forgotten: full names, addresses, and the pseudonym.

    ``known`` is how freely the name is looked for: in the person's own meetings each part of it counts, elsewhere only
    the whole name of two words or more, because one word may be anybody.  With ``in_any_case`` a part needs no capital
    letter: in titles and names of files it is nothing else.  ``others`` are names of those who took part beside the
    person: where one stands whole, no part of it is this person's.
    """

    names: frozenset[str]
    emails: frozenset[str]
    pseudonym: str
    known: bool = False
    in_any_case: bool = False
    others: frozenset[str] = frozenset()

    @cached_property
    def whole(self) -> tuple[tuple[str, ...], ...]:
        """The full names as words, in both orders."""
        found = {words for name in self.names if (words := words_of(name)) and (len(words) > 1 or self.known)}
        return tuple(sorted(found | {words[::-1] for words in found}, key=lambda words: (-len(words), words)))

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The parts that count by themselves; a number may be any."""
        if not self.known:
            return ()
        found = {word for name in self.names for word in words_of(name) if len(word) >= PART_MIN}
        return tuple(sorted(word for word in found if not word.isdigit()))

    @cached_property
    def apart(self) -> tuple[tuple[str, ...], ...]:
        """The whole names of others as words, in both orders."""
        found = {words for name in self.others if len(words := words_of(name)) > 1}
        return tuple(sorted(found | {words[::-1] for words in found}, key=lambda words: (-len(words), words)))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word of theirs and of the others."""
        return frozenset(word for words in (*self.whole, *self.apart, self.parts) for word in words)

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """Beginnings of the longest words, by which a database finds texts that are worth a look."""
        longest = {word for name in self.names if (word := max(words_of(name), key=len, default=""))}
        found = {stem_of(word) for word in longest} | {stem for word in longest for stem in changed_stems(word)}
        return tuple(sorted(found | {email.casefold() for email in self.emails}))

    def is_label(self, label: str) -> bool:
        """Whether a speaker's label or a participant's name is this person's: all its words are the name's."""
        words = words_of(label)
        if not words:
            return False
        for name in self.names:
            own = words_of(name)
            if len(words) == len(own) and all(any(same_name(word, part) for part in own) for word in words):
                return self.known or len(words) > 1
        return self.known and any(
            len(word) >= PART_MIN and all(any(same_name(each, part) for part in words_of(name)) for each in words)
            for name in self.names
            for word in words[:1]
        )

    def text(self, text: str) -> str:
        """The text with the pseudonym for each name and address; in Unicode's form NFC where there was one."""
        given, text = text, unicodedata.normalize("NFC", text)
        for email in self.emails:
            text = re.sub(re.escape(email), self.pseudonym, text, flags=re.IGNORECASE)
        spans = self.spans(text)
        if not spans and text == unicodedata.normalize("NFC", given):
            return given
        for start, end in reversed(spans):
            text = f"{text[:start]}{self.pseudonym}{text[end:]}"
        return text

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the name stands, in order."""
        if not (self.whole or self.parts):
            return []
        taken = [found.span() for found in PSEUDONYM.finditer(text)]  # whose name is Person is in none of these
        tokens = [
            (found.start(), found.end(), plain(found[0]))
            for found in WORD.finditer(text)
            if not any(start <= found.start() < end for start, end in taken)
        ]
        worth = {word for word in {token[2] for token in tokens} if any(is_form(word, own) for own in self.vocabulary)}
        if not worth:
            return []
        caseless = self.in_any_case or not any(letter.isupper() for letter in text)
        found, at = [], 0
        while at < len(tokens):
            if tokens[at][2] not in worth:
                at += 1
                continue
            length = self.whole_at(text, tokens, at, self.whole)
            another = 0 if length else self.whole_at(text, tokens, at, self.apart)
            if not (length or another):
                length = self.part_at(text, tokens[at], caseless=caseless)
            if length:
                found.append((tokens[at][0], tokens[at + length - 1][1]))
            at += length or another or 1
        return found

    @staticmethod
    def whole_at(text: str, tokens: Sequence[tuple[int, int, str]], at: int, names: Sequence[tuple[str, ...]]) -> int:
        """How many tokens from this one on are one of the names; 0 for none."""
        for words in names:
            if at + len(words) <= len(tokens) and all(
                is_form(tokens[at + n][2], word) and (n == 0 or adjoin(text, tokens[at + n - 1], tokens[at + n]))
                for n, word in enumerate(words)
            ):
                return len(words)
        return 0

    def part_at(self, text: str, token: tuple[int, int, str], *, caseless: bool) -> int:
        """1 where a token is a part of the name, 0 where it is none."""
        start, _, word = token
        # a part that is a word as well (will, mark) counts with its capital letter; speech without any has none
        if not (caseless or text[start].isupper()):
            return 0
        if any(same_name(word, part) for part in self.parts):
            return 1
        # what is a form of two names is the one's whose stem it has: Мусі is of Муся rather than of Муха
        others = any(same_name(word, other) for name in self.others for other in words_of(name))
        return int(not others and any(changed_case(word, part) for part in self.parts))

    def json(self, value: Any) -> Any:
        """The value with its free texts changed; all else stays, and a list of terms or notes loses the bare name."""
        if isinstance(value, str):
            return self.pseudonym if self.is_named(value) else self.text(value)
        if isinstance(value, list):
            return [self.json(each) for each in value if not (isinstance(each, str) and self.is_named(each))]
        if isinstance(value, dict):
            typed = value.get("kind") in TYPED
            return {
                key: self.json(each) if is_free(key, each) and not (typed and key == "value") else each
                for key, each in value.items()
            }
        return value

    def is_named(self, text: str) -> bool:
        """Whether a text is just the full name, be it one word only."""
        words = words_of(text)
        return bool(words) and any(words == words_of(name) for name in self.names)


def is_free(key: str, value: Any) -> bool:
    """Whether a document's field holds free text, or further fields."""
    return (
        key in FREE
        or isinstance(value, dict)
        or (isinstance(value, list) and not any(isinstance(each, str) for each in value))
    )


@lru_cache(maxsize=50_000)
def is_form(word: str, name: str) -> bool:
    """Whether a word is a name in whatever case and alphabet; the stem may change with the case."""
    return same_name(word, name) or changed_case(word, name)


def stem_of(word: str) -> str:
    """The beginning that every inflection of a word has whose stem does not change."""
    return word[: max(PART_MIN, len(word) - 2)]


LETTERS = {
    "a": "aа",
    "b": "bб",
    "v": "vв",
    "g": "gгґ",
    "d": "dд",
    "e": "eеэё",
    "z": "zз",
    "k": "kк",
    "l": "lл",
    "m": "mм",
    "n": "nн",
    "o": "oо",
    "p": "pп",
    "r": "rр",
    "s": "sс",
    "t": "tт",
    "u": "uу",
    "f": "fф",
    "i": "iyjиіїйы",
}
SOUNDS = {"sch": "щ", "zh": "ж", "kh": "х", "ts": "ц", "ch": "ч", "sh": "ш", "ie": "є", "iu": "ю", "ia": "я"}
UNHEARD = "[ьъ'’ʼ]?"


def spellings(stem: str) -> str:
    """A regular expression for a stem in either alphabet, as lax as `same_name`, for a database to look for."""
    word = latin(plain(stem))
    if len(word) > PART_MIN:  # the last letter may be half of a sound
        word = word[:-1] if word[-1] in "sztkci" else word
    found, at = [], 0
    while at < len(word):
        size = next((size for size in (3, 2) if word[at : at + size] in SOUNDS), 1)
        one = "".join(map(letter, word[at : at + size]))
        found.append(f"(?:{one}|{SOUNDS[word[at : at + size]]})" if size > 1 else one)
        at += size
    return UNHEARD.join(found)


def letter(latin_one: str) -> str:
    """The expression for one letter of a rough Latin form."""
    known = LETTERS.get(latin_one)
    return (f"[{known}]" + ("+" if latin_one == "i" else "")) if known else re.escape(latin_one)


def adjoin(text: str, one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    """Whether only a space or a mark parts two tokens."""
    return GAP.fullmatch(text[one[1] : other[0]]) is not None


def person(names: Iterable[str], emails: Collection[str], *, erasure_id: UUID, known: bool = False) -> Person:
    """Somebody to be forgotten; names that are pseudonyms already are none."""
    return Person(
        names=frozenset(name for name in names if name.strip() and not PSEUDONYM.fullmatch(name)),
        emails=frozenset(email for email in emails if email),
        pseudonym=pseudonym_of(erasure_id),
        known=known,
    )
