"""Labels before a colon, in brackets or after ``>>``, and whether such a label may be a name.

A label is judged by its own shape here; whether the file uses it as a name is decided in `speakers`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from aam.language.lexicon import GIVEN_NAMES, STOPWORDS, WORDS_TOO
from aam.language.tokens import normalise
from aam.language.topics import ABSTRACT_ENDINGS, PARTICLES, TOPICS, UNKNOWN_VOICES, VOICES
from aam.transcription.imports.cues import one_line, visible

LABEL_MAX = 80
_WORDS_MAX = 8
_SINGLE_WORDS_MAX = 5
_COLONS = re.compile(r"[:：﹕]")
_CLOSING = {"[": "]", "(": ")", "【": "】", "{": "}", "（": "）", "<": ">"}
_ENCLOSED = re.compile(r"[(\[（【][^()\[\]（）【】]*[)\]）】]")
_PARTED = re.compile(r"[\s._,;'’ʼ\-‐–—/&+#№|]+")
_SPOKEN_MARKS = frozenset('?!…;"“”«»„=<>{}')
_IN_TITLES = frozenset({"of", "and", "in", "for", "at"})
_EMPHASIS = "*_"


@dataclass(frozen=True)
class Prefix:
    """A label at the start of a line, and what is said after it.

    ``firm`` says that the label is set off by more than its colon: brackets, or ``>>``.
    """

    label: str
    rest: str
    firm: bool = False
    colon: bool = True


def prefix_of(text: str, *, marked: bool = False) -> Prefix | None:
    """Return the label before the first colon, or in the brackets at the start; None where there is none."""
    emphasis = text[: len(text) - len(text.lstrip(_EMPHASIS))]
    text = text[len(emphasis) :]
    closing = _CLOSING.get(text[:1])
    if closing:
        return _enclosed(text, closing)
    found = _COLONS.search(text, 0, LABEL_MAX + 1)
    if found is None:
        return None
    label, rest = text[: found.start()], text[found.end() :]
    wide = found.group() != ":"
    if rest and not wide and not rest[0].isspace() and (rest[0] in "/\\" or rest[0].isdigit() or label[-1:].isdigit()):
        return None  # an address or a time
    label = cleaned(label)
    if not plausible(label):
        return None
    if emphasis:
        rest = rest.removeprefix(emphasis)  # "**Dana:** text"
    return Prefix(label, rest.strip(), firm=marked)


def _enclosed(text: str, closing: str) -> Prefix | None:
    end = text.find(closing, 1, LABEL_MAX + 2)
    if end < 0:
        return None
    label, rest = cleaned(text[1:end]), text[end + 1 :].lstrip()
    colon = rest[:1] in (":", "：") and bool(rest[:1])
    if not plausible(label):
        return None
    return Prefix(label, rest[1:].strip() if colon else rest, firm=True, colon=colon)


def cleaned(label: str) -> str:
    """Return a label without emphasis, quotation marks around it, and invisible characters."""
    label = one_line(visible(label)).strip("*_ ")
    if len(label) > 2 and label[0] in "\"'“«" and label[-1] in "\"'”»":
        label = label[1:-1].strip()
    return label


def plausible(label: str) -> bool:
    """Return whether a text is short and plain enough to be a label at all, in any script and shape."""
    if names_nobody(label):
        return True
    if not 0 < len(label) <= LABEL_MAX or not any(c.isalnum() for c in label):
        return False
    if (
        any(c in _SPOKEN_MARKS for c in label)
        or label.count(",") > 1
        or (". " in label.replace(".,", ".") and _ends_words(label))
    ):
        return False
    return len(label.split()) <= _WORDS_MAX


def _ends_words(label: str) -> bool:
    """Return whether a full stop ends a whole word inside a label, rather than an initial or a title."""
    return any(word.endswith(".") and len(word) > 5 for word in label.split()[:-1])


@lru_cache(maxsize=10_000)
def words_in(label: str) -> tuple[str, ...]:
    """Return the words of the name in a label, sorted, without the company that may stand behind it.

    "Reyes, Dana", "dana.reyes" and "Dana Reyes (Northwind)" are the same.
    """
    bare = _ENCLOSED.sub(" ", label).split("|")[0]
    words = [normalise(word) for word in _PARTED.split(bare if bare.strip() else label) if word]
    return tuple(sorted(word for word in words if word))


def is_topic(label: str) -> bool:
    """Return whether a label is a topic rather than a speaker: "Budget", "Next steps", "Решение"."""
    words = [normalise(word.strip(".,")) for word in label.split()]
    words = [word for word in words if word]
    if not words:
        return True
    if any(word in GIVEN_NAMES or word in WORDS_TOO for word in words):
        return False
    ends = (words[0], words[-1]) if len(words) > 1 else (words[0],)
    return any(
        word in TOPICS or (len(word) > 7 and word.endswith(ABSTRACT_ENDINGS) and word not in VOICES) for word in ends
    )


def names_voice(label: str) -> bool:
    """Return whether a program made the label for a voice that it cannot name: SPEAKER_00, "Speaker 2", "Спикер №1"."""
    words = _machine_words(label)
    return names_nobody(label) or (
        bool(words)
        and any(word.rstrip("0123456789") in VOICES for word in words)
        and all(
            word.rstrip("0123456789") in VOICES or word.isdigit() or (len(word) == 1 and word.isalpha())
            for word in words
        )
    )


def names_nobody(label: str) -> bool:
    """Return whether a program made the label for a voice that it cannot tell from others: UNKNOWN, "Speaker ?".

    "Unknown 2" is told apart by its number, and "none" alone is a word.
    """
    if len(label) > LABEL_MAX:
        return False
    words = _machine_words(label.replace("?", " ? "))
    return (
        any(word in UNKNOWN_VOICES for word in words)
        and all(word in UNKNOWN_VOICES or word in VOICES for word in words)
        and words not in (["none"], ["?"])
    )


def _machine_words(label: str) -> list[str]:
    """Return the words of a label as programs divide them, in the form of the tables of words."""
    return [normalise(word) for word in re.split(r"[\s_#№.\-]+", label) if word]


def name_shaped(label: str) -> bool:
    """Return whether a label is shaped like a name or a role: capitals, small words only inside, no sentence."""
    bare = _ENCLOSED.sub(" ", label).replace("|", " ").replace(",", " ").replace("&", " ")
    words = bare.split()
    if not 0 < len(words) <= _SINGLE_WORDS_MAX:
        return False
    first = words[0]
    if not (_is_capital(first) or _is_caseless(first)):
        return False
    grammar = [word for word in words if _is_grammar(word)]
    if grammar and (grammar[0] == first or any(normalise(word) not in PARTICLES for word in grammar)):
        return False
    return all(
        _is_capital(word) or _is_caseless(word) or normalise(word) in PARTICLES or word[0].isdigit() for word in words
    )


def _is_grammar(word: str) -> bool:
    """Return whether a word is one of grammar rather than a name or an initial."""
    norm = normalise(word.strip("."))
    is_initial = word.endswith(".") and len(norm) == 1
    return norm in STOPWORDS and norm not in WORDS_TOO and not is_initial


def participates(label: str, known: Iterable[frozenset[str]]) -> bool:
    """Return whether a label is a participant's name, given by its words, or a part of it that is no topic."""
    words = frozenset(words_in(label))
    return bool(words) and any(words >= name or (words <= name and not is_topic(label)) for name in known if name)


def known_name(label: str) -> bool:
    """Return whether a label holds a given name that is nothing else."""
    return any(word in GIVEN_NAMES for word in words_in(label))


def sentence_like(label: str) -> bool:
    """Return whether a label reads like the start of a sentence, by its words of grammar."""
    if len(label) == 1 and label.isupper():
        return False
    words = {normalise(word) for word in label.split()}
    return bool(words & STOPWORDS - WORDS_TOO - PARTICLES - _IN_TITLES)


def _is_capital(word: str) -> bool:
    return any(c.isupper() or c.istitle() for c in word)


def _is_caseless(word: str) -> bool:
    """Return whether a word is written in a script without capitals, such as Chinese, Arabic or Georgian."""
    return any((c.isalpha() and c.lower() == c.upper()) or "ა" <= c <= "ჿ" for c in word)


def is_label(name: str) -> bool:
    """Return whether a name survives being written as a ``Name: text`` prefix on every line of a file."""
    prefix = prefix_of(f"{name}: x")
    return prefix == Prefix(name, "x") and name_shaped(name) and (names_voice(name) or not is_topic(name))
