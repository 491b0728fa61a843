"""The second reader between the check and the end of a run: rows, money, and runs that it never fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from aam.artifacts import errors
from aam.artifacts.confirm_meaning import confirm_meaning
from aam.artifacts.drafting import DRAFT
from aam.artifacts.schemas import READINGS, DraftArtifacts, DraftItem, DraftQuote, DraftSection
from aam.artifacts.steps import Checked, Finished, save_and_finish, verify_draft
from aam.foundation.settings import load
from aam.foundation.storage import ObjectStore
from aam.foundation.vendor_keys import VendorKeys
from aam.media.steps import look_at_upload
from aam.pipeline.errors import RunNotCurrent
from aam.pipeline.models import ProcessingRun, Stage
from aam.pipeline.schemas import RunInput
from aam.pipeline.steps import Step, perform
from aam.pipeline.tasks import Job, Task
from aam.pipeline.termination import fail_run
from aam.transcription.steps import keep_transcript
from aam.workflow.resume import resume
from aam.workflow.service import retry_meeting
from aam_fakes.openai import Fault, OpenAIFake
from aam_fakes.openai_replies import completion, failure
from aam_fakes.scripted_server import served
from tests.support.limiters import OpenLimiter
from tests.support.postgres import Database
from tests.support.rows import Scene, make_scene
from tests.support.steps import queued, step
from tests.support.store import BUCKET, moto_store

VTT = b"""WEBVTT

00:00:01.000 --> 00:00:04.000
<v Anna>After a long talk we move the release to Monday.

00:00:05.000 --> 00:00:08.000
<v Boris>The old server goes to the client after the move.
"""
SAID = (
    "After a long talk we move the release to Monday.",
    "The old server goes to the client after the move.",
)
TEXTS = ("The release is moved to Monday.", "After the move the client gets the old server.")
DRAFTED = DraftArtifacts(
    engine="openai",
    model="gpt-5-mini",
    prompt_version="minutes-v2",
    language="en",
    sections=(
        DraftSection(
            kind="topics",
            title="Topics",
            items=tuple(
                DraftItem(text=claim, quotes=(DraftQuote(quote=said, utterance_id=number),))
                for number, (claim, said) in enumerate(zip(TEXTS, SAID, strict=True), 1)
            ),
        ),
    ),
)
VERDICTS = {
    "verdicts": [
        {"item": 1, "reason": "", "verdict": "supported"},
        {"item": 2, "reason": "for a fee", "verdict": "not"},
    ]
}


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
        "EVIDENCE_READER_MODEL": "gpt-5-nano",
        "OPENAI_TIMEOUT_S": "60",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("aam.artifacts.confirm_meaning.vendor_keys", lambda: VendorKeys(openai=SecretStr("k")))
    load.cache_clear()
    with moto_store() as made:
        yield made
    load.cache_clear()


class Desk:
    """A run with a draft of two paraphrases, and what is done with it."""

    def __init__(self, database: Database, store: ObjectStore) -> None:
        self.database, self.store = database, store
        self.scene: Scene = make_scene(database)
        store.write(self.scene.key, VTT, content_type="text/vtt")
        self.run = queued(database, self.scene, size=len(VTT))
        perform(self.step(Stage.PROBE), look_at_upload)
        perform(self.step(Stage.TRANSCRIBE), keep_transcript)
        store.write(self.run.derived(DRAFT), DRAFTED.model_dump_json().encode(), content_type="application/json")

    def step(self, stage: Stage, **event: Any) -> Step:
        made = step(self.database, self.store, self.run, stage)
        return Step(**{**vars(made), "event": event})

    def check(self) -> bool:
        """Whether the second reader is to be asked."""
        checked = perform(self.step(Stage.VERIFY_EVIDENCE), verify_draft)
        assert isinstance(checked, Checked)
        return checked.asks

    def confirm(self) -> None:
        context = self.step(Stage.CONFIRM_MEANING).context()
        job = Job(task=Task(run=self.run, task_token="t"), context=context, store=self.store, limiter=OpenLimiter())
        assert confirm_meaning(job, time_left=lambda: 600.0).name == READINGS

    def finish(self, **failure: str) -> None:
        perform(self.step(Stage.FINISH, reading=failure), save_and_finish)

    def counts(self) -> tuple[object, ...]:
        (row,) = self.database.rows(
            "select supported_count, quoted_count, unsupported_count, document -> 'second_reader' ->> 'outcome' "
            "from artifacts order by version desc limit 1"
        )
        return row

    def column(self, name: str, table: str = "processing_runs") -> list[object]:
        return [value for (value,) in self.database.rows(f"select {name} from {table} order by created_at")]

    def retry(self, from_stage: Stage | None = None) -> None:
        """The next attempt, after it has taken over."""
        started: list[ProcessingRun] = []
        retry_meeting(
            meeting_id=self.scene.meeting_id,
            bucket=BUCKET,
            correlation_id="c",
            open_transaction=self.database.transaction,
            start_execution=started.append,
            require_readable=lambda _key: None,
            from_stage=from_stage,
        )
        (row,) = started
        self.run = RunInput.model_validate(
            {
                "run_id": row.id,
                "meeting_id": row.meeting_id,
                "organization_id": row.organization_id,
                "upload_id": row.upload_id,
                "correlation_id": row.correlation_id,
                "from_stage": row.from_stage,
                "takes_over": row.takes_over_id,
            }
        )
        self.began_at = perform(self.step(Stage.PROBE), resume).begins_at  # type: ignore[attr-defined]


@pytest.fixture
def desk(emptied_database: Database, store: ObjectStore) -> Desk:
    return Desk(emptied_database, store)


def test_what_the_second_reader_says_is_kept_booked_and_the_run_ends(desk: Desk, fake: OpenAIFake) -> None:
    fake.coming.append(completion(VERDICTS, model="gpt-5-nano"))
    assert desk.check()
    assert desk.column("stage") == ["confirm_meaning"], "claimed for the worker without a database"
    desk.confirm()
    desk.finish()
    assert desk.counts() == (1, 0, 1, "ok")
    ((document,),) = desk.database.rows("select document from artifacts")
    assert isinstance(document, dict)
    (section,) = document["sections"]
    (refused,) = section["unsupported"]
    assert refused["problems"] == [{"code": "meaning_differs", "field": None, "about": "for a fee"}]
    assert document["second_reader"] == {"outcome": "ok", "model": "gpt-5-nano", "prompt_version": "reader-v1"}
    assert desk.database.rows("select purpose, outcome, is_final, model, prompt_version from llm_interactions") == [
        ("read", "ok", True, "gpt-5-nano", "reader-v1")
    ]
    assert desk.database.rows("select vendor, model from cost_entries where kind = 'actual'") == [
        ("openai", "gpt-5-nano")
    ]
    assert desk.column("status") == ["succeeded"]
    assert desk.column("status", "meetings") == ["review"]
    assert desk.column("code", "processing_errors") == []


def test_the_reader_is_estimated_by_a_model_of_its_own(desk: Desk) -> None:
    rows = desk.database.rows("select model, amount_usd from cost_entries where kind = 'estimate' order by model")
    assert [model for model, _ in rows] == ["gpt-5-mini", "gpt-5-nano"]
    assert all(isinstance(amount, Decimal) and amount > 0 for _, amount in rows)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [("ModelRateLimited", "model_rate_limited"), ("States.Timeout", "timed_out"), ("WorkerDied", "worker_died")],
)
def test_a_reader_that_could_not_be_asked_fails_nothing_and_the_run_says_why(
    desk: Desk, error: str, outcome: str
) -> None:
    assert desk.check()
    desk.finish(Error=error, Cause="no matter")
    assert desk.counts() == (0, 2, 0, outcome)
    assert desk.column("status") == ["succeeded"]
    rows = desk.database.rows("select stage, code, message, is_read from processing_errors")
    ((stage, code, message, is_read),) = rows
    assert (stage, code, is_read) == ("confirm_meaning", "second_reader_failed", True)
    assert f"({outcome})" in str(message)
    assert "confirm_meaning" in str(message)


def test_a_refusal_leaves_items_quoted_and_is_paid_and_said(desk: Desk, fake: OpenAIFake) -> None:
    fake.coming.append(Fault.REFUSAL)
    assert desk.check()
    desk.confirm()
    desk.finish()
    assert desk.counts() == (0, 2, 0, "model_refused")
    assert desk.column("code", "processing_errors") == ["second_reader_failed"]
    assert desk.column("outcome", "llm_interactions") == ["model_refused"]


def test_a_budget_that_no_longer_holds_leaves_the_reader_out(desk: Desk, fake: OpenAIFake) -> None:
    with desk.database.transaction() as session:
        session.execute(text("update organizations set monthly_budget_usd = 0.000001"))
    assert not desk.check()
    assert desk.column("stage") == ["verify_evidence"]
    desk.finish()
    assert desk.counts() == (0, 2, 0, "budget_exceeded")
    assert desk.column("code", "processing_errors") == ["second_reader_failed"]
    assert fake.asked == []


@pytest.mark.parametrize(
    ("reader", "engine"), [("off", "openai"), ("auto", "extractive")], ids=["turned off", "no model wrote"]
)
def test_where_no_reader_is_wanted_nothing_is_asked_or_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, reader: str, engine: str
) -> None:
    monkeypatch.setenv("EVIDENCE_READER", reader)
    load.cache_clear()
    draft = DRAFTED.model_copy(update={"engine": engine})
    desk.store.write(desk.run.derived(DRAFT), draft.model_dump_json().encode(), content_type="application/json")
    assert not desk.check()
    desk.finish()
    assert desk.counts() == (0, 2, 0, None)
    assert desk.column("code", "processing_errors") == []


def test_a_retry_after_the_reader_failed_pays_for_no_answer_twice(desk: Desk, fake: OpenAIFake) -> None:
    fake.coming.append(completion(VERDICTS))
    assert desk.check()
    desk.confirm()
    first = desk.run
    desk.store.delete(first.derived(READINGS))  # as if the worker had died before it could store them
    fail_run(
        run_id=first.run_id,
        error_name="",
        cause="",
        open_transaction=desk.database.transaction,
        now=desk.step(Stage.FINISH).clock(),
    )
    desk.retry()
    assert desk.began_at == "verify_evidence", "what is asked about is checked anew, which costs nothing"
    assert desk.column("from_stage") == ["probe", "confirm_meaning"]
    estimated = f"select model from cost_entries where kind = 'estimate' and run_id = '{desk.run.run_id}'"
    assert desk.database.rows(estimated) == [("gpt-5-nano",)], "only what is still to be paid is reserved"
    assert desk.check()
    desk.confirm()
    desk.finish()
    assert desk.counts() == (1, 0, 1, "ok")
    assert len(fake.asked) == 1


def test_a_run_that_fell_at_its_end_keeps_what_the_reader_said(desk: Desk, fake: OpenAIFake) -> None:
    fake.coming.append(completion(VERDICTS))
    assert desk.check()
    desk.confirm()
    with desk.database.transaction() as session:
        session.execute(text("update processing_runs set status = 'failed', stage = 'finish'"))
    desk.retry()
    assert desk.began_at == "finish"
    desk.finish()
    assert desk.counts() == (1, 0, 1, "ok")
    assert len(fake.asked) == 1


def test_who_asks_for_the_stage_on_purpose_has_it_done_anew(desk: Desk, fake: OpenAIFake) -> None:
    fake.coming.extend([completion(VERDICTS), completion({"verdicts": []})])
    assert desk.check()
    desk.confirm()
    desk.finish()
    desk.retry(Stage.CONFIRM_MEANING)
    assert desk.check()
    desk.confirm()
    desk.finish()
    assert desk.counts() == (0, 2, 0, "ok")
    assert len(fake.asked) == 2
    assert desk.column("version", "artifacts") == [1, 2]


def test_a_fault_that_passes_is_left_to_the_worker(desk: Desk, fake: OpenAIFake) -> None:
    fake.coming.extend([failure(503), completion(VERDICTS)])
    assert desk.check()
    with pytest.raises(errors.ModelUnavailable):
        desk.confirm()
    desk.confirm()
    desk.finish()
    assert desk.counts() == (1, 0, 1, "ok")
    shown = [json.loads(asked.body)["messages"][1]["content"] for asked in fake.asked]
    assert shown[0] == shown[1]


def test_a_run_that_was_cancelled_meanwhile_keeps_nothing(desk: Desk, fake: OpenAIFake) -> None:
    fake.coming.append(completion(VERDICTS))
    assert desk.check()
    desk.confirm()

    def overtaken(late: Step) -> Finished:
        with desk.database.transaction() as session:
            session.execute(text("update processing_runs set status = 'cancelled'"))
        return save_and_finish(late)

    with pytest.raises(RunNotCurrent):
        perform(desk.step(Stage.FINISH, reading={"Error": "WorkerDied"}), overtaken)
    for table in ("artifacts", "llm_interactions", "processing_errors"):
        assert desk.database.rows(f"select count(*) from {table}") == [(0,)]
    assert desk.column("status") == ["cancelled"]


@pytest.mark.parametrize("budget", [None, 1000])
def test_few_statements_are_sent_for_the_reader(desk: Desk, fake: OpenAIFake, budget: int | None) -> None:
    fake.coming.append(completion(VERDICTS))
    with desk.database.transaction() as session:
        session.execute(text("update organizations set monthly_budget_usd = :budget"), {"budget": budget})
    desk.database.statements.clear()
    assert desk.check()
    desk.confirm()
    desk.finish()
    assert len(desk.database.statements) == 8
