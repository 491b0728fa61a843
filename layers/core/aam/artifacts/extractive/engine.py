"""The offline engine: sentences of the transcript, verbatim, sorted into sections by what people do with them.

It understands nothing, and says so: its label is "extractive draft".  What it gains is that every word of it was
spoken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from aam.artifacts.catalogue import Scenario, SectionSpec
from aam.artifacts.extractive.amounts import Amount, amount_in, amounts_in, days_in
from aam.artifacts.extractive.cues import Cues
from aam.artifacts.extractive.deadlines import deadline_in
from aam.artifacts.extractive.decision import Decision
from aam.artifacts.extractive.decisions import decisions_in
from aam.artifacts.extractive.priorities import priority_of
from aam.artifacts.extractive.questions import Question, open_questions_in
from aam.artifacts.extractive.risks import risks_in
from aam.artifacts.extractive.summary import summary_of
from aam.artifacts.extractive.talk import Line, Talk, talk_of
from aam.artifacts.extractive.task import Task
from aam.artifacts.extractive.tasks import tasks_in
from aam.artifacts.schemas import DraftArtifacts, DraftItem, DraftSection, FieldKind, ItemField
from aam.transcription.schemas import Transcript

ENGINE = "extractive"
MODEL = "cues-and-coverage"
VERSION = "2"
LABEL = "extractive draft"
MAX_ITEMS = 20
_MAX_QUOTES = 4


@dataclass(frozen=True)
class _Entry:
    """An item before it is written down: its lines, the text's first, and the values of its fields."""

    lines: Sequence[Line]
    values: dict[str, str | None] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """Return its place in the talk."""
        return self.lines[0].number

    @property
    def weight(self) -> int:
        """Return its weight: by its fields, its evidence, and the content of its text."""
        return 4 * sum(value is not None for value in self.values.values()) + len(self.lines) + len(self.lines[0].stems)


def draft_extractively(
    transcript: Transcript, *, scenario: Scenario, people: Sequence[str], language: str | None = None
) -> DraftArtifacts:
    """Sort the transcript's own sentences into the sections of a scenario; calls no service.

    ``language`` is that of the sections' titles, the transcript's where None.
    """
    language = language or transcript.language
    engine = _Engine(talk_of(transcript, people))
    entries = engine.entries(scenario.sections)
    return DraftArtifacts(
        engine=ENGINE,
        model=MODEL,
        prompt_version=VERSION,
        label=LABEL,
        language=language,
        sections=tuple(
            DraftSection(
                kind=section.kind,
                title=section.title.in_language(language),
                items=tuple(engine.item(section, entry) for entry in _kept(entries[section.kind])),
                left_out=max(0, len(entries[section.kind]) - MAX_ITEMS),
            )
            for section in scenario.sections
        ),
    )


@dataclass(frozen=True)
class _Engine:
    talk: Talk

    @cached_property
    def tasks(self) -> list[Task]:
        return tasks_in(self.talk)

    @cached_property
    def decisions(self) -> list[Decision]:
        return decisions_in(self.talk, self.tasks)

    def entries(self, sections: Sequence[SectionSpec]) -> dict[str, list[_Entry]]:
        """Return the entries of each section; what one section shows is not shown again in another."""
        found: dict[str, list[_Entry]] = {}
        shown: set[int] = set()
        by_method: dict[str, set[int]] = {}
        for section in sorted(sections, key=lambda section: _RANK.get(section.extractive, len(_RANK))):
            entries = self._found(section)
            alike = by_method.setdefault(section.extractive, set())
            elsewhere = alike if section.extractive in _WHOLE else shown
            entries = [entry for entry in entries if entry.number not in elsewhere]
            alike.update(entry.number for entry in entries)
            if section.extractive != "summary":
                shown.update(alike)
            found[section.kind] = entries
        return found

    def _found(self, section: SectionSpec) -> list[_Entry]:
        finders: dict[str, Callable[[], list[_Entry]]] = {
            "summary": lambda: [_Entry([line]) for line in summary_of(self.talk)],
            "tasks": lambda: [_task(task) for task in self.tasks],
            "decisions": lambda: [_Entry(decision.lines) for decision in self.decisions],
            "questions": lambda: [_question(q) for q in open_questions_in(self.talk, self.tasks)],
            "risks": lambda: [_Entry(risk.lines) for risk in risks_in(self.talk)],
            "figures": lambda: _figures(amounts_in(self.talk)),
            "dates": lambda: [_Entry([line]) for line in days_in(self.talk)],
            "cues": lambda: self._by_cues(section),
            "none": list,
        }
        return sorted(finders[section.extractive](), key=lambda entry: entry.number)

    def _by_cues(self, section: SectionSpec) -> list[_Entry]:
        cues = Cues.of(section)
        found = []
        for line in self.talk.lines:
            matched, person = cues.match(self.talk, line)
            if matched and not line.asks and len(line.stems) > 1:
                found.append(_Entry([line], {"owner": person or None}))
        return found

    def item(self, section: SectionSpec, entry: _Entry) -> DraftItem:
        """Return an entry as an item: its text is its first quote."""
        quotes = [self.talk.quote(line) for line in entry.lines[:_MAX_QUOTES]]
        return DraftItem(
            text=quotes[0].quote,
            priority=priority_of(entry.lines, entry.values.get("due_date")),
            fields=tuple(_field(spec.name, spec.kind, entry) for spec in section.fields),
            quotes=tuple(dict.fromkeys(quotes)),
        )


# The summary says in short what the others hold, what is decided may be what one takes on, and both may hold figures.
_WHOLE = frozenset({"summary", "tasks", "decisions"})
_RANK = {"tasks": 0, "decisions": 1, "questions": 2, "risks": 3}


def _task(task: Task) -> _Entry:
    lines = task.lines
    if task.due is not None and task.due.line in lines:  # the words of the day have to be among the quotes
        lines = [
            lines[0],
            *[line for line in lines[1:] if line == task.due.line],
            *[x for x in lines[1:] if x != task.due.line],
        ]
    return _Entry(lines, {"owner": task.owner, "due_date": task.due.words if task.due else None})


def _question(question: Question) -> _Entry:
    return _Entry(question.lines, {"asked_by": question.line.speaker})


def _figures(amounts: Sequence[Amount]) -> list[_Entry]:
    """Return one entry a clause, with all of its figures."""
    return [
        _Entry([line], {"amount": "; ".join(amount.words for amount in found)})
        for (line, _), found in groupby(
            amounts, key=lambda amount: (amount.line, amount.line.clause_start(amount.first))
        )
    ]


def _kept(entries: Sequence[_Entry]) -> list[_Entry]:
    """Return the entries that a section shows: all, or those that tell most, in their order."""
    ranked = sorted(entries, key=lambda entry: (-entry.weight, entry.number))
    return sorted(ranked[:MAX_ITEMS], key=lambda entry: entry.number)


def _field(name: str, kind: FieldKind, entry: _Entry) -> ItemField:
    """Return the field's value in words of the transcript, or nothing: an extract knows no more than it says."""
    line = entry.lines[0]
    value = entry.values.get(name)
    if value is None and name not in entry.values:
        if kind is FieldKind.DATE:
            deadline = deadline_in(line)
            value = deadline.words if deadline else None
        elif kind is FieldKind.AMOUNT:
            value = amount_in(line)
        elif name == "given_by":
            value = line.speaker
    return ItemField(name=name, kind=kind, value=value)
