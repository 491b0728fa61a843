"""Items whose facts are checked against a few sentences."""

from __future__ import annotations

from datetime import date

from aam.evidence.schemas import (
    DraftArtifacts,
    DraftItem,
    DraftQuote,
    DraftSection,
    FieldKind,
    Item,
    ItemField,
    Support,
)
from aam.evidence.verify import verify
from aam.transcription.schemas import Transcript, Utterance

KINDS = {"owner": FieldKind.PERSON, "due_date": FieldKind.DATE, "amount": FieldKind.AMOUNT}


def check(
    *said: str, text: str, speaker: str = "Helen Brooks", quoted: int = 1, on: date | None = None, **fields: str
) -> Item:
    """Check an item that quotes the first utterances; an utterance may begin with "Name: "."""
    utterances = []
    for number, line in enumerate(said, 1):
        name, _, words = line.rpartition(": ") if ": " in line else (speaker, "", line)
        utterances.append(Utterance(id=number, speaker=name, text=words))
    transcript = Transcript(language="en", engine="e", model="m", version="1", utterances=tuple(utterances))
    item = DraftItem(
        text=text,
        fields=tuple(ItemField(name=name, kind=KINDS[name], value=value) for name, value in fields.items()),
        quotes=tuple(DraftQuote(quote=u.text, utterance_id=u.id) for u in utterances[:quoted]),
    )
    section = DraftSection(kind="k", title="t", items=(item,))
    draft = DraftArtifacts(engine="e", model="m", prompt_version="1", language="en", sections=(section,))
    (checked,) = verify(draft, transcript=transcript, people=(), meeting_date=on).sections
    return (*checked.items, *checked.unsupported)[0]


def holds(item: Item) -> bool:
    """Return whether an item stands: its facts, and what it makes of how they were said."""
    return item.support is not Support.UNSUPPORTED
