"""Putting the minutes of a long meeting's parts together.

The model sees items with short numbers and answers with groups of numbers.  It writes no text and sees no quote: an
item keeps the text and the quotes that it was checked with, and a group's first item speaks for the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ConfigDict, ValidationError

from aam.artifacts.catalogue import Scenario, SectionSpec
from aam.artifacts.errors import ModelReplyMismatch
from aam.artifacts.lenient_json import LooseNumber, largest_object_in
from aam.artifacts.model_client import ModelClient
from aam.artifacts.prompts import Prompt
from aam.artifacts.schemas import DraftArtifacts, DraftItem, DraftSection, ItemField, Priority, Purpose
from aam.artifacts.windows import BYTES_PER_TOKEN, between_marks, one_line
from aam.evidence.verify import verify
from aam.foundation.schemas import Value
from aam.transcription.schemas import Transcript

MAX_QUOTES = 12
_TEXT_CHARACTERS = 120
_FIELD_CHARACTERS = 40
_RANKS = list(Priority)
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"groups": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}},
    "required": ["groups"],
    "additionalProperties": False,
}


class _Reply(Value):
    model_config = ConfigDict(extra="forbid", strict=True)

    groups: list[list[LooseNumber]]


@dataclass(frozen=True)
class Candidate:
    """An item that may be put together with others of its section; ``number`` is how the model knows it."""

    number: int
    section: int
    item: DraftItem

    @property
    def line(self) -> str:
        """Return the item's line for the model."""
        fields = (f"{field.name}: {field.value[:_FIELD_CHARACTERS]}" for field in self.item.fields if field.value)
        return one_line(" | ".join([f"{self.number} {self.item.text[:_TEXT_CHARACTERS]}", *fields]))


def merged(
    draft: DraftArtifacts,
    *,
    scenario: Scenario,
    transcript: Transcript,
    people: Sequence[str],
    meeting_date: date | None,
    client: ModelClient,
    max_tokens: int,
) -> DraftArtifacts:
    """Return the draft with repeated statements of its parts merged, in reading order.

    Only items that hold against the transcript by themselves are put together, so that no text can borrow another
    item's evidence; the others stay as they are, at the end of their section.  Raises what asking raises.
    """
    held = _held(draft, transcript, people, meeting_date)
    candidates = [
        Candidate(number, section, item)
        for number, (section, item) in enumerate(
            ((n, item) for n, s in enumerate(draft.sections) for at, item in enumerate(s.items) if (n, at) in held), 1
        )
    ]
    groups: list[list[Candidate]] = []
    for chunk in _chunks(candidates, scenario.sections, max_tokens=max_tokens):
        groups += _asked(chunk, scenario, client)
    sections = []
    for n, (spec, section) in enumerate(zip(scenario.sections, draft.sections, strict=True)):
        chosen = [group for group in groups if group[0].section == n]
        taken = {candidate.number for group in chosen for candidate in group}
        rest = [c.item for c in candidates if c.section == n and c.number not in taken]
        doubted = [item for at, item in enumerate(section.items) if (n, at) not in held]
        kept = [] if spec.condensed and chosen else rest
        items = (*(_one_of([c.item for c in group]) for group in chosen), *kept, *doubted)
        sections.append(DraftSection(kind=section.kind, title=section.title, items=items))
    return draft.model_copy(update={"sections": tuple(sections)})


def _held(
    draft: DraftArtifacts, transcript: Transcript, people: Sequence[str], meeting_date: date | None
) -> set[tuple[int, int]]:
    """Return the places (section, item) of the items that are supported."""
    checked = verify(draft, transcript=transcript, people=people, meeting_date=meeting_date)
    return {
        (n, int(item.id.rpartition("-")[2]) - 1) for n, section in enumerate(checked.sections) for item in section.items
    }


def _chunks(
    candidates: Sequence[Candidate], sections: Sequence[SectionSpec], *, max_tokens: int
) -> Iterator[list[Candidate]]:
    """Yield candidates by section, as many as one request may show; a single item of a section needs no question."""
    chunk: list[Candidate] = []
    size = 0
    for n in range(len(sections)):
        own = [candidate for candidate in candidates if candidate.section == n]
        for candidate in own if len(own) > 1 else ():
            length = len(candidate.line.encode()) + 1
            if chunk and size + length > max_tokens * BYTES_PER_TOKEN:
                yield chunk
                chunk, size = [], 0
            chunk.append(candidate)
            size += length
    if chunk:
        yield chunk


def _asked(chunk: Sequence[Candidate], scenario: Scenario, client: ModelClient) -> list[list[Candidate]]:
    lines = []
    for n, spec in enumerate(scenario.sections):
        own = [candidate.line for candidate in chunk if candidate.section == n]
        lines += [f"[{spec.kind}{'*' if spec.condensed else ''}]", *own] if own else []
    prompt = Prompt(
        purpose=Purpose.REDUCE,
        prompt_version=scenario.merge.version,
        system=scenario.merge.text,
        data=between_marks(lines),
        name="groups",
        schema=SCHEMA,
    )
    return _groups(client.ask(prompt, _read), chunk)


def _read(content: str) -> list[list[int]]:
    try:
        return _Reply.model_validate(largest_object_in(content)).groups
    except ValidationError:
        raise ModelReplyMismatch from None


def _groups(numbers: Sequence[Sequence[int]], chunk: Sequence[Candidate]) -> list[list[Candidate]]:
    """Return the groups of items; a number that is unknown, repeated or of another section is left out."""
    free = {candidate.number: candidate for candidate in chunk}
    groups = []
    for wanted in numbers:
        group: list[Candidate] = []
        for number in wanted:
            candidate = free.get(number)
            if candidate is not None and (not group or candidate.section == group[0].section):
                group.append(free.pop(number))
        if group:
            groups.append(group)
    return groups


def _one_of(items: Sequence[DraftItem]) -> DraftItem:
    """Return the first item, with the quotes of the others and the fields that it lacks."""
    first, *others = items
    quotes = list(dict.fromkeys(first.quotes))
    fields = list(first.fields)
    priority = first.priority
    for other in others:
        added = [quote for quote in dict.fromkeys(other.quotes) if quote not in quotes]
        if len(quotes) + len(added) > MAX_QUOTES:
            continue
        quotes += added
        fields = [_filled(*pair) for pair in zip(fields, other.fields, strict=True)]
        priority = min(priority, other.priority, key=_RANKS.index)
    return first.model_copy(update={"quotes": tuple(quotes), "fields": tuple(fields), "priority": priority})


def _filled(field: ItemField, other: ItemField) -> ItemField:
    return other if field.value is None else field
