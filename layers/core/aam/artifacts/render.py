"""Minutes for people, as Markdown in which no text can pass for structure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from aam.artifacts.catalogue import Catalogue
from aam.artifacts.schemas import Artifacts, Item, Priority, Quote, Section, Support

_SPECIAL = re.compile(r"([\\`*_\[\]#|~])")
# At the start of a line these begin a list, a rule or a heading's underline.
_OPENING = re.compile(r"^([-+=]|\d{1,9}(?=[.)]))")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


@dataclass(frozen=True)
class _Words:
    participants: str
    not_stated: str
    high: str
    low: str
    quoted: str
    unsupported: str
    explained: str
    nothing: str
    utterance: str
    transcript: str
    reason: str


_WORDS = {
    "en": _Words(
        "Participants", "not stated", "high priority", "low priority",
        "quoted, meaning not confirmed: read the quote", "Unsupported",
        "The transcript does not bear these out. Do not rely on them.", "Nothing found for", "utterance",
        "Transcript", "Why",
    ),
    "ru": _Words(
        "Участники", "не указано", "высокий приоритет", "низкий приоритет",
        "есть цитата, смысл не подтверждён: прочтите её", "Не подтверждено",
        "Расшифровка этого не подтверждает. Не полагайтесь на эти пункты.", "Ничего не найдено", "реплика",
        "Расшифровка", "Почему",
    ),
    "uk": _Words(
        "Учасники", "не вказано", "високий пріоритет", "низький пріоритет",
        "є цитата, зміст не підтверджено: прочитайте її", "Не підтверджено",
        "Розшифрування цього не підтверджує. Не покладайтеся на ці пункти.", "Нічого не знайдено", "репліка",
        "Розшифрування", "Чому",
    ),
}  # fmt: skip


def minutes_markdown(
    artifacts: Artifacts,
    *,
    title: str,
    people: Sequence[str],
    catalogue: Catalogue,
    transcript_label: str | None = None,
) -> str:
    """The minutes as Markdown in the artifacts' language.

    Labels of quality stand at the top, every item shows its quotes with speaker and time (or the
    utterance's number where the transcript has no times), a quoted item says that its meaning is not confirmed, and
    what is unsupported stands apart with the reason.
    """
    page = _Page(catalogue, artifacts.language)
    words = page.words
    lines = [f"# {escaped(title)}", ""]
    if artifacts.label:
        lines += [f"> **{escaped(artifacts.label)}**", ""]
    if transcript_label:
        lines += [f"> {words.transcript}: **{escaped(transcript_label)}**", ""]
    if people:
        lines += [f"**{words.participants}:** {', '.join(escaped(name) for name in people)}", ""]
    for section in artifacts.sections:
        if section.items:
            lines += [f"## {escaped(section.title)}", "", *page.items(section.items), ""]
    empty = [escaped(s.title) for s in artifacts.sections if not s.items and not s.unsupported]
    if empty:
        lines += [f"_{words.nothing}: {', '.join(empty)}._", ""]
    lines += page.unsupported([section for section in artifacts.sections if section.unsupported])
    return "\n".join(lines).rstrip() + "\n"


def escaped(text: str) -> str:
    """Text as one line of Markdown that shows as it stands, control and direction marks left out."""
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
    def words(self) -> _Words:
        return _WORDS.get(self.language.partition("-")[0].lower(), _WORDS["en"])

    def items(self, items: Sequence[Item]) -> list[str]:
        return [line for item in items for line in self._item(item)]

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
        quotes = (f"  - {self._quote(quote)}" for quote in item.quotes)
        return [f"- {escaped(item.text)}{self._facts(item)}{label}", *quotes]

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


def _clock(milliseconds: int | None) -> str | None:
    if milliseconds is None:
        return None
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"
