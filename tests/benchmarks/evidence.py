"""Slips and refusals of the check on labelled items: `../shared/data/evidence`, per kind and language.

A slip is a false item that comes out supported, or supported or quoted; a refusal is a true item that comes out
unsupported.  Of an item with one false field only that field must not survive.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aam.evidence.schemas import (
    DraftArtifacts,
    DraftItem,
    DraftQuote,
    DraftSection,
    FieldKind,
    Item,
    ItemField,
)
from aam.evidence.verify import verify
from aam.transcription.schemas import Transcript, Utterance
from tests.benchmarks.figures import Figure, Skipped
from tests.support.recordings import SHARED

FOLDER = SHARED / "evidence"
KINDS = {
    "owner": FieldKind.PERSON,
    "due_date": FieldKind.DATE,
    "amount": FieldKind.AMOUNT,
    "severity": FieldKind.CHOICE,
}
FACTS = frozenset({"number", "unit", "currency", "scale", "date", "name", "owner", "speaker"})
HOSTILE_TEXT = frozenset(
    {
        *("homoglyph", "zero-width", "rtl", "fractions", "time-of-day", "number-words", "relative-date"),
        *("percent-absolute", "currency", "unit", "name", "owner-swap", "speaker-swap"),
    }
)
FRAME = frozenset({"polarity", "conditional", "question", "proposal", "retraction", "hedge", "splice"})
SUPPORTED_LIMIT, FACTS_LIMIT, FRAME_LIMIT, REFUSALS_LIMIT = 2.0, 3.0, 15.0, 8.0
UNLIMITED = 100.0


@dataclass(frozen=True)
class Verdict:
    """A labelled line and what the check made of it: "supported", "quoted" or "unsupported"."""

    line_id: str
    kind: str
    language: str
    is_true: bool
    support: str


def judged(line: dict[str, object]) -> Verdict:
    """Check the item of one line against its transcript."""
    item = checked(line)
    support = item.support if hasattr(item, "support") else ("supported" if item.verified else "unsupported")
    false_field = line.get("false_field")
    if false_field and all(field.value is None for field in item.fields if field.name == false_field):
        support = "unsupported"
    return Verdict(str(line["id"]), str(line["kind"]), str(line["lang"]), line["label"] == "supported", support)


def checked(line: dict[str, object]) -> Item:
    """Return the line's item after the check."""
    said, item, quotes = line["said"], line["item"], line["quotes"]
    assert isinstance(said, list)
    assert isinstance(item, dict)
    assert isinstance(quotes, list)
    transcript = Transcript(
        language=str(line["lang"]),
        engine="e",
        model="m",
        version="1",
        utterances=tuple(Utterance(id=n, speaker=u["speaker"], text=u["text"]) for n, u in enumerate(said, 1)),
    )
    draft = DraftItem(
        text=item["text"],
        fields=tuple(
            ItemField(name=name, kind=KINDS.get(name, FieldKind.TEXT), value=value)
            for name, value in item["fields"].items()
        ),
        quotes=tuple(DraftQuote(quote=q["quote"], utterance_id=q["utterance"]) for q in quotes),
    )
    document = DraftArtifacts(
        engine="e",
        model="m",
        prompt_version="1",
        language=str(line["lang"]),
        sections=(DraftSection(kind=item["section"], title="t", items=(draft,)),),
    )
    (section,) = verify(document, transcript=transcript, people=()).sections
    aside = section.unsupported if hasattr(section, "unsupported") else section.unverified
    (found,) = (*section.items, *aside)
    return found


def lines(name: str) -> list[dict[str, object]]:
    """Return the labelled lines of one file."""
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def measure() -> Iterator[Figure | Skipped]:
    """Yield the shares in all, per language and per kind."""
    for name in ("val", "hostile"):
        if not (FOLDER / f"{name}.jsonl").exists():
            yield Skipped(f"evidence_{name}", "no ../shared/data/evidence beside the project")
            continue
        yield from figures(name, [judged(line) for line in lines(name)])


def figures(name: str, verdicts: Sequence[Verdict]) -> Iterator[Figure]:
    """Yield the figures of one file: in all, of the groups with a limit of their own, per language and kind."""
    yield from _shares(f"evidence_{name}", verdicts, supported=SUPPORTED_LIMIT, refusals=REFUSALS_LIMIT)
    for group, kinds, limit in (("facts", FACTS | HOSTILE_TEXT, FACTS_LIMIT), ("frame", FRAME, FRAME_LIMIT)):
        some = [verdict for verdict in verdicts if not verdict.is_true and verdict.kind in kinds]
        if some:
            yield from _shares(f"evidence_{name}_{group}", some, supported=SUPPORTED_LIMIT, quoted=limit)
    for attribute in ("language", "kind"):
        for value in sorted({getattr(verdict, attribute) for verdict in verdicts}):
            yield from _shares(f"evidence_{name}_{value}", [v for v in verdicts if getattr(v, attribute) == value])


def _shares(
    name: str,
    verdicts: Sequence[Verdict],
    *,
    supported: float = UNLIMITED,
    quoted: float = UNLIMITED,
    refusals: float = UNLIMITED,
) -> Iterator[Figure]:
    false = [verdict.support for verdict in verdicts if not verdict.is_true]
    true = [verdict.support for verdict in verdicts if verdict.is_true]
    if false:
        yield _figure(f"{name}_supported_slips", false.count("supported"), len(false), supported)
        yield _figure(f"{name}_quoted_slips", len(false) - false.count("unsupported"), len(false), quoted)
    if true:
        yield _figure(f"{name}_refusals", true.count("unsupported"), len(true), refusals)


def _figure(name: str, count: int, of: int, limit: float) -> Figure:
    share = round(100 * count / of, 1)
    return Figure(name, share, f"% of {of}", limit, share <= limit)
