"""How many tokens a model reads for each token of the transcript; both counted as bytes ÷ 4, all requests of a run.

The second reader's are measured apart, for each item that it is asked about.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from aam.transcription.schemas import Transcript
from aam_fakes.openai import prompt_of, tokens_in
from tests.benchmarks.figures import Figure
from tests.support.claims import paraphrased
from tests.support.minutes import desk, long_meeting, transcript_of
from tests.support.recordings import SHARED

LIMIT = 1.3
READER_LIMIT = 300
WORDS_AN_HOUR = 9_000


def ratio(meeting: Transcript, *, scenario: str) -> float:
    """Tokens read ÷ tokens said."""
    with desk() as at:
        at.draft(meeting, scenario=scenario)
        read = sum(tokens_in(prompt_of(body)) for body in at.bodies)
    return read / tokens_in("".join(utterance.text for utterance in meeting.utterances).encode())


def real_meetings() -> Iterator[Transcript]:
    """Transcripts of real meetings of about an hour and longer, where they are at hand."""
    for file in sorted((SHARED / "qmsum" / "val").glob("*.json")):
        told = json.loads(file.read_text(encoding="utf-8"))["meeting_transcripts"]
        if sum(len(turn["content"].split()) for turn in told) >= WORDS_AN_HOUR:
            yield transcript_of(*((turn["speaker"], turn["content"]) for turn in told), timed=False)


def measure() -> Iterator[Figure]:
    """An hour, four hours, and the worst of the real meetings."""
    for scenario in ("general", "client-meeting"):
        for minutes in (60, 240):
            value = ratio(long_meeting(minutes), scenario=scenario)
            yield _figure(f"tokens_{minutes}_minutes_{scenario}", value)
    for scenario in ("general", "client-meeting"):
        if worst := max((ratio(meeting, scenario=scenario) for meeting in real_meetings()), default=0.0):
            yield _figure(f"tokens_worst_real_meeting_{scenario}", worst)

    yield _reader(60)


def _reader(minutes: int) -> Figure:
    """Tokens that the second reader reads of an item, its share of the prompt and of what stands around included."""
    meeting = long_meeting(minutes)
    with desk() as at:
        quoted = paraphrased(at.draft(meeting, scenario="general"), meeting)
        before = len(at.bodies)
        at.read(quoted, meeting)
        read = sum(tokens_in(prompt_of(body)) for body in at.bodies[before:])
    value = round(read / quoted.quoted_count)
    return Figure("tokens_of_an_item_read", value, "tokens", READER_LIMIT, value <= READER_LIMIT)


def _figure(name: str, value: float) -> Figure:
    return Figure(name, round(value, 3), "x", LIMIT, value <= LIMIT)
