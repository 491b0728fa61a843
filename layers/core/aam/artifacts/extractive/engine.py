"""The offline engine: sentences of the transcript, verbatim, sorted into sections by phrases and weight.

It understands nothing, and says so: its label is "extractive draft".  What it gains is that every word of
it was spoken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from aam.artifacts.catalogue import FieldSpec, Scenario, SectionSpec
from aam.artifacts.extractive.centrality import centralities, chosen
from aam.artifacts.schemas import (
    DraftArtifacts,
    DraftItem,
    DraftQuote,
    DraftSection,
    FieldKind,
    ItemField,
    Priority,
)
from aam.artifacts.extractive.sentences import Sentence, sentences_of
from aam.evidence.names import Name, names_in
from aam.evidence.numbers import unit_of
from aam.evidence.support import Facts
from aam.language.tokens import norms_of
from aam.transcription.schemas import Transcript

ENGINE = "extractive"
MODEL = "phrases-and-centrality"
VERSION = "1"
LABEL = "extractive draft"
MAX_ITEMS = 20
_SUMMARY = range(3, 8)
_SHARE = 0.12
_BOOST = 1.3
_PERSON = "@"
_URGENT = re.compile(r"\b(?:urgent\w*|asap|critical|blocker|срочно|критич\w+|терміново|негайно)\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Marked:
    """A sentence as tokens in which every person is one ``@``, for the phrases that speak of people."""

    sentence: Sentence
    known: frozenset[str]

    @cached_property
    def _names(self) -> list[Name]:
        facts = self.sentence.facts
        return names_in(facts.text, facts.tokens, known=self.known)

    @cached_property
    def plain(self) -> str:
        return " ".join(self.sentence.facts.norms)

    @cached_property
    def people(self) -> list[tuple[str, Name | None]]:
        """The tokens, with each name as one."""
        norms = self.sentence.facts.norms
        starts = {name.first: name for name in self._names}
        line: list[tuple[str, Name | None]] = []
        at = 0
        while at < len(norms):
            name = starts.get(at)
            line.append((_PERSON, name) if name else (norms[at], None))
            at = name.last if name else at + 1
        return line

    def match(self, cues: _Cues) -> tuple[bool, Name | None]:
        """Whether a phrase occurs, and the person that it speaks of."""
        if cues.people is not None:
            words = [word for word, _ in self.people]
            found = cues.people.search(" ".join(words))
            if found:
                at = found.string.count(" ", 0, found.start())
                return True, self.people[at][1]
        return bool(cues.plain is not None and cues.plain.search(self.plain)), None


@dataclass(frozen=True)
class _Cues:
    """The phrases of a section as two patterns: those without and those with a person."""

    plain: re.Pattern[str] | None
    people: re.Pattern[str] | None

    @classmethod
    def of(cls, section: SectionSpec) -> _Cues:
        plain = [_pattern(cue) for cue in section.cues if "{person}" not in cue]
        people = [_pattern(cue) for cue in section.cues if "{person}" in cue]
        return cls(_any(plain), _any(people))


def _pattern(cue: str) -> str:
    words = []
    for word in cue.split():
        if word == "{person}":
            # Russian and Ukrainian put words between a person and the verb; English does not.
            words.append(_PERSON + (r"(?: \S+){0,2}" if re.search("[а-яіїєґ]", cue) else ""))
        elif word == "*":
            words.append(r"\S+")
        else:
            stem = norms_of(word.removesuffix("*"))[0]
            words.append(re.escape(stem) + (r"\S*" if word.endswith("*") else ""))
    return " ".join(words)


def _any(patterns: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile(rf"(?<!\S)(?:{'|'.join(patterns)})(?!\S)") if patterns else None


def draft_extractively(
    transcript: Transcript, *, scenario: Scenario, people: Sequence[str], language: str | None = None
) -> DraftArtifacts:
    """Sort the transcript's own sentences into the sections of a scenario; calls nobody.

    ``language`` is that of the sections' titles, the transcript's where None.
    """
    language = language or transcript.language
    speakers = {u.speaker for u in transcript.utterances if not any(c.isdigit() for c in u.speaker)}
    known = frozenset(word for name in {*people, *speakers} for word in norms_of(name) if not word.isdigit())
    marked = [_Marked(sentence, known) for sentence in sentences_of(transcript)]
    norms = [m.sentence.facts.norms for m in marked]
    scores = centralities(norms)
    engine = _Engine(marked, norms, scores, [_Cues.of(s) for s in scenario.sections if s.cues])
    return DraftArtifacts(
        engine=ENGINE,
        model=MODEL,
        prompt_version=VERSION,
        label=LABEL,
        language=language,
        sections=tuple(
            DraftSection(kind=s.kind, title=s.title.in_language(language), items=engine.items(s))
            for s in scenario.sections
        ),
    )


@dataclass(frozen=True)
class _Engine:
    marked: Sequence[_Marked]
    norms: Sequence[Sequence[str]]
    scores: Sequence[float]
    all_cues: Sequence[_Cues]

    def items(self, section: SectionSpec) -> tuple[DraftItem, ...]:
        if section.extractive == "summary":
            return tuple(_item(section, self.marked[n].sentence, None) for n in self._summary())
        cues = _Cues.of(section)
        hits: list[tuple[int, Name | None]] = []
        for number, marked in enumerate(self.marked):
            matched, person = marked.match(cues)
            if matched or _fits(section, marked.sentence):
                hits.append((number, person))
        if len(hits) > MAX_ITEMS:
            hits = sorted(sorted(hits, key=lambda hit: -self.scores[hit[0]])[:MAX_ITEMS], key=lambda hit: hit[0])
        return tuple(_item(section, self.marked[number].sentence, person) for number, person in hits)

    def _summary(self) -> list[int]:
        weighted = [
            score * (_BOOST if any(m.match(cues)[0] for cues in self.all_cues) else 1.0)
            for m, score in zip(self.marked, self.scores, strict=True)
        ]
        count = max(_SUMMARY[0], min(_SUMMARY[-1], round(len(weighted) * _SHARE)))
        return chosen(self.norms, weighted, count=count)


def _fits(section: SectionSpec, sentence: Sentence) -> bool:
    facts = sentence.facts
    if section.extractive == "questions":
        return sentence.text.rstrip("\"'»”’) ").endswith("?")
    if section.extractive == "dates":
        return bool(facts.days or facts.day_words)
    return section.extractive == "figures" and _figure(facts) is not None


def _item(section: SectionSpec, sentence: Sentence, person: Name | None) -> DraftItem:
    return DraftItem(
        text=sentence.text,
        priority=Priority.HIGH if _URGENT.search(sentence.text) else Priority.MEDIUM,
        fields=tuple(_field(field, sentence.facts, person) for field in section.fields),
        quotes=(DraftQuote(quote=sentence.text, utterance_id=sentence.utterance_id),),
    )


def _field(field: FieldSpec, facts: Facts, person: Name | None) -> ItemField:
    """The field's value in the sentence's own words, or nothing: an extract knows no more than it says."""
    value = None
    if field.name == "owner" and person is not None:
        value = facts.words(person.first, person.last)
    elif field.kind is FieldKind.DATE:
        value = _date(facts)
    elif field.kind is FieldKind.AMOUNT:
        value = _figure(facts)
    return ItemField(name=field.name, kind=field.kind, value=value)


def _date(facts: Facts) -> str | None:
    """The first date of a sentence with all of its parts: "Friday, December fourth"."""
    parts = sorted([(d.first, d.last) for d in facts.days] + [(w.at, w.at + 1) for w in facts.day_words])
    if not parts:
        return None
    first, last = parts[0]
    for start, end in parts[1:]:
        if start > last + 1:
            break
        last = max(last, end)
    return facts.words(first, last)


def _figure(facts: Facts) -> str | None:
    """The first number that is neither "one" nor part of a date, with its sign and unit."""
    dated = {at for day in facts.days for at in range(day.first, day.last)}
    for number in facts.numbers:
        if number.soft or number.first in dated:
            continue
        first, last = number.first, number.last
        while first and facts.norms[first - 1] in {"-", "$", "€", "£", "₽", "₴", "₸"}:
            first -= 1
        if last < len(facts.tokens) and unit_of(facts.norms[last]):
            last += 1
        return facts.words(first, last)
    return None
