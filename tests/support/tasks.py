"""A stage's worker with everything around it in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from aam.foundation.clock import new_id
from aam.foundation.queues import Delivery
from aam.foundation.storage import ObjectStore
from aam.pipeline.schemas import RunContext, RunInput, Stored, UploadContext
from aam.pipeline.tasks import Job, Task, Worker, perform_task
from aam.vendor_limits.heartbeat import LIFE_S
from aam.vendor_limits.ports import Submitted
from aam.vendor_limits.task_claims import Record, Stage, TaskClaims
from tests.support.limiters import OpenLimiter
from tests.support.limits import HandClock

RUN = RunInput(
    run_id=new_id(), meeting_id=new_id(), organization_id=new_id(), upload_id=new_id(), correlation_id="correlation"
)
CONTEXT = RunContext(
    run=RUN,
    attempt=1,
    upload=UploadContext(key="meetings/x", filename="x.ogg", content_type="audio/ogg", size_bytes=1),
    title="T",
    language="en",
    channels_are_speakers=None,
    client_name="C",
    scenario_key=None,
    meeting_type_key=None,
    participants=(),
    owner_name="O",
    held_at=datetime(2026, 11, 21, tzinfo=UTC),
)
TASK = Task(run=RUN, task_token="token")
STAGE = Stage(RUN.run_id, "transcription")
ANSWER = Stored(name="deepgram.json")


@dataclass(frozen=True)
class Message(Delivery):
    """A delivery that notes how long it was hidden for."""

    hidden: list[float] = field(default_factory=list)

    def hide(self, seconds: float) -> None:
        self.hidden.append(seconds)


@dataclass
class Scene:
    """One stage with its table, store and clock, and what Step Functions was told."""

    store: ObjectStore
    claims: TaskClaims
    clock: HandClock
    told: list[tuple[str, dict[str, Any]]]
    asked: int = 0

    def worker(self, work: Callable[[Job], Stored | Submitted], **more: Any) -> Worker:
        def counted(job: Job) -> Stored | Submitted:
            self.asked += 1
            return work(job)

        return Worker(
            stage="transcription",
            answer=ANSWER.name,
            work=counted,
            store=self.store,
            limiter=OpenLimiter(),
            claims=self.claims,
            waiting_limit_s=86_400,
            clock=self.clock,
            **more,
        )

    def message(self, age_s: float = 0.0) -> Message:
        return Message("https://queue", "handle", self.clock.seconds - age_s, 1)

    def perform(self, work: Callable[[Job], Stored | Submitted]) -> float | None:
        return perform_task(TASK, self.message(), self.worker(work))

    def die(self) -> None:
        """Let a worker claim the stage and die until its claim has run out."""
        with pytest.raises(KeyboardInterrupt):
            self.perform(killed)
        self.clock.sleep(LIFE_S + 1)

    @property
    def record(self) -> Record:
        return self.claims.read(STAGE)


def killed(_job: Job) -> Stored:
    raise KeyboardInterrupt
