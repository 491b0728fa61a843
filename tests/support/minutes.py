"""Fixtures of tests and benchmarks that have minutes written by a model of the loopback."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from aam.artifacts.catalogue import load_catalogue
from aam.artifacts.minutes import write_minutes
from aam.artifacts.model_client import ModelClient
from aam.artifacts.openai import ChatServer, OpenAISettings
from aam.artifacts.recorded_calls import RecordedCalls, read_interactions
from aam.artifacts.schemas import Artifacts, DraftArtifacts, Interaction
from aam.artifacts.second_reader import read_meaning
from aam.evidence.confirmation import Readings
from aam.pipeline.schemas import RunInput
from aam.transcription.schemas import Transcript, Utterance
from aam_fakes.openai import OpenAIFake
from aam_fakes.scripted_server import served
from tests.support.limiters import OpenLimiter
from tests.support.memory_store import MemoryStore

KEY = "k-123"
RUN = RunInput(
    run_id=UUID(int=1), meeting_id=UUID(int=2), organization_id=UUID(int=3), upload_id=UUID(int=4), correlation_id="c"
)
HELD = date(2026, 11, 20)


def transcript_of(*said: tuple[str, str], language: str = "en", timed: bool = True) -> Transcript:
    """Return a transcript of (speaker, text), every utterance five seconds long."""
    return Transcript(
        language=language,
        engine="e",
        model="m",
        version="1",
        utterances=tuple(
            Utterance(
                id=n,
                speaker=speaker,
                text=text,
                start_ms=n * 5000 if timed else None,
                end_ms=n * 5000 + 4800 if timed else None,
            )
            for n, (speaker, text) in enumerate(said, 1)
        ),
    )


@dataclass
class Desk:
    """A run's worker: settings, limiter and store, with the fake that it asks."""

    fake: OpenAIFake
    settings: dict[str, Any] = field(default_factory=dict)
    store: MemoryStore = field(default_factory=MemoryStore)
    limiter: Any = field(default_factory=OpenLimiter)
    seconds_left: float = 600.0

    def draft(
        self,
        transcript: Transcript,
        *,
        scenario: str = "stand-up",
        people: Sequence[str] = (),
        language: str | None = None,
    ) -> DraftArtifacts:
        """Return the result of a worker's invocation; called again, it is the message's next delivery."""
        told = {"api_key": KEY, "model": "gpt-x", "base_url": f"{self.fake.url}/v1", "timeout_s": 60.0, **self.settings}
        settings = OpenAISettings(**told)
        with ChatServer(settings) as server:
            client = ModelClient(
                server,
                records=RecordedCalls(self.store, RUN),
                limiter=self.limiter,
                attempt=2,
                time_left=lambda: self.seconds_left,
            )
            return write_minutes(
                transcript,
                scenario=load_catalogue().scenario(scenario),
                people=people,
                language=language,
                meeting_date=HELD,
                client=client,
                window_tokens=settings.window_tokens,
            )

    def read(self, artifacts: Artifacts, transcript: Transcript) -> Readings:
        """Return the result of the second reader's invocation; called again, it is the message's next delivery."""
        told = {"api_key": KEY, "model": "gpt-r", "base_url": f"{self.fake.url}/v1", "timeout_s": 60.0, **self.settings}
        with ChatServer(OpenAISettings(**told)) as server:
            client = ModelClient(
                server,
                records=RecordedCalls(self.store, RUN),
                limiter=self.limiter,
                attempt=2,
                time_left=lambda: self.seconds_left,
            )
            return read_meaning(artifacts, transcript, prompt=load_catalogue().reader, client=client)

    @property
    def calls(self) -> list[Interaction]:
        """Return the calls that were noted."""
        return read_interactions(self.store, RUN)

    @property
    def bodies(self) -> list[Any]:
        """Return the requests that arrived."""
        return [json.loads(asked.body) for asked in self.fake.asked]

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        """Return the purpose and the outcome of each call."""
        return [(call.purpose.value, call.outcome) for call in self.calls]


@contextmanager
def desk(fake: OpenAIFake | None = None, **settings: Any) -> Iterator[Desk]:
    """Yield a desk with a fake that judges; its objections fail the test."""
    with served(fake or OpenAIFake()) as fake:
        yield Desk(fake, settings)
        assert not fake.objections, fake.objections[:3]


_WHO = ("we", "I", "you", "they", "the team", "our partners", "Helen", "Robert", "the customer", "the board")
_DO = ("have to check", "did not finish", "should look at", "will prepare", "talked about", "cannot change", "moved")
_WHAT = ("the release", "the budget", "the interface", "the contract", "the backlog", "the pilot", "the report")
_HOW = ("again", "together", "with the lawyers", "for the second customer", "in the new region", "without a delay")
_WHEN = ("by Friday", "next week", "before the holidays", "after the review", "on Monday", "in the third quarter")
_WHY = ("because it was late", "so that nobody waits", "as far as I know", "if nothing else breaks", "and that is fine")


def long_meeting(minutes: int, *, seed: int = 1, speakers: int = 5) -> Transcript:
    """Return a generated talk at about 150 words a minute, with pauses."""
    chance = random.Random(seed)
    utterances = []
    at = 0
    words = 0
    while words < minutes * 150:
        parts = [chance.choice(column) for column in (_WHO, _DO, _WHAT, _HOW, _WHEN, _WHY)]
        text = " ".join(parts[: chance.randint(3, 6)])
        text = f"{text[0].upper()}{text[1:]}, item {chance.randint(2, 9999)}."
        if chance.random() < 0.15:
            text = chance.choice(("Yeah.", "Okay, right.", "Mm-hmm, go on please.", "No, not really."))
        count = len(text.split())
        length = count * 400
        utterances.append(
            Utterance(
                id=len(utterances) + 1,
                speaker=f"Speaker {chance.randint(1, speakers)}",
                text=text,
                start_ms=at,
                end_ms=at + length,
            )
        )
        words += count
        at += length + chance.choice((0, 100, 300, 2000))
    return Transcript(language="en", engine="e", model="m", version="1", utterances=tuple(utterances))
