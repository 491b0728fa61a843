"""What is published as quoted or supported of a model that invents 30 % of its quotes and drops every "not" it can."""

from __future__ import annotations

from collections.abc import Iterator

from aam.evidence.schemas import CheckedArtifacts
from aam.evidence.verify import verify
from aam.transcription.schemas import Transcript
from tests.benchmarks.figures import Figure
from tests.benchmarks.tokens import real_meetings
from tests.support.minutes import desk, long_meeting

SHARE = 0.3


def lied(meeting: Transcript) -> tuple[set[str], CheckedArtifacts]:
    """What the model made up, and the artifacts after the check."""
    with desk(window_tokens=8_000) as at:
        at.fake.temper.invented, at.fake.temper.denials_dropped, at.fake.temper.items = SHARE, 1.0, 15
        draft = at.draft(meeting, scenario="general")
        lies = set(at.fake.temper.lies)
    return lies, verify(draft, transcript=meeting, people=())


def measure() -> Iterator[Figure]:
    """Inventions that were made, and those that passed; a bench without inventions would show nothing."""
    made = passed = published = 0
    for meeting in (long_meeting(240), *real_meetings()):
        lies, checked = lied(meeting)
        whole = " ".join(" ".join(utterance.text.split()) for utterance in meeting.utterances)
        items = [item for section in checked.sections for item in section.items]
        made += len(lies)
        published += len(items)
        passed += sum(
            item.text in lies or any(" ".join(quote.quote.split()) not in whole for quote in item.quotes)
            for item in items
        )
    yield Figure("invented_quotes_made", made, "quotes", 100, made >= 100)
    yield Figure("invented_items_beside", published, "items", 100, published >= 100)
    yield Figure("invented_published", passed, "items", 0, passed == 0)
