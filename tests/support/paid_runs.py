"""Runs with what their steps and vendors leave behind, as far as money is concerned."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from aam.artifacts.schemas import Interaction
from aam.foundation.storage import ObjectStore
from aam.media.schemas import AudioFormat, AudioOutput, ExtractedAudio, MediaFacts
from aam.media.steps import Probed, look_at_upload
from aam.pipeline.models import Stage
from aam.pipeline.schemas import RunInput
from aam.pipeline.steps import perform
from aam.transcription.prepared_audio import PreparedAudio
from aam.transcription.usage_records import store_reply
from aam.workflow.settlement import settle_ended_runs
from aam_fakes.deepgram import listen_reply
from tests.support.postgres import Database
from tests.support.rows import Scene
from tests.support.steps import queued, step

VTT = b"WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v Anna>We decided to move the release to Monday.\n"
CALL = Interaction(
    engine="openai",
    model="gpt-5-mini-2025-08-07",
    prompt_version="1",
    attempt=1,
    outcome="ok",
    duration_ms=5,
    input_tokens=10_000,
    cached_tokens=4_000,
    output_tokens=2_000,
    prompt="p",
    response="{}",
)
CALL_USD = Decimal("0.005600")
"""6,000 fresh and 4,000 cached tokens of input, 2,000 of output."""


def begun(database: Database, store: ObjectStore, scene: Scene) -> tuple[RunInput, Probed]:
    """Return a run after its first step."""
    run = queued(database, scene, size=len(VTT))
    probed = perform(step(database, store, run, Stage.PROBE), look_at_upload)
    assert isinstance(probed, Probed)
    return run, probed


def booked(database: Database, kind: str) -> list[tuple[object, ...]]:
    return database.rows(
        "select vendor, model, amount_usd, client_id is not null, user_id is not null from cost_entries"
        f" where kind = '{kind}' order by vendor, model"
    )


FACTS = MediaFacts(
    container="mov",
    audio_codec="aac",
    video_codec=None,
    declared_duration_ms=60_000,
    channels=2,
    sample_rate=48_000,
    has_video=False,
    size_bytes=1_000,
)


def heard_by_deepgram(store: ObjectStore, run: RunInput, *, channels: int, seconds: float | None = 90.0) -> None:
    """Store the results of extraction and of the worker for a recording."""
    output = AudioOutput(
        key=run.derived("audio.ogg"), channel=None, channels=channels, duration_ms=60_000, size_bytes=1, silent=False
    )
    prepared = PreparedAudio(
        engine="deepgram",
        audio=ExtractedAudio(
            facts=FACTS,
            audio_format=AudioFormat.OPUS,
            outputs=(output,),
            duration_ms=60_000,
            peak_dbfs=-3,
            rms_dbfs=-20,
            correlation=None,
            channels_are_speakers=channels > 1,
            damaged_packets=0,
        ),
    )
    reply: dict[str, Any] = listen_reply((0, 0.1, 2.1, "We decided to move the release to Monday."))
    reply["metadata"]["duration"] = seconds
    if seconds is None:
        del reply["metadata"]["duration"]
    for name, body in {"prepared.json": prepared.model_dump_json(), "deepgram.json": json.dumps(reply)}.items():
        store.write(run.derived(name), body.encode(), content_type="application/json")
    store_reply(store, run, "first", json.dumps(reply).encode(), model="nova-3")


def as_recording(store: ObjectStore, run: RunInput) -> None:
    """Make the run's context a recording's, whose bytes are no longer needed."""
    context = json.loads(store.read(run.derived("context.json")))
    context["upload"]["filename"] = "talk.mp4"
    context["upload"]["kind"] = "recording"
    store.write(run.derived("context.json"), json.dumps(context).encode(), content_type="application/json")


def end(database: Database, how: str, *, ago: str = "1 hour") -> None:
    with database.transaction() as session:
        session.execute(text(f"update processing_runs set status = '{how}', finished_at = now() - interval '{ago}'"))


def settle(database: Database, store: ObjectStore) -> int:
    return settle_ended_runs(
        open_transaction=database.transaction, store=store, wait=timedelta(minutes=30), now=datetime.now(UTC)
    )
