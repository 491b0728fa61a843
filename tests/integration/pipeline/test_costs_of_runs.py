"""What the steps reserve before and book after, for runs that succeed and for runs that fail."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from aam.artifacts.drafting import draft_artifacts
from aam.artifacts.recorded_calls import RecordedCalls
from aam.artifacts.repository import keep_interactions_of_failed_run
from aam.artifacts.steps import save_and_finish, verify_draft
from aam.foundation.settings import load
from aam.foundation.storage import ObjectStore
from aam.pipeline.models import Stage
from aam.pipeline.steps import perform
from aam.pipeline.tasks import Job, Task
from aam.transcription.charges import charge_failed_transcription
from aam.transcription.steps import keep_transcript
from aam.transcription.usage_records import store_reply, store_request
from aam_fakes.deepgram import listen_reply
from tests.support.limiters import OpenLimiter
from tests.support.paid_runs import (
    CALL,
    CALL_USD,
    FACTS,
    as_recording,
    begun,
    booked,
    heard_by_deepgram,
)
from tests.support.postgres import Database
from tests.support.rows import Scene, make_scene
from tests.support.steps import step


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
    job = Job(task=Task(run=run, task_token="t"), context=context, store=store, limiter=OpenLimiter())
    draft_artifacts(job, time_left=lambda: 600.0)
    for call in (CALL, CALL.model_copy(update={"model": "somebody's own"})):
        RecordedCalls(store, run).note(call, digest=None)
    for _ in range(2):
        perform(step(database, store, run, Stage.VERIFY_EVIDENCE), verify_draft)
    perform(step(database, store, run, Stage.FINISH), save_and_finish)
    assert booked(database, "actual") == [
        ("openai", "gpt-5-mini", CALL_USD, True, True),
        ("openai", "somebody's own", None, True, True),
    ]
    assert database.rows("select cost_usd from llm_interactions order by ordinal") == [(CALL_USD,), (None,)]


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


@pytest.mark.parametrize(
    ("stand_ins", "label"), [("true", "made up by a stand-in of the speech service"), ("false", None)]
)
def test_transcript_of_a_stand_in_says_that_it_is_made_up(
    database: Database,
    store: ObjectStore,
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
    stand_ins: str,
    label: str | None,
) -> None:
    monkeypatch.setenv("STAND_INS", stand_ins)
    load.cache_clear()
    run, _ = begun(database, store, scene)
    as_recording(store, run)
    heard_by_deepgram(store, run, channels=1, seconds=90.0)
    perform(step(database, store, run, Stage.TRANSCRIBE), keep_transcript)
    assert database.rows("select label from transcripts") == [(label,)]


def test_what_a_failed_run_has_spent_is_booked_too_and_only_once(
    database: Database, store: ObjectStore, scene: Scene
) -> None:
    run, _ = begun(database, store, scene)
    as_recording(store, run)
    heard_by_deepgram(store, run, channels=1)
    RecordedCalls(store, run).note(CALL.model_copy(update={"outcome": "model_reply_mismatch"}), digest=None)
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
    store_request(store, run, "only", model="nova-3")
    if reply is not None:
        store_reply(store, run, "only", json.dumps(reply).encode(), model="nova-3")
    with database.transaction() as session:
        charge_failed_transcription(session, run=run, store=store, now=datetime.now(UTC))
    wanted = [] if amount is None else [(Decimal(amount), partial)]
    assert database.rows("select amount_usd, partial from cost_entries where kind = 'actual'") == wanted


def test_two_submissions_are_paid_twice(database: Database, store: ObjectStore, scene: Scene) -> None:
    run, _ = begun(database, store, scene)
    as_recording(store, run)
    heard_by_deepgram(store, run, channels=1)
    store_request(store, run, "second", model="nova-3")
    for _ in range(2):
        perform(step(database, store, run, Stage.TRANSCRIBE), keep_transcript)
    assert database.rows("select amount_usd, partial from cost_entries where kind = 'actual'") == [
        (Decimal("0.014000"), True)
    ]
