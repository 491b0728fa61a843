"""Checked artifacts with the items that a second reader is asked about."""

from __future__ import annotations

from collections.abc import Sequence

from aam.artifacts.schemas import Artifacts, DraftArtifacts, Item, Priority, Quote, Section, Support
from aam.evidence.verify import verify
from aam.transcription.schemas import Transcript


def claim(number: int, text: str, transcript: Transcript, *cited: int, support: Support = Support.QUOTED) -> Item:
    """Return an item that quotes whole utterances."""
    said = {utterance.id: utterance for utterance in transcript.utterances}
    return Item(
        id=f"decisions-{number}",
        text=text,
        priority=Priority.MEDIUM,
        quotes=tuple(
            Quote(
                quote=said[place].text,
                utterance_id=place,
                last_utterance_id=place,
                start_ms=None,
                end_ms=None,
                speaker=said[place].speaker,
            )
            for place in cited
        ),
        support=support,
    )


def claims(items: Sequence[Item], unsupported: Sequence[Item] = (), *, kind: str = "decisions") -> Artifacts:
    """Return artifacts of one section as they look after checking."""
    return Artifacts(
        engine="openai",
        model="gpt-x",
        prompt_version="minutes-v2",
        language="en",
        sections=(Section(kind=kind, title="Decisions", items=tuple(items), unsupported=tuple(unsupported)),),
    )


def paraphrased(draft: DraftArtifacts, transcript: Transcript) -> Artifacts:
    """Return the facts of a draft that hold, as if all of it were in other words than its quotes."""
    checked = verify(draft, transcript=transcript, people=())
    held = [item for section in checked.sections for item in section.items]
    return claims(
        [
            item.model_copy(
                update={"id": f"decisions-{n}", "text": f"In other words: {item.text}", "support": Support.QUOTED}
            )
            for n, item in enumerate(held, 1)
        ]
    )
