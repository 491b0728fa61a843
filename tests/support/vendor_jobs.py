"""A job of the transcription worker with everything that it reads, in a store and a table of moto's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aam.foundation.clock import new_id
from aam.foundation.state_table import StateTable
from aam.foundation.storage import ObjectStore
from aam.media.schemas import AudioFormat, AudioOutput, ExtractedAudio, MediaFacts
from aam.pipeline.schemas import Person, RunContext, RunInput, UploadContext
from aam.pipeline.tasks import Job, Task
from aam.transcription.callbacks import CallbackDeps, Callbacks
from aam.transcription.prepared_audio import PreparedAudio
from aam.vendor_limits.ports import Vendor
from aam.vendor_limits.task_claims import Stage, TaskClaims
from tests.support.limiters import OpenLimiter
from tests.support.limits import HandClock, moto_table
from tests.support.store import moto_store


def context_of(run: RunInput, **fields: Any) -> RunContext:
    """Return a meeting in English with a client and two people."""
    usual: dict[str, Any] = {
        "run": run,
        "attempt": 1,
        "upload": UploadContext(key="meetings/x", filename="x.ogg", content_type="audio/ogg", size_bytes=1),
        "title": "T",
        "language": "en",
        "channels_are_speakers": None,
        "client_name": "Globex",
        "scenario_key": None,
        "meeting_type_key": None,
        "participants": (Person(full_name="Anna Berg", role_title=None),),
        "owner_name": "Mark Stone",
        "held_at": datetime(2026, 11, 21, tzinfo=UTC),
        "known_terms": ("Globex", "Anna Berg", "Mark Stone"),
    }
    return RunContext.model_validate({**usual, **fields})


def audio_output(run: RunInput, *, duration_ms: int = 5000, channels: int = 1, size_bytes: int = 1) -> AudioOutput:
    """Return the extraction's output of the audio for Deepgram."""
    return AudioOutput(
        key=run.derived("audio.ogg"),
        channel=None,
        channels=channels,
        duration_ms=duration_ms,
        size_bytes=size_bytes,
        silent=False,
    )


def prepared_audio(output: AudioOutput) -> PreparedAudio:
    """Return the extraction's results for the worker."""
    facts = MediaFacts(
        container="ogg",
        audio_codec="opus",
        video_codec=None,
        declared_duration_ms=output.duration_ms,
        channels=output.channels,
        sample_rate=48_000,
        has_video=False,
        size_bytes=1,
    )
    audio = ExtractedAudio(
        facts=facts,
        audio_format=AudioFormat.OPUS,
        outputs=(output,),
        duration_ms=output.duration_ms,
        peak_dbfs=-1,
        rms_dbfs=-20,
        correlation=None,
        channels_are_speakers=False,
        damaged_packets=0,
    )
    return PreparedAudio(engine="deepgram", audio=audio)


@dataclass
class World:
    """A claimed run, and where its reply is taken."""

    store: ObjectStore
    table: StateTable
    run: RunInput
    clock: HandClock = field(default_factory=HandClock)
    limiter: OpenLimiter = field(default_factory=OpenLimiter)
    released: list[str] = field(default_factory=list)

    @property
    def claims(self) -> TaskClaims:
        return TaskClaims(self.table)

    @property
    def stage(self) -> Stage:
        return Stage(self.run.run_id, "transcription")

    @property
    def deps(self) -> CallbackDeps:
        return CallbackDeps(
            store=self.store,
            callbacks=Callbacks(self.table),
            claims=self.claims,
            release=self.release,
            clock=self.clock,
        )

    def release(self, vendor: Vendor, owner: str) -> None:
        assert vendor == Vendor.DEEPGRAM
        self.released.append(owner)

    def job(self, *, submission: int = 0, **fields: Any) -> Job:
        """Return the job and its meeting."""
        return Job(
            task=Task(run=self.run, task_token="token"),
            context=context_of(self.run, **fields),
            store=self.store,
            limiter=self.limiter,
            submission=submission,
        )


@contextmanager
def world(*, duration_ms: int = 5000, channels: int = 1, sound: bytes = b"OggS sound") -> Iterator[World]:
    """Yield a run whose audio is extracted and whose stage is claimed."""
    run = RunInput(
        run_id=new_id(), meeting_id=new_id(), organization_id=new_id(), upload_id=new_id(), correlation_id="c"
    )
    with moto_store() as store, moto_table() as table:
        made = World(store, table, run)
        output = audio_output(run, duration_ms=duration_ms, channels=channels)
        for name, text in (
            ("context.json", context_of(run).model_dump_json()),
            ("prepared.json", prepared_audio(output).model_dump_json()),
        ):
            store.write(run.derived(name), text.encode(), content_type="application/json")
        store.write(output.key, sound, content_type="audio/ogg")
        now = made.clock.seconds
        made.claims.claim(made.stage, "worker", task_token="token", until=now + 60, now=now)
        yield made
