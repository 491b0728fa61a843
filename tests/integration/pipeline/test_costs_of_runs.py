"""What the steps reserve before and book after, for runs that succeed and for runs that fail."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from aam.artifacts.drafting import draft_artifacts
from aam.artifacts.records import Records
from aam.artifacts.saving import keep_interactions_of_failed_run
from aam.artifacts.schemas import Interaction
from aam.artifacts.settling import settle_ended_runs, settled_after
from aam.artifacts.steps import verify_draft
from aam.foundation.settings import load
from aam.foundation.storage import ObjectStore, StorageUnavailable
from aam.media.schemas import AudioFormat, AudioOutput, ExtractedAudio, MediaFacts
from aam.media.steps import Probed, look_at_upload
from aam.pipeline.models import Stage
from aam.pipeline.schemas import RunInput
from aam.pipeline.start import ReceivedObject, start_from_notification
from aam.pipeline.steps import Step, perform
from aam.pipeline.tasks import Job, Task
from aam.transcription.bills import keep_asked, keep_said
from aam.transcription.charging import charge_failed_transcription
from aam.transcription.prepared import PreparedAudio
from aam.transcription.steps import keep_transcript
from aam_fakes.deepgram import listen_reply
from tests.support.gates import OpenGate
from tests.support.postgres import Database
from tests.support.rows import Scene, make_scene
from tests.support.store import BUCKET, moto_store

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


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStore]:
    for name, value in {
        "STATE_MACHINE_ARN": "arn:aws:states:us-east-1:000000000000:stateMachine:aam",
        "TRANSCRIPTION_ENGINE": "pocketsphinx",
        "DEEPGRAM_MODEL": "nova-3",
        "ARTIFACTS_ENGINE": "openai",
        "OPENAI_MODEL": "gpt-5-mini",
        "OPENAI_BASE_URL": "http://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(name, value)
    load.cache_clear()
    with moto_store() as made:
        yield made
    load.cache_clear()


@pytest.fixture
def scene(database: Database, store: ObjectStore) -> Scene:
    made = make_scene(database)
    store.write(made.key, VTT, content_type="text/vtt")
    return made


def begun(database: Database, store: ObjectStore, scene: Scene) -> tuple[RunInput, Probed]:
    """A run after its first step."""
    run_id = start_from_notification(
        ReceivedObject(bucket=BUCKET, key=scene.key, size=len(VTT), etag="e"),
        correlation_id="c",
        open_transaction=database.transaction,
        start_execution=lambda _run: None,
        delete_object=lambda _key: None,
        now=datetime.now(UTC),
    )
    assert run_id is not None
    run = RunInput(
        run_id=run_id,
        meeting_id=scene.meeting_id,
        organization_id=scene.organization_id,
        upload_id=scene.upload_id,
        correlation_id="c",
    )
    probed = perform(step(database, store, run, Stage.PROBE), look_at_upload)
    assert isinstance(probed, Probed)
    return run, probed


def step(database: Database, store: ObjectStore, run: RunInput, stage: Stage) -> Step:
    return Step(
        run=run,
        stage=stage,
        event={},
        open_store=lambda: store,
        open_transaction=database.transaction,
        open_statements=database.transaction,
        clock=lambda: datetime.now(UTC),
    )


def booked(database: Database, kind: str) -> list[tuple[object, ...]]:
    return database.rows(
        "select vendor, model, amount_usd, client_id is not null, user_id is not null from cost_entries"
        f" where kind = '{kind}' order by vendor, model"
    )


def test_the_first_step_estimates_and_lets_pass(database: Database, store: ObjectStore, scene: Scene) -> None:
    _run, probed = begun(database, store, scene)
    assert (probed.kind, probed.admitted) == ("transcript", True)
    ((vendor, model, amount, *whose),) = booked(database, "estimate")
    assert (vendor, model, whose) == ("openai", "gpt-5-mini", [True, True])
    assert isinstance(amount, Decimal)
    assert amount > Decimal("0.01")


def test_the_first_step_lets_a_run_wait_and_says_so(database: Database, store: ObjectStore, scene: Scene) -> None:
    with database.transaction() as session:
        session.execute(text("update organizations set monthly_budget_usd = 0.001"))
    _run, probed = begun(database, store, scene)
    assert not probed.admitted
    assert database.rows("select status, waiting_reason from processing_runs") == [("queued", "budget_exceeded")]
    assert database.rows("select status from meetings") == [("queued",)]
    assert database.rows("select count(*) from processing_errors") == [(0,)]


@pytest.mark.parametrize(("channels", "speakers", "paid"), [(1, None, 1), (2, None, 2), (2, False, 1), (6, None, 1)])
def test_a_recording_is_estimated_by_its_own_duration_and_channels(
    database: Database,
    store: ObjectStore,
    monkeypatch: pytest.MonkeyPatch,
    channels: int,
    speakers: bool | None,
    paid: int,
) -> None:
    scene = make_scene(database, filename="talk.mp4")
    with database.transaction() as session:
        session.execute(text("update meetings set channels_are_speakers = :speakers"), {"speakers": speakers})
    facts = FACTS.model_copy(update={"channels": channels, "declared_duration_ms": 600_000})
    monkeypatch.setattr("aam.media.steps.probe", lambda _url: facts)
    monkeypatch.setenv("TRANSCRIPTION_ENGINE", "deepgram")
    load.cache_clear()
    _run, probed = begun(database, store, scene)
    assert (probed.kind, probed.admitted) == ("recording", True)
    heard, _written = booked(database, "estimate")
    assert heard[:3] == ("deepgram", "nova-3", paid * Decimal("0.056000"))


def test_a_finished_draft_is_booked_by_its_calls_and_only_once(
    database: Database, store: ObjectStore, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, _ = begun(database, store, scene)
    perform(step(database, store, run, Stage.TRANSCRIBE), keep_transcript)
    assert booked(database, "actual") == [], "a brought transcript was paid by nobody"
    context = step(database, store, run, Stage.VERIFY_EVIDENCE).context()
    monkeypatch.setenv("ARTIFACTS_ENGINE", "extractive")
    load.cache_clear()
    job = Job(task=Task(run=run, task_token="t"), context=context, store=store, gate=OpenGate())
    draft_artifacts(job, time_left=lambda: 600.0)
    for call in (CALL, CALL.model_copy(update={"model": "somebody's own"})):
        Records(store, run).note(call, digest=None)
    for _ in range(2):
        perform(step(database, store, run, Stage.VERIFY_EVIDENCE), verify_draft)
    assert booked(database, "actual") == [
        ("openai", "gpt-5-mini", CALL_USD, True, True),
        ("openai", "somebody's own", None, True, True),
    ]
    assert database.rows("select cost_usd from llm_interactions order by ordinal") == [(CALL_USD,), (None,)]


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
    """What the extraction and the worker leave of a recording."""
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
    keep_said(store, run, "first", json.dumps(reply).encode(), model="nova-3")


def as_recording(store: ObjectStore, run: RunInput) -> None:
    """Have the run's context speak of a recording, whose bytes nobody needs any more."""
    context = json.loads(store.read(run.derived("context.json")))
    context["upload"]["filename"] = "talk.mp4"
    store.write(run.derived("context.json"), json.dumps(context).encode(), content_type="application/json")


@pytest.mark.parametrize(
    ("channels", "seconds", "amount"), [(1, 90.0, "0.008400"), (2, 90.0, "0.016800"), (1, None, "0.005600")]
)
def test_recognition_is_booked_by_the_seconds_of_the_reply_and_the_channels(
    database: Database, store: ObjectStore, scene: Scene, channels: int, seconds: float | None, amount: str
) -> None:
    run, _ = begun(database, store, scene)
    as_recording(store, run)
    heard_by_deepgram(store, run, channels=channels, seconds=seconds)
    for _ in range(2):
        perform(step(database, store, run, Stage.TRANSCRIBE), keep_transcript)
    assert booked(database, "actual") == [("deepgram", "nova-3", Decimal(amount), True, True)]


def test_what_a_failed_run_has_spent_is_booked_too_and_only_once(
    database: Database, store: ObjectStore, scene: Scene
) -> None:
    run, _ = begun(database, store, scene)
    as_recording(store, run)
    heard_by_deepgram(store, run, channels=1)
    Records(store, run).note(CALL.model_copy(update={"outcome": "model_reply_mismatch"}), digest=None)
    for _ in range(2):
        with database.transaction() as session:
            charge_failed_transcription(session, run=run, store=store, now=datetime.now(UTC))
            keep_interactions_of_failed_run(session, run=run, store=store, now=datetime.now(UTC))
    assert booked(database, "actual") == [
        ("deepgram", "nova-3", Decimal("0.008400"), True, True),
        ("openai", "gpt-5-mini", CALL_USD, True, True),
    ]


def test_a_run_that_failed_before_anything_was_paid_costs_nothing(
    database: Database, store: ObjectStore, scene: Scene
) -> None:
    run, _ = begun(database, store, scene)
    with database.transaction() as session:
        charge_failed_transcription(session, run=run, store=store, now=datetime.now(UTC))
        gone = run.model_copy(update={"run_id": scene.upload_id})
        charge_failed_transcription(session, run=gone, store=store, now=datetime.now(UTC))
    assert booked(database, "actual") == []


def end(database: Database, how: str, *, ago: str = "1 hour") -> None:
    with database.transaction() as session:
        session.execute(text(f"update processing_runs set status = '{how}', finished_at = now() - interval '{ago}'"))


def settle(database: Database, store: ObjectStore) -> int:
    return settle_ended_runs(
        open_transaction=database.transaction, store=store, wait=timedelta(minutes=30), now=datetime.now(UTC)
    )


@pytest.mark.parametrize("how", ["cancelled", "failed"])
def test_what_a_run_spent_that_ended_unheard_is_booked_later_and_once(
    database: Database, store: ObjectStore, scene: Scene, how: str
) -> None:
    run, _ = begun(database, store, scene)
    as_recording(store, run)
    heard_by_deepgram(store, run, channels=1)
    assert settle(database, store) == 0, "it is under way"
    end(database, how, ago="10 minutes")
    assert settle(database, store) == 0, "its worker may still be at it"
    end(database, how)
    assert settle(database, store) == 1
    assert booked(database, "actual") == [
        ("deepgram", "nova-3", Decimal("0.008400"), True, True),
        ("openai", "gpt-5-mini", Decimal(0), True, True),
    ]
    assert settle(database, store) == 0


def test_a_run_whose_objects_are_gone_has_cost_nothing_that_is_known(
    database: Database, store: ObjectStore, scene: Scene
) -> None:
    run, _ = begun(database, store, scene)
    store.delete(run.derived("context.json"))
    end(database, "failed")
    assert settle(database, store) == 1
    assert booked(database, "actual") == [("openai", "gpt-5-mini", Decimal(0), True, True)]


def test_a_run_that_succeeded_is_settled(database: Database, store: ObjectStore, scene: Scene) -> None:
    begun(database, store, scene)
    end(database, "succeeded")
    assert settle(database, store) == 0


@pytest.mark.parametrize(
    "reported",
    [
        {"input_tokens": -5},
        {"output_tokens": 10**15},
        {"model": "a\0b"},
        {"response": "abc\0def", "prompt": "p\0q", "request_id": "r\0"},
        {"cached_tokens": 2**40, "input_tokens": 2**40},
    ],
)
def test_an_absurd_report_is_kept_as_far_as_it_can_be_and_stops_nobody(
    database: Database, store: ObjectStore, scene: Scene, reported: dict[str, Any]
) -> None:
    run, _ = begun(database, store, scene)
    noted = {**json.loads(CALL.model_dump_json()), **reported}
    store.write(run.derived("interactions/1.json"), json.dumps(noted).encode(), content_type="application/json")
    end(database, "failed")
    with database.transaction() as session:
        keep_interactions_of_failed_run(session, run=run, store=store, now=datetime.now(UTC))
    assert database.rows("select count(*) from llm_interactions") == [(1,)]
    assert database.rows("select count(*) from cost_entries where kind = 'actual'") == [(1,)]


def test_absurd_seconds_count_as_the_recordings_own(database: Database, store: ObjectStore, scene: Scene) -> None:
    run, _ = begun(database, store, scene)
    as_recording(store, run)
    heard_by_deepgram(store, run, channels=1, seconds=1e12)
    end(database, "failed")
    assert settle(database, store) == 1
    assert booked(database, "actual")[0] == ("deepgram", "nova-3", Decimal("0.005600"), True, True)


def test_a_run_that_cannot_be_settled_is_booked_as_estimated_and_holds_up_no_other(
    database: Database, store: ObjectStore, scene: Scene
) -> None:
    run, _ = begun(database, store, scene)
    ((_, _, estimate, *_),) = booked(database, "estimate")
    store.write(run.derived("interactions/1.json"), b"no record", content_type="application/json")
    end(database, "failed", ago="2 hours")
    other = make_scene(database)
    store.write(other.key, VTT, content_type="text/vtt")
    begun(database, store, other)
    with database.transaction() as session:
        session.execute(
            text(
                "update processing_runs set status = 'cancelled', finished_at = now() - interval '1 hour'"
                " where status = 'running'"
            )
        )
    assert settle(database, store) == 2
    assert database.rows("select amount_usd, partial from cost_entries where kind = 'actual' order by amount_usd") == [
        (Decimal(0), False),
        (estimate, True),
    ]
    assert settle(database, store) == 0


@pytest.mark.parametrize(("ago", "settled"), [("2 hours", 0), ("25 hours", 1)])
def test_a_passing_fault_is_tried_again_for_a_day(
    database: Database,
    store: ObjectStore,
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
    ago: str,
    settled: int,
) -> None:
    begun(database, store, scene)
    end(database, "failed", ago=ago)

    def silent(_key: str) -> bytes:
        raise StorageUnavailable

    monkeypatch.setattr(store, "read", silent)
    assert settle(database, store) == settled
    assert len(booked(database, "actual")) == settled


def test_the_longest_callback_is_waited_for() -> None:
    assert settled_after(60) == timedelta(minutes=30)
    assert settled_after(3600) > timedelta(hours=1)


@pytest.mark.parametrize(
    ("reply", "amount", "partial"),
    [
        (listen_reply(duration_s=90), "0.008400", False),
        (listen_reply(duration_s=3), "0.000280", False),
        ({"hello": "world"}, "0.005600", True),
        (None, "0.005600", True),
        ({"err_code": "ASR_PAYMENT_REQUIRED", "err_msg": "no"}, None, None),
    ],
)
def test_a_reply_that_was_of_no_use_is_paid_all_the_same(
    database: Database,
    store: ObjectStore,
    scene: Scene,
    reply: dict[str, Any] | None,
    amount: str | None,
    partial: bool | None,
) -> None:
    run, _ = begun(database, store, scene)
    as_recording(store, run)
    heard_by_deepgram(store, run, channels=1)
    for name in ("deepgram.json", "bills/first_said.json"):
        store.delete(run.derived(name))
    keep_asked(store, run, "only", model="nova-3")
    if reply is not None:
        keep_said(store, run, "only", json.dumps(reply).encode(), model="nova-3")
    with database.transaction() as session:
        charge_failed_transcription(session, run=run, store=store, now=datetime.now(UTC))
    wanted = [] if amount is None else [(Decimal(amount), partial)]
    assert database.rows("select amount_usd, partial from cost_entries where kind = 'actual'") == wanted


def test_two_submissions_are_paid_twice(database: Database, store: ObjectStore, scene: Scene) -> None:
    run, _ = begun(database, store, scene)
    as_recording(store, run)
    heard_by_deepgram(store, run, channels=1)
    keep_asked(store, run, "second", model="nova-3")
    for _ in range(2):
        perform(step(database, store, run, Stage.TRANSCRIBE), keep_transcript)
    assert database.rows("select amount_usd, partial from cost_entries where kind = 'actual'") == [
        (Decimal("0.014000"), True)
    ]
