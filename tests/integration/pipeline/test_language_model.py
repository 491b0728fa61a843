"""From a transcript in the store to rows: the worker of artifacts with a language model, and the step after it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from aam.artifacts import drafting, errors
from aam.artifacts.drafting import draft_artifacts
from aam.artifacts.repository import keep_interactions_of_failed_run
from aam.artifacts.steps import save_and_finish, verify_draft
from aam.foundation.settings import load
from aam.foundation.storage import ObjectStore
from aam.foundation.vendor_keys import VendorKeys
from aam.media.steps import look_at_upload
from aam.pipeline.models import Stage
from aam.pipeline.schemas import RunInput
from aam.pipeline.steps import perform
from aam.pipeline.tasks import Job, Task
from aam.transcription.steps import keep_transcript
from aam.vendor_limits.errors import VendorBusy
from aam_fakes.openai import Fault, OpenAIFake
from aam_fakes.openai_replies import failure
from aam_fakes.scripted_server import served
from tests.support.limiters import OpenLimiter
from tests.support.minutes import long_meeting
from tests.support.postgres import Database
from tests.support.rows import make_scene
from tests.support.steps import queued, step
from tests.support.store import moto_store

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TALK = "\n\n".join(f"{u.speaker.replace('Speaker', 'Person')}: {u.text}" for u in long_meeting(8).utterances).encode()
CALLS = "select purpose, outcome, is_final, model, prompt_version from llm_interactions order by ordinal"


@pytest.fixture
def fake() -> Iterator[OpenAIFake]:
    with served(OpenAIFake()) as running:
        yield running
        assert not running.objections


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, fake: OpenAIFake) -> Iterator[ObjectStore]:
    for name, value in {
        "STATE_MACHINE_ARN": "arn:aws:states:us-east-1:000000000000:stateMachine:aam",
        "TRANSCRIPTION_ENGINE": "pocketsphinx",
        "DEEPGRAM_MODEL": "none",
        "ARTIFACTS_ENGINE": "openai",
        "OPENAI_BASE_URL": f"{fake.url}/v1",
        "OPENAI_MODEL": "gpt-5-mini",
        "OPENAI_WINDOW_SIZE": "700",
        "OPENAI_TIMEOUT_S": "60",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(drafting, "vendor_keys", lambda: VendorKeys(openai=SecretStr("k")))
    load.cache_clear()
    with moto_store() as made:
        yield made
    load.cache_clear()


@pytest.fixture
def run(database: Database, store: ObjectStore) -> RunInput:
    scene = make_scene(database, filename="talk.txt")
    with database.transaction() as session:
        session.execute(text("update meetings set summary_language = 'uk'"))
    store.write(scene.key, TALK, content_type="text/plain")
    return queued(database, scene, size=len(TALK))


def transcribed(database: Database, store: ObjectStore, run: RunInput) -> Job:
    perform(step(database, store, run, Stage.PROBE), look_at_upload)
    done = step(database, store, run, Stage.TRANSCRIBE)
    perform(done, keep_transcript)
    return Job(task=Task(run=run, task_token="t"), context=done.context(), store=store, limiter=OpenLimiter())


def test_every_call_becomes_a_row_and_those_that_count_are_final(
    database: Database, store: ObjectStore, run: RunInput, fake: OpenAIFake
) -> None:
    job = transcribed(database, store, run)
    fake.coming.extend([failure(503), Fault.OTHER_FORM])
    with pytest.raises(errors.ModelUnavailable):
        draft_artifacts(job, time_left=lambda: 600.0)
    with pytest.raises(VendorBusy):
        draft_artifacts(job, time_left=lambda: 79.0)
    assert draft_artifacts(job, time_left=lambda: 600.0).name == "draft.json"
    perform(step(database, store, run, Stage.VERIFY_EVIDENCE), verify_draft)
    perform(step(database, store, run, Stage.FINISH), save_and_finish)
    rows = database.rows(CALLS)
    assert rows[0] == ("map", "model_unavailable", False, "gpt-5-mini", "minutes-v2")
    assert rows[1] == ("map", "model_reply_mismatch", False, "gpt-5-mini", "minutes-v2")
    assert rows[2] == ("repair", "ok", True, "gpt-5-mini", "minutes-v2")
    assert list(dict.fromkeys(rows[3:])) == [
        ("map", "ok", True, "gpt-5-mini", "minutes-v2"),
        ("reduce", "ok", True, "gpt-5-mini", "merge-v1"),
    ]
    assert len(rows) == len(fake.asked) > 5
    assert database.rows("select count(*) from llm_interactions where input_tokens > 0 and request_id = 'req_1'") == [
        (len(rows) - 1,)
    ]
    unpriced = database.rows("select outcome from llm_interactions where cost_usd is null")
    assert unpriced == [("model_unavailable",)], "nobody knows whether that was paid"
    assert database.rows("select engine, language, prompt_version, label from artifacts") == [
        ("openai", "uk", "minutes-v2", None)
    ]
    systems = {json.loads(asked.body)["messages"][0]["content"] for asked in fake.asked}
    assert sorted(system.endswith("Language of the texts: uk") for system in systems) == [False, True]
    for private in ("talk.txt", "Globex", "gpt-key"):
        assert not any(private.encode() in asked.body for asked in fake.asked)


def test_minutes_of_a_stand_in_say_that_they_are_made_up(
    database: Database, store: ObjectStore, run: RunInput, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = transcribed(database, store, run)
    monkeypatch.setenv("STAND_INS", "true")
    load.cache_clear()
    draft_artifacts(job, time_left=lambda: 600.0)
    perform(step(database, store, run, Stage.VERIFY_EVIDENCE), verify_draft)
    perform(step(database, store, run, Stage.FINISH), save_and_finish)
    assert database.rows("select label from artifacts") == [("made up by a stand-in of the language model",)]


def test_a_quota_that_is_used_up_ends_the_run_at_once_with_its_calls(
    database: Database, store: ObjectStore, run: RunInput, fake: OpenAIFake
) -> None:
    job = transcribed(database, store, run)
    fake.script = [failure(429, "insufficient_quota", **{"retry-after": "1"})]
    with pytest.raises(errors.ModelQuotaExhausted) as caught:
        draft_artifacts(job, time_left=lambda: 600.0)
    assert not caught.value.retryable
    with database.transaction() as session:
        keep_interactions_of_failed_run(session, run=run, store=store, now=NOW)
    assert database.rows(CALLS) == [("map", "model_quota_exhausted", False, "gpt-5-mini", "minutes-v2")]
