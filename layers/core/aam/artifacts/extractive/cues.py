"""The phrases of the catalogue, matched by stems within one sentence, denials and questions left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aam.artifacts.catalogue import SectionSpec
from aam.artifacts.extractive.talk import Line, Talk
from aam.language.negation import denials
from aam.language.stems import is_content, stem
from aam.language.tokens import norms_of

_PERSON = "@"
_LONG = 5
"""Words of at least so many letters are compared by their stems, shorter ones as they stand."""


@dataclass(frozen=True)
class Cues:
    """The phrases of a section as two patterns over a sentence's words: without and with a person."""

    plain: re.Pattern[str] | None
    people: re.Pattern[str] | None
    denying: bool

    @classmethod
    def of(cls, section: SectionSpec) -> Cues:
        """Return the patterns of a section's cues."""
        plain = [_pattern(cue) for cue in section.cues if "{person}" not in cue]
        people = [_pattern(cue) for cue in section.cues if "{person}" in cue]
        denying = any(denials(norms_of(cue.replace("*", ""))) for cue in section.cues)
        return cls(_any(plain), _any(people), denying)

    def match(self, talk: Talk, line: Line) -> tuple[bool, str | None]:
        """Return whether a phrase occurs, and the person that it speaks of."""
        if self.people is not None:
            words, names = _with_people(talk, line)
            found = self.people.search(" ".join(words))
            if found and not self._denied(line):
                return True, names[found.string.count(" ", 0, found.start())]
        matched = self.plain is not None and self.plain.search(" ".join(map(_word, line.norms)))
        return bool(matched) and not self._denied(line), None

    def _denied(self, line: Line) -> bool:
        return not self.denying and bool(denials(line.norms))


def _with_people(talk: Talk, line: Line) -> tuple[list[str], list[str | None]]:
    """Return the words with each name as one, and the names."""
    starts = {name.first: name for name in talk.names(line)}
    words: list[str] = []
    names: list[str | None] = []
    at = 0
    while at < len(line.norms):
        name = starts.get(at)
        words.append(_PERSON if name else _word(line.norms[at]))
        names.append(line.facts.words(name.first, name.last) if name else None)
        at = name.last if name else at + 1
    return words, names


def _word(norm: str) -> str:
    """Return a word beside its stem, so that a pattern may ask for either."""
    return f"{norm}/{stem(norm)}" if len(norm) >= _LONG and is_content(norm) else f"{norm}/"


def _pattern(cue: str) -> str:
    words = []
    for word in cue.split():
        if word == "{person}":
            # Russian and Ukrainian put words between a person and the verb; English does not.
            words.append(_PERSON + (r"(?: \S+){0,2}" if re.search("[а-яіїєґ]", cue) else ""))
        elif word == "*":
            words.append(r"\S+")
        elif word.endswith("*"):
            words.append(re.escape(norms_of(word.removesuffix("*"))[0]) + r"[^\s/]*/\S*")
        else:
            norm = norms_of(word)[0]
            by_stem = len(norm) >= _LONG and is_content(norm)
            words.append(rf"[^\s/]+/{re.escape(stem(norm))}" if by_stem else rf"{re.escape(norm)}/\S*")
    return " ".join(words)


def _any(patterns: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile(rf"(?<!\S)(?:{'|'.join(patterns)})(?!\S)") if patterns else None
