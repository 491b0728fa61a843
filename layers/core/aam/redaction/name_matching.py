"""Match a person's name in texts, in any case, order, inflection or alphabet, and replace it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from aam.language.calendar import MONTHS, MONTHS_BESIDE_NUMBER, NAMES_OF_MONTHS, WEEKDAYS
from aam.language.inflection import changed_case, changed_stems
from aam.language.lexicon import PERSON_VERBS, ROLES, STOPWORDS, WORDS_TOO
from aam.language.names import same_name
from aam.language.tokens import Token, is_capitalised, starts_sentence
from aam.language.transliteration import beginnings, is_cyrillic, is_spelled, meet, pattern, spelled_names

ERASED = "[erased]"
"""What stands where something was said."""

WORD = re.compile(r"[^\W_]+(?:['’ʼ][\u0400-\u04ff]+)*")
"""A word; an apostrophe is part of it in Ukrainian."""

PART_MIN = 3
"""Shorter parts of a name are too often something else."""

SHORT = 6
"""In so short a Latin word a change of stem may be among the first letters: Olha is in Ользі."""

FREE = frozenset(
    {
        *("title", "text", "quote", "original", "speaker", "about", "label", "value", "owner", "full_name"),
        *("role_title", "client_name", "owner_name", "filename", "terms", "own_terms", "known_terms"),
    }
)
"""The fields of documents that people or models fill with words; ids, kinds, codes and moments are none of these."""

RUNNING = frozenset({"title", "text", "quote", "original", "message", "comment", "prompt", "response", "consent_note"})
"""Fields of sentences: one word that is all of such a field need not be the name of one word."""

CALLED = frozenset(
    {
        *("speaker", "owner", "full_name", "owner_name", "name", "proposed_name", "consent_by"),
        *("terms", "own_terms", "known_terms"),
    }
)
"""Fields that say who somebody is, or what to listen for: a part of a name that is a word as well is a name there."""

TYPED = frozenset({"choice", "date", "amount"})
"""Kinds of an item's field whose value is no running text."""

COMMON = STOPWORDS | WORDS_TOO | ROLES | (MONTHS.keys() - MONTHS_BESIDE_NUMBER) | WEEKDAYS.keys() | NAMES_OF_MONTHS
"""Words that are names as well; `jan` is a name rather."""

ENGLISH_MONTHS = frozenset(word for word in MONTHS if word in COMMON and word.isascii())
"""They have a capital letter as names do."""

BEFORE_MONTH = frozenset({"in", "since", "until", "till", "during", "early", "mid", "late", "next", "last", "this"})

GAP = re.compile(r"[\s_.,'’ʼ\u00a0+–—-]{0,3}")
"""What may part the words of a name; nothing does where they are glued together."""

FILE_NAME_MAX = 300
CAPITALS = "A-ZА-ЯЁЄІЇҐ"
GLUED = re.compile(rf"[^\W\d_{CAPITALS}][{CAPITALS}]|\d[^\W\d_]|[^\W\d_]\d")
PIECE = re.compile(rf"\d+|[{CAPITALS}]+(?![^\W\d_{CAPITALS}])|[{CAPITALS}]?(?:[^\W\d_{CAPITALS}]|['’ʼ])+")
"""A piece of a glued word: digits, capital letters, or a capital one with the small ones that follow."""
CALLING = re.compile(r"\s?,|['’]s\b")
"""What follows somebody who is spoken to, or whose something is."""
PSEUDONYM = re.compile(r"Person \d{6}")


def pseudonym_of(erasure_id: UUID) -> str:
    """Return the pseudonym that replaces a person's name; within one erasure it is the same everywhere."""
    return f"Person {erasure_id.int % 1_000_000:06d}"


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case."""
    return tuple(plain(word) for word in WORD.findall(unicodedata.normalize("NFC", name)))


@lru_cache(maxsize=50_000)
def plain(word: str) -> str:
    """Return a word in the form in which words are compared."""
    return re.sub("[’ʼ]", "'", word.casefold()).replace("ё", "е")


@dataclass(frozen=True)
class Person:
    """Person to be erased: full names, addresses, and the pseudonym.

    ``known`` is how freely the name is looked for: in the person's own meetings each part of it counts, elsewhere only
    the whole name of two words or more, because one word may be anybody.  A whole name of one word is a part; below
    three letters it is found only where it is all of a field.  With ``in_any_case`` a part needs no capital letter: in
    titles and names of files it is nothing else, unless it is a common word.  ``others`` are names of those who took
    part beside the person: where one stands whole, no part of it is this person's.
    """

    names: frozenset[str]
    emails: frozenset[str]
    pseudonym: str
    known: bool = False
    in_any_case: bool = False
    others: frozenset[str] = frozenset()

    @cached_property
    def whole(self) -> tuple[tuple[str, ...], ...]:
        """Return the full names of two words or more as words, in both orders."""
        found = {words for name in self.names if len(words := words_of(name)) > 1}
        return tuple(sorted(found | {words[::-1] for words in found}, key=lambda words: (-len(words), words)))

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Return the parts that count by themselves; a number could be any number and does not."""
        if not self.known:
            return ()
        found = {word for name in self.names for word in words_of(name) if len(word) >= PART_MIN}
        return tuple(sorted(word for word in found if not word.isdigit()))

    @cached_property
    def apart(self) -> tuple[tuple[str, ...], ...]:
        """Return the whole names of others as words, in both orders."""
        found = {words for name in self.others if len(words := words_of(name)) > 1}
        return tuple(sorted(found | {words[::-1] for words in found}, key=lambda words: (-len(words), words)))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Return every word of theirs and of the others."""
        return frozenset(word for words in (*self.whole, *self.apart, self.parts) for word in words)

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """Return beginnings of the longest words, by which a database finds texts worth checking."""
        longest = {word for name in self.names if (word := max(words_of(name), key=len, default=""))}
        cyrillic = {each for word in longest for each in (beginnings(word) if len(word) <= SHORT else {word})}
        found = {stem_of(word) for word in longest} | {stem for word in cyrillic for stem in changed_stems(word)}
        return tuple(sorted(found | {email.casefold() for email in self.emails}))

    def is_label(self, label: str) -> bool:
        """Return whether a speaker's label or a participant's name is this person's: all its words are the name's."""
        words = words_of(label)
        if not words:
            return False
        for name in self.names:
            own = words_of(name)
            if len(words) == len(own) and all(any(is_same(word, part) for part in own) for word in words):
                return self.known or len(words) > 1
        return self.known and any(
            len(word) >= PART_MIN and all(any(is_same(each, part) for part in words_of(name)) for each in words)
            for name in self.names
            for word in words[:1]
        )

    def text(self, text: str, *, called: bool = False) -> str:
        """Return the text with the pseudonym for each name and address; in Unicode's form NFC where there was one.

        With ``called`` the text says who somebody is, and has no common words.
        """
        given, text = text, unicodedata.normalize("NFC", text)
        for email in self.emails:
            text = re.sub(re.escape(email), self.pseudonym, text, flags=re.IGNORECASE)
        spans = self.spans(text, called=called)
        if not spans and text == unicodedata.normalize("NFC", given):
            return given
        for start, end in reversed(spans):
            text = f"{text[:start]}{self.pseudonym}{text[end:]}"
        return text

    def spans(self, text: str, *, called: bool = False) -> list[tuple[int, int]]:
        """Return where the name stands, in order."""
        if not (self.whole or self.parts):
            return []
        in_file_name = len(text) <= FILE_NAME_MAX and not re.search(r"\s", text)
        taken = [found.span() for found in PSEUDONYM.finditer(text)]  # whose name is Person is in none of these
        tokens = [
            token
            for found in WORD.finditer(text)
            if not any(start <= found.start() < end for start, end in taken)
            for token in self.tokens_of(found, in_file_name=in_file_name)
        ]
        worth = {
            word for word in {token.norm for token in tokens} if any(is_case_form(word, own) for own in self.vocabulary)
        }
        if not worth:
            return []
        caseless = self.in_any_case or not any(letter.isupper() for letter in text)
        found, at = [], 0
        while at < len(tokens):
            if tokens[at].norm not in worth:
                at += 1
                continue
            length = self.whole_at(text, tokens, at, self.whole)
            another = 0 if length else self.whole_at(text, tokens, at, self.apart)
            if not (length or another):
                length = self.part_at(text, tokens, at, caseless=caseless, called=called)
            if length:
                found.append((tokens[at].start, tokens[at + length - 1].end))
            at += length or another or 1
        return found

    def tokens_of(self, found: re.Match[str], *, in_file_name: bool) -> list[Token]:
        """Return the tokens of a word: several where words are glued together, as in PavelSidorov and 2026sidorov.

        Of small letters alone only a whole name is made out, and only where the text is the name of a file.
        """
        word, at = found[0], found.start()
        pieces = [each.span() for each in PIECE.finditer(word)] if GLUED.search(word) else [(0, len(word))]
        if in_file_name:
            pieces = [half for start, end in pieces for half in self.halves(word, start, end)]
        if len(pieces) == 1 or any(is_case_form(plain(word), own) for own in self.vocabulary):
            pieces = [(0, len(word))]
        return [Token(plain(word[start:end]), at + start, at + end) for start, end in pieces]

    def halves(self, word: str, start: int, end: int) -> list[tuple[int, int]]:
        """Return the two parts of a piece that are a whole name of two words together, or the piece itself."""
        for one, other in (words for words in self.whole if len(words) == 2):
            for at in range(start + 2, end - 1):
                if is_same(plain(word[start:at]), one) and is_same(plain(word[at:end]), other):
                    return [(start, at), (at, end)]
        return [(start, end)]

    @staticmethod
    def whole_at(text: str, tokens: Sequence[Token], at: int, names: Sequence[tuple[str, ...]]) -> int:
        """Return how many tokens from this one on are one of the names; 0 for none."""
        for words in names:
            if at + len(words) <= len(tokens) and all(
                is_case_form(tokens[at + n].norm, word) and (n == 0 or adjoin(text, tokens[at + n - 1], tokens[at + n]))
                for n, word in enumerate(words)
            ):
                return len(words)
        return 0

    def part_at(self, text: str, tokens: Sequence[Token], at: int, *, caseless: bool, called: bool) -> int:
        """Return 1 where a token is a part of the name, 0 where it is none."""
        word = tokens[at].norm
        part = next((part for part in self.parts if same_name(word, part)), None)
        if part is None:
            # what is a form of two names is the one's whose stem it has: Мусі is of Муся rather than of Муха
            others = any(same_name(word, other) for name in self.others for other in words_of(name))
            part = None if others else next((part for part in self.parts if is_case_form(word, part)), None)
        if part is None:
            return 0
        if not called and not COMMON.isdisjoint((word, part)):
            return int(is_used_as_name(text, tokens, at))
        # any other part counts with its capital letter; speech without any has none
        return int(caseless or called or is_capitalised(text, tokens[at]))

    def json(self, value: Any, *, key: str = "") -> Any:
        """Return the value with its free texts changed; a list of terms or notes loses the bare name.

        ``key`` is the field that the value stands in.
        """
        if isinstance(value, str):
            return self.pseudonym if self.fills(value, key) else self.text(value, called=key in CALLED)
        if isinstance(value, list):
            return [self.json(each, key=key) for each in value if not (isinstance(each, str) and self.is_named(each))]
        if isinstance(value, dict):
            kind = value.get("kind")
            return {
                field: self.json(each, key="owner" if (kind, field) == ("person", "value") else field)
                if is_free_text(field, each) and not (kind in TYPED and field == "value")
                else each
                for field, each in value.items()
            }
        return value

    def fills(self, text: str, key: str) -> bool:
        """Return whether a field is nothing but the name; in sentences one word may be something else."""
        if not self.is_named(text):
            return False
        words = words_of(text)
        return len(words) > 1 or key not in RUNNING or (key == "title" and words[0] in self.parts)

    def is_named(self, text: str) -> bool:
        """Return whether a text is just the full name, be it one word only."""
        words = words_of(text)
        return bool(words) and any(words == words_of(name) for name in self.names)


def is_used_as_name(text: str, tokens: Sequence[Token], at: int) -> bool:
    """Return whether a common word is a person's name where it stands: will, mark, may, Віра, Надія.

    A capital letter says so inside a sentence.  At its start, where every word has one, somebody has to be spoken to or
    to say something.  A word of capitals alone says nothing.
    """
    word, following = tokens[at], tokens[at + 1].norm if at + 1 < len(tokens) else ""
    if not is_capitalised(text, word) or text[word.start : word.end].isupper():
        return False
    before = text[tokens[at - 1].end : word.start] if at else ""
    if word.norm in ENGLISH_MONTHS:
        preceding = tokens[at - 1].norm if at else ""
        near = {token.norm for token in tokens[max(at - 2, 0) : at + 3]} - {word.norm}
        if preceding in BEFORE_MONTH or preceding.isdigit() or following[:1].isdigit() or near & ENGLISH_MONTHS:
            return False
    elif word.norm not in (STOPWORDS | ROLES) - WORDS_TOO and CALLING.match(text, word.end):
        return True
    if not (starts_sentence(text, tokens, at) or any(mark in before for mark in '"“„«')):
        return True
    return following in PERSON_VERBS and not (word.norm in ENGLISH_MONTHS and following == "will")


def is_free_text(key: str, value: Any) -> bool:
    """Return whether a document's field holds free text, or further fields."""
    return (
        key in FREE
        or isinstance(value, dict)
        or (isinstance(value, list) and not any(isinstance(each, str) for each in value))
    )


@lru_cache(maxsize=50_000)
def is_case_form(word: str, name: str) -> bool:
    """Return whether a word is a case form of a name in either alphabet; the stem may change with the case."""
    if same_name(word, name) or changed_case(word, name):
        return True
    if is_cyrillic(word) and not is_cyrillic(name):
        return any(same_name(word, each) or changed_case(word, each) for each in spelled_names(word, name))
    return is_same(word, name)


@lru_cache(maxsize=50_000)
def is_same(word: str, name: str) -> bool:
    """Return whether a word is a name as `same_name` says, or one of its spellings in another alphabet."""
    if same_name(word, name):
        return True
    word, name = word.removesuffix("'s"), name.removesuffix("'s")
    if is_cyrillic(word) != is_cyrillic(name):
        return is_spelled(word, name) if is_cyrillic(name) else is_spelled(name, word)
    return not is_cyrillic(word) and meet(word, name)


def stem_of(word: str) -> str:
    """Return the beginning of a word that all its inflected forms with an unchanged stem share."""
    return word[: max(PART_MIN, len(word) - 2)]


def spellings(stem: str) -> str:
    """Return a regular expression for a stem in either alphabet, as lax as `is_form`, for a database to look for."""
    return pattern(plain(stem))


def adjoin(text: str, one: Token, other: Token) -> bool:
    """Return whether only a space or a mark parts two tokens."""
    return GAP.fullmatch(text[one.end : other.start]) is not None


def person(names: Iterable[str], emails: Collection[str], *, erasure_id: UUID, known: bool = False) -> Person:
    """Return the person to be erased; names that are pseudonyms already are left out."""
    return Person(
        names=frozenset(name for name in names if name.strip() and not PSEUDONYM.fullmatch(name)),
        emails=frozenset(email for email in emails if email),
        pseudonym=pseudonym_of(erasure_id),
        known=known,
    )
