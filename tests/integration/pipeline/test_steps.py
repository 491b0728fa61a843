"""Steps persist once, fail with a reason, and are harmless when they come twice or late."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.event import listen

from aam.artifacts.drafting import draft_artifacts
from aam.artifacts.recorded_calls import RecordedCalls
from aam.artifacts.repository import keep_interactions_of_failed_run
from aam.artifacts.schemas import Interaction
from aam.artifacts.steps import save_and_finish, verify_draft
from aam.foundation.errors import Unprocessable
from aam.foundation.storage import ObjectStore, StorageUnavailable
from aam.media.steps import look_at_upload
from aam.meetings.models import MeetingParticipant
from aam.pipeline.errors import RunNotCurrent, StepFailed
from aam.pipeline.models import Stage
from aam.pipeline.schemas import RunInput
from aam.pipeline.steps import Step, perform
from aam.pipeline.tasks import Job, Task
from aam.transcription.queries import TranscriptQuery, load_transcript, newest_transcript, read_page
from aam.transcription.repository import insert_rows, rows_of
from aam.transcription.schemas import Transcript, Utterance, Word
from aam.transcription.steps import keep_transcript
from tests.support.limiters import OpenLimiter
from tests.support.postgres import Database
from tests.support.rows import Scene, make_scene
from tests.support.steps import queued, step
from tests.support.store import BUCKET, moto_store

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
VTT = b"""WEBVTT

00:00:01.000 --> 00:00:04.000
<v Anna>We decided to move the release to Monday.

00:00:05.000 --> 00:00:08.000
<v Mark>The risk is that the old server will fail.
"""
SECRET_WORDS = "the merger with Globex"


class Nothing(BaseModel):
    pass


class TooOdd(Unprocessable):
    code = "too_odd"
    sentence = "This file is too odd; send another."


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStore]:
    from aam.foundation.settings import load

    monkeypatch.setenv("STATE_MACHINE_ARN", "arn:aws:states:us-east-1:000000000000:stateMachine:aam")
    monkeypatch.setenv("TRANSCRIPTION_ENGINE", "pocketsphinx")
    monkeypatch.setenv("DEEPGRAM_MODEL", "none")
    monkeypatch.setenv("ARTIFACTS_ENGINE", "extractive")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("OPENAI_MODEL", "none")
    load.cache_clear()
    with moto_store() as made:
        yield made
    load.cache_clear()


@pytest.fixture
def scene(database: Database, store: ObjectStore) -> Scene:
    made = make_scene(database)
    store.write(made.key, VTT, content_type="text/vtt")
    with database.transaction() as session:
        for name in ("Anna", "Mark"):
            session.add(
                MeetingParticipant(organization_id=made.organization_id, meeting_id=made.meeting_id, full_name=name)
            )
    return made


def drafted(step: Step, store: ObjectStore) -> None:
    """What the worker of artifacts does."""
    job = Job(task=Task(run=step.run, task_token="t"), context=step.context(), store=store, limiter=OpenLimiter())
    draft_artifacts(job, time_left=lambda: 600.0)


def journey(database: Database, store: ObjectStore, run: RunInput) -> None:
    """Every step of a brought transcript, in order."""
    perform(step(database, store, run, Stage.PROBE), look_at_upload)
    probed = step(database, store, run, Stage.TRANSCRIBE)
    perform(probed, keep_transcript)
    drafted(probed, store)
    perform(step(database, store, run, Stage.VERIFY_EVIDENCE), verify_draft)
    perform(step(database, store, run, Stage.FINISH), save_and_finish)


def counts(database: Database) -> tuple[int, ...]:
    tables = ("transcripts", "utterances", "artifacts")
    return tuple(int(str(database.rows(f"select count(*) from {table}")[0][0])) for table in tables)


def test_a_brought_transcript_ends_in_review_and_the_meeting_is_read_once(
    database: Database, store: ObjectStore, scene: Scene
) -> None:
    run = queued(database, scene, size=len(VTT))
    database.statements.clear()
    journey(database, store, run)
    assert database.rows("select status from meetings") == [("review",)]
    assert counts(database) == (1, 2, 1)
    of_meetings = [
        sql
        for sql in database.statements
        if sql.lstrip().lower().startswith("select")
        and ("from meetings" in sql.lower() or "join meeting" in sql.lower())
    ]
    assert len(of_meetings) == 1
    assert len(database.statements) <= 40
    ((document,),) = database.rows("select document from artifacts")
    decisions = next(section for section in document["sections"] if section["kind"] == "decisions")  # type: ignore[index]
    (item,) = decisions["items"]
    assert item["quotes"][0]["speaker"] == "Anna"
    assert (item["quotes"][0]["start_ms"], item["quotes"][0]["end_ms"]) == (1000, 4000)


@pytest.mark.parametrize("at", [Stage.PROBE, Stage.TRANSCRIBE, Stage.VERIFY_EVIDENCE])
def test_every_step_may_run_twice(database: Database, store: ObjectStore, scene: Scene, at: Stage) -> None:
    run = queued(database, scene, size=len(VTT))
    works: dict[Stage, Any] = {
        Stage.PROBE: look_at_upload,
        Stage.TRANSCRIBE: keep_transcript,
        Stage.VERIFY_EVIDENCE: verify_draft,
    }
    for stage, work in works.items():
        if stage is Stage.VERIFY_EVIDENCE:
            drafted(step(database, store, run, stage), store)
        for _ in range(2 if stage is at else 1):
            perform(step(database, store, run, stage), work)
    perform(step(database, store, run, Stage.FINISH), save_and_finish)
    assert counts(database) == (1, 2, 1)


@pytest.mark.parametrize("end", ["update processing_runs set status = 'cancelled'", "delete from meetings"])
def test_a_late_step_changes_nothing(database: Database, store: ObjectStore, scene: Scene, end: str) -> None:
    run = queued(database, scene, size=len(VTT))
    perform(step(database, store, run, Stage.PROBE), look_at_upload)

    def overtaken(late: Step) -> BaseModel:
        with database.transaction() as session:
            session.execute(text(end))
        return keep_transcript(late)

    with pytest.raises(RunNotCurrent):
        perform(step(database, store, run, Stage.TRANSCRIBE), overtaken)
    assert counts(database) == (0, 0, 0)
    assert database.rows("select count(*) from processing_errors") == [(0,)]


def test_a_final_failure_is_written_and_ends_the_run(database: Database, store: ObjectStore, scene: Scene) -> None:
    run = queued(database, scene, size=len(VTT))

    def odd(_step: Step) -> BaseModel:
        raise TooOdd

    with pytest.raises(TooOdd):
        perform(step(database, store, run, Stage.PROBE), odd)
    assert database.rows("select stage, code, message from processing_errors") == [
        ("probe", "too_odd", "This file is too odd; send another.")
    ]
    assert database.rows("select status, failure_code from processing_runs") == [("failed", "too_odd")]
    assert database.rows("select status from meetings") == [("failed",)]


def test_a_passing_fault_is_written_and_leaves_the_run_to_its_retry(
    database: Database, store: ObjectStore, scene: Scene
) -> None:
    run = queued(database, scene, size=len(VTT))

    def faint(_step: Step) -> BaseModel:
        raise StorageUnavailable

    with pytest.raises(StorageUnavailable):
        perform(step(database, store, run, Stage.PROBE), faint)
    assert database.rows("select status from processing_runs") == [("running",)]
    assert database.rows("select code, is_read from processing_errors") == [("storage_unavailable", False)]
    journey(database, store, run)
    assert database.rows("select is_read from processing_errors") == [(True,)]


def test_what_broke_unforeseen_is_told_without_its_words(
    database: Database, store: ObjectStore, scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    run = queued(database, scene, size=len(VTT))

    def broken(_step: Step) -> BaseModel:
        raise ValueError(SECRET_WORDS)

    with pytest.raises(StepFailed) as raised:
        perform(step(database, store, run, Stage.PROBE), broken)
    ((message,),) = database.rows("select message from processing_errors")
    assert message == StepFailed.sentence
    assert SECRET_WORDS not in capsys.readouterr().out
    assert raised.value.__cause__ is None


def test_calls_of_a_failed_run_are_kept(database: Database, store: ObjectStore, scene: Scene) -> None:
    run = queued(database, scene, size=len(VTT))
    first = step(database, store, run, Stage.PROBE)
    perform(first, look_at_upload)
    call = Interaction(
        engine="openai", model="m", prompt_version="v1", attempt=1, outcome="model_refused", duration_ms=5, prompt="p"
    )
    RecordedCalls(store, run).note(call, digest=None)
    for _ in range(2):
        with database.transaction() as session:
            keep_interactions_of_failed_run(session, run=run, store=store, now=NOW)
    assert database.rows("select outcome, attempt, ordinal, is_final from llm_interactions") == [
        ("model_refused", 1, 1, False)
    ]


def test_a_run_that_failed_before_its_first_step_has_no_calls(
    database: Database, store: ObjectStore, scene: Scene
) -> None:
    run = queued(database, scene, size=len(VTT))
    with database.transaction() as session:
        keep_interactions_of_failed_run(session, run=run, store=store, now=NOW)
    assert database.rows("select count(*) from llm_interactions") == [(0,)]


def test_a_retry_writes_the_next_version_and_leaves_the_first(
    database: Database, store: ObjectStore, scene: Scene
) -> None:
    from aam.pipeline.models import Trigger
    from aam.workflow.service import retry_meeting

    first = queued(database, scene, size=len(VTT))
    journey(database, store, first)
    before = database.rows("select text from utterances order by number")
    second = retry_meeting(
        meeting_id=scene.meeting_id,
        bucket=BUCKET,
        correlation_id="c",
        open_transaction=database.transaction,
        start_execution=lambda _run: None,
        require_readable=lambda _key: None,
        trigger=Trigger.REJECTION,
    )
    journey(database, store, first.model_copy(update={"run_id": second}))
    assert database.rows("select version from transcripts order by version") == [(1,), (2,)]
    assert database.rows("select version from artifacts order by version") == [(1,), (2,)]
    assert (
        database.rows(
            "select text from utterances u join transcripts t on t.id = u.transcript_id"
            " where version = 1 order by number"
        )
        == before
    )


def test_thousands_of_utterances_are_one_statement_and_come_back_as_they_were(database: Database, scene: Scene) -> None:
    run = queued(database, scene, size=len(VTT))
    given = Transcript(
        language="uk",
        engine="deepgram",
        model="nova-3",
        version="1",
        utterances=tuple(
            Utterance(
                id=number,
                speaker="Олена “Ole” O'Neil",
                channel=None if number % 2 else 1,
                start_ms=None if number == 1 else number * 3_000_000,
                end_ms=None if number == 1 else number * 3_000_000 + 1,
                text=f'Рядок {number}: "так"; \\n {{}} 100 %',
                confidence=0.1 + number / 10_000,
                words=(Word(text="так", start_ms=1, end_ms=2, confidence=0.5), Word(text="ні", start_ms=2, end_ms=3)),
            )
            for number in range(1, 3001)
        ),
    )
    sent: list[tuple[str, bool]] = []
    listen(
        database.engine,
        "before_cursor_execute",
        lambda _conn, _cursor, statement, _values, _context, many: sent.append((statement, many)),
    )
    with database.transaction() as session:
        insert_rows(session, run=run, transcript=given, rows=rows_of(given), key="k")
    assert [many for statement, many in sent if statement.startswith("INSERT INTO utterances")] == [False]
    with database.transaction() as session:
        row = newest_transcript(session, run.meeting_id)
        assert load_transcript(session, row, words=False, named=True).utterances == tuple(
            utterance.model_copy(update={"words": ()}) for utterance in given.utterances
        )
        page = read_page(session, row, TranscriptQuery(limit=1, words=True))
    assert page.utterances == given.utterances[:1]
