"""Minutes for people, as Markdown in which no text can pass for structure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from aam.artifacts.catalogue import Catalogue
from aam.artifacts.meeting_facts import MeetingFacts
from aam.artifacts.render_words import Words, words_in
from aam.artifacts.schemas import Artifacts, Item, Priority, Quote, Section, Support
from aam.language.tokens import norms_of

EXTRACTIVE = "extractive"
"""The name of the engine without a language model, as its artifacts carry it."""

_SPECIAL = re.compile(r"([\\`*_\[\]#|~])")
# At the start of a line these begin a list, a rule or a heading's underline.
_OPENING = re.compile(r"^([-+=]|\d{1,9}(?=[.)]))")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def minutes_markdown(artifacts: Artifacts, occasion: MeetingFacts, *, catalogue: Catalogue) -> str:
    """Return the minutes as Markdown in the artifacts' language.

    What is known of the meeting and labels of quality stand at the top.  Every item shows its quotes with speaker and
    time (or the utterance's number where the transcript has no times); one whose text is its quote shows it once.  A
    quoted item says that its meaning is not confirmed, and what is unsupported stands apart with the reason.  What a
    section left out is counted, and minutes without a language model say how to get better ones.
    """
    page = _Page(catalogue, artifacts.language)
    words = page.words
    lines = [f"# {escaped(occasion.title)}", "", *page.head(occasion)]
    if artifacts.label:
        lines += [f"> **{escaped(artifacts.label)}**", ""]
    if occasion.label:
        lines += [f"> {words.transcript}: **{escaped(occasion.label)}**", ""]
    for note in occasion.notes:
        lines += [f"> {words.transcript}: {escaped(note)}", ""]
    for section in artifacts.sections:
        if section.items:
            lines += [f"## {escaped(section.title)}", "", *page.items(section), ""]
    empty = [escaped(s.title) for s in artifacts.sections if not s.items and not s.unsupported]
    if empty:
        lines += [f"_{words.nothing}: {', '.join(empty)}._", ""]
    lines += page.unsupported([section for section in artifacts.sections if section.unsupported])
    if artifacts.engine == EXTRACTIVE:
        lines += ["---", "", f"_{words.better}_", ""]
    return "\n".join(lines).rstrip() + "\n"


def escaped(text: str) -> str:
    """Return text as one line of Markdown that shows as it stands, control and direction marks left out."""
    clean = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text)
    clean = re.sub("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]", "", clean)
    line = " ".join(clean.split()).translate(_ENTITIES)
    return _OPENING.sub(_backslashed, _SPECIAL.sub(r"\\\1", line))


def _backslashed(match: re.Match[str]) -> str:
    opening = match.group(1)
    # A backslash before a digit would be shown; it belongs before the mark that makes it a list.
    return opening + "\\" if opening.isdigit() else "\\" + opening


@dataclass(frozen=True)
class _Page:
    catalogue: Catalogue
    language: str

    @property
    def words(self) -> Words:
        return words_in(self.language)

    def head(self, occasion: MeetingFacts) -> list[str]:
        """Return a line of date, duration and language, and one of participants; unknown facts are left out."""
        words = self.words
        facts = [
            (words.date, occasion.held_on.isoformat() if occasion.held_on else None),
            (words.duration, _length(occasion.duration_ms, words)),
            (words.language, words.language_name(occasion.language) if occasion.language else None),
        ]
        known = [f"**{name}:** {escaped(value)}" for name, value in facts if value]
        lines = [" · ".join(known), ""] if known else []
        if occasion.people:
            lines += [f"**{words.participants}:** {', '.join(escaped(name) for name in occasion.people)}", ""]
        return lines

    def items(self, section: Section) -> list[str]:
        lines = [line for item in section.items for line in self._item(item)]
        if section.left_out:
            lines.append(f"- _{self.words.left_out.format(count=section.left_out)}_")
        return lines

    def unsupported(self, sections: Sequence[Section]) -> list[str]:
        if not sections:
            return []
        lines = [f"## {self.words.unsupported}", "", f"_{self.words.explained}_", ""]
        for section in sections:
            lines += [f"### {escaped(section.title)}", ""]
            for item in section.unsupported:
                reasons = ", ".join(escaped(f"{p.code}: {p.about}" if p.about else p.code) for p in item.problems)
                lines += [*self._item(item), f"  - {self.words.reason}: {reasons}"]
            lines.append("")
        return lines

    def _item(self, item: Item) -> list[str]:
        label = f" — _{self.words.quoted}_" if item.support is Support.QUOTED else ""
        own = next((quote for quote in item.quotes if norms_of(quote.quote) == norms_of(item.text)), None)
        text = self._quote(own) if own else escaped(item.text)
        quotes = (f"  - {self._quote(quote)}" for quote in item.quotes if quote is not own)
        return [f"- {text}{self._facts(item)}{label}", *quotes]

    def _facts(self, item: Item) -> str:
        facts = [
            f"{self._title(field.name)}: {escaped(field.value) if field.value else self.words.not_stated}"
            for field in item.fields
        ]
        if item.priority is not Priority.MEDIUM:
            facts.append(self.words.high if item.priority is Priority.HIGH else self.words.low)
        return f" ({'; '.join(facts)})" if facts else ""

    def _title(self, name: str) -> str:
        found = (f for s in self.catalogue.sections.values() for f in s.fields if f.name == name)
        field = next(found, None)
        return escaped(field.title.in_language(self.language) if field else name)

    def _quote(self, quote: Quote) -> str:
        place = _clock(quote.start_ms) or f"{self.words.utterance} {quote.utterance_id}"
        return f"“{escaped(quote.quote)}” — {escaped(quote.speaker)}, {place}"


def _length(milliseconds: int | None, words: Words) -> str | None:
    """Return the length of a meeting in whole minutes, at least one."""
    if milliseconds is None:
        return None
    hours, minutes = divmod(max(1, round(milliseconds / 60_000)), 60)
    return " ".join(f"{n} {unit}" for n, unit in ((hours, words.hours), (minutes, words.minutes)) if n)


def _clock(milliseconds: int | None) -> str | None:
    if milliseconds is None:
        return None
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"
