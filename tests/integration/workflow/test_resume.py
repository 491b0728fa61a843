"""A retry begins where the last attempt stopped, takes over what was made, and pays for nothing twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from aam.artifacts.drafting import DRAFT
from aam.artifacts.recorded_calls import EARLIER, RecordedCalls, read_interactions
from aam.artifacts.schemas import DraftArtifacts, DraftSection
from aam.artifacts.steps import save_and_finish, verify_draft
from aam.foundation.settings import load
from aam.foundation.storage import ObjectStore
from aam.pipeline import runs
from aam.pipeline.errors import NothingToRetry, ResultsGone, RunNotCurrent, StageNotReached
from aam.pipeline.models import ProcessingRun, Stage
from aam.pipeline.schemas import RunInput
from aam.pipeline.steps import perform
from aam.pipeline.termination import fail_run
from aam.transcription.prepared_audio import PreparedAudio
from aam.transcription.steps import keep_transcript
from aam.uploads.archive import bring_back, require_readable
from aam.uploads.errors import RecordingArchived
from aam.workflow.resume import Resumed, resume
from aam.workflow.service import retry_meeting
from tests.support.paid_runs import CALL, FACTS, as_recording, begun, booked, heard_by_deepgram, step
from tests.support.postgres import Database
from tests.support.rows import Scene, make_scene
from tests.support.store import BUCKET

DRAFTED = DraftArtifacts(
    engine="openai", model="m", prompt_version="1", language="en", sections=(DraftSection(kind="decisions", title="D"),)
)


@dataclass
class Desk:
    """A recording, and its attempts one after the other."""

    database: Database
    store: ObjectStore
    scene: Scene
    started: list[ProcessingRun] = field(default_factory=list)

    def first(self) -> RunInput:
        """The first attempt, through the extraction of its audio."""
        run, _probed = begun(self.database, self.store, self.scene)
        as_recording(self.store, run)
        self.store.write(run.derived("audio.ogg"), b"OggS", content_type="audio/ogg")
        self.begin(run, Stage.TRANSCRIBE)
        return run

    def transcribed(self) -> RunInput:
        """The first attempt, through the transcript."""
        run = self.first()
        heard_by_deepgram(self.store, run, channels=1)
        perform(step(self.database, self.store, run, Stage.TRANSCRIBE), keep_transcript)
        return run

    def begin(self, run: RunInput, stage: Stage) -> None:
        with self.database.transaction() as session:
            runs.begin_stage(session, run_id=run.run_id, stage=stage, now=datetime.now(UTC))

    def fail(self, run: RunInput) -> None:
        fail_run(
            run_id=run.run_id,
            error_name="",
            cause="",
            open_transaction=self.database.transaction,
            now=datetime.now(UTC),
        )

    def retry(self, from_stage: Stage | None = None) -> RunInput:
        """The next attempt, as its execution gets it."""
        retry_meeting(
            meeting_id=self.scene.meeting_id,
            bucket=BUCKET,
            correlation_id="c",
            open_transaction=self.database.transaction,
            start_execution=self.started.append,
            require_readable=lambda key: require_readable(key, store=self.store),
            from_stage=from_stage,
        )
        row = self.started[-1]
        return RunInput(
            run_id=row.id,
            meeting_id=row.meeting_id,
            organization_id=row.organization_id,
            upload_id=row.upload_id,
            correlation_id=row.correlation_id,
            from_stage=row.from_stage,  # type: ignore[arg-type]
            takes_over=row.takes_over_id,
        )

    def resume(self, run: RunInput) -> Resumed:
        taken = perform(step(self.database, self.store, run, Stage.PROBE), resume)
        assert isinstance(taken, Resumed)
        return taken

    def names(self, run: RunInput) -> set[str]:
        return {key.removeprefix(run.derived("")) for key in self.store.keys(run.derived(""))}

    def column(self, name: str) -> list[Any]:
        return [value for (value,) in self.database.rows(f"select {name} from processing_runs order by attempt")]


@pytest.fixture
def database(emptied_database: Database) -> Database:
    return emptied_database


@pytest.fixture
def desk(database: Database, store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr("aam.media.steps.probe", lambda _url: FACTS)
    monkeypatch.setenv("TRANSCRIPTION_ENGINE", "deepgram")
    load.cache_clear()
    scene = make_scene(database, filename="talk.mp4")
    store.write(scene.key, b"a recording", content_type="video/mp4")
    return Desk(database, store, scene)


def test_retry_after_failed_minutes_reuses_the_transcript(desk: Desk) -> None:
    first = desk.transcribed()
    desk.fail(first)
    second = desk.retry()
    assert (second.from_stage, second.takes_over) == ("write_artifacts", first.run_id)
    desk.store.delete(desk.scene.key)  # nobody needs the recording any more
    taken = desk.resume(second)
    assert (taken.admitted, taken.begins_at) == (True, "write_artifacts")
    assert desk.resume(second) == taken, "a step may come twice"
    assert desk.names(second) >= {"context.json", "prepared.json", "audio.ogg", "deepgram.json", "transcript.json"}
    prepared = PreparedAudio.model_validate_json(desk.store.read(second.derived("prepared.json")))
    assert [output.key for output in prepared.audio.outputs] == [second.derived("audio.ogg")]
    assert desk.column("stage") == ["write_artifacts", "write_artifacts"], "claimed for the worker without a database"

    desk.store.write(second.derived(DRAFT), DRAFTED.model_dump_json().encode(), content_type="application/json")
    perform(step(desk.database, desk.store, second, Stage.VERIFY_EVIDENCE), verify_draft)
    perform(step(desk.database, desk.store, second, Stage.FINISH), save_and_finish)
    assert desk.database.rows("select version, run_id from transcripts") == [(1, first.run_id)]
    assert desk.database.rows(
        "select a.run_id, t.version from artifacts a join transcripts t on t.id = a.transcript_id"
    ) == [(second.run_id, 1)]
    heard = [row for row in booked(desk.database, "actual") if row[0] == "deepgram"]
    assert len(heard) == 1, "booked once, where it was paid"
    estimated = desk.database.rows(
        f"select vendor from cost_entries where kind = 'estimate' and run_id = '{second.run_id}'"
    )
    assert estimated == [("openai",)], "only what is still to be paid is reserved"


def test_retry_reuses_answers_of_the_model_and_books_them_once(desk: Desk) -> None:
    first = desk.transcribed()
    records = RecordedCalls(desk.store, first)
    records.note(CALL, digest="aa")
    records.note(CALL.model_copy(update={"outcome": "model_refused"}), digest="bb")
    records.note(CALL.model_copy(update={"outcome": "model_timed_out", "response": None}), digest=None)
    desk.fail(first)
    second = desk.retry()
    desk.resume(second)
    desk.fail(second)
    third = desk.retry()
    desk.resume(third)
    for run in (second, third):
        assert RecordedCalls(desk.store, run).find("aa") == CALL
        assert RecordedCalls(desk.store, run).find("bb") is None, "a refusal would stand for ever"
        assert read_interactions(desk.store, run) == []
    assert len([name for name in desk.names(third) if name.startswith(EARLIER)]) == 1


def test_retry_reuses_a_stored_reply_of_the_vendor(desk: Desk) -> None:
    first = desk.first()
    heard_by_deepgram(desk.store, first, channels=1)
    desk.fail(first)
    second = desk.retry()
    assert second.from_stage == "transcribe"
    taken = desk.resume(second)
    assert (taken.begins_at, taken.engine) == ("save_transcript", "deepgram")
    perform(step(desk.database, desk.store, second, Stage.TRANSCRIBE), keep_transcript)
    assert desk.database.rows("select run_id from transcripts") == [(second.run_id,)]
    estimated = desk.database.rows(
        f"select vendor from cost_entries where kind = 'estimate' and run_id = '{second.run_id}'"
    )
    assert estimated == [("openai",)]


def test_retry_without_a_reply_transcribes_the_extracted_audio(desk: Desk) -> None:
    first = desk.first()
    heard_by_deepgram(desk.store, first, channels=1)
    desk.store.delete(first.derived("deepgram.json"))
    desk.fail(first)
    taken = desk.resume(desk.retry())
    assert (taken.begins_at, taken.engine) == ("transcribe", "deepgram")
    assert desk.column("stage")[1] == "transcribe"


def test_retry_from_an_earlier_stage_repeats_that_stage(desk: Desk) -> None:
    first = desk.transcribed()
    RecordedCalls(desk.store, first).note(CALL, digest="aa")
    desk.fail(first)
    second = desk.retry(Stage.TRANSCRIBE)
    assert desk.resume(second).begins_at == "transcribe"
    assert "deepgram.json" not in desk.names(second)
    desk.fail(second)
    third = desk.retry(Stage.EXTRACT_AUDIO)
    assert desk.resume(third).begins_at == "extract_audio"
    desk.fail(third)
    fourth = desk.retry(Stage.PROBE)
    assert (fourth.from_stage, fourth.takes_over) == ("probe", None)


def test_an_attempt_that_copied_nothing_yet_passes_on_its_predecessor(desk: Desk) -> None:
    first = desk.transcribed()
    desk.fail(first)
    desk.fail(desk.retry())
    third = desk.retry()
    assert (third.from_stage, third.takes_over) == ("write_artifacts", first.run_id)
    assert desk.column("from_stage") == ["probe", "write_artifacts", "write_artifacts"]


@pytest.mark.parametrize("stage", ["verify_evidence", "finish"])
def test_retry_of_the_last_stages_reuses_the_draft(desk: Desk, stage: str) -> None:
    first = desk.transcribed()
    desk.store.write(first.derived(DRAFT), DRAFTED.model_dump_json().encode(), content_type="application/json")
    perform(step(desk.database, desk.store, first, Stage.VERIFY_EVIDENCE), verify_draft)
    desk.begin(first, Stage(stage))
    desk.fail(first)
    taken = desk.resume(desk.retry())
    assert (taken.admitted, taken.begins_at) == (True, stage)


def test_missing_results_raise_results_gone_and_a_full_retry_works(desk: Desk) -> None:
    first = desk.transcribed()
    desk.fail(first)
    desk.store.delete(first.derived("transcript.json"))
    second = desk.retry()
    with pytest.raises(ResultsGone):
        desk.resume(second)
    assert desk.column("failure_code") == ["step_failed", "results_gone"]
    assert desk.retry(Stage.PROBE).takes_over is None


def test_a_stage_that_was_never_reached_is_refused(desk: Desk) -> None:
    first = desk.first()
    desk.fail(first)
    with pytest.raises(StageNotReached, match="transcribe"):
        desk.retry(Stage.VERIFY_EVIDENCE)
    assert desk.column("attempt") == [1]


def test_a_run_that_succeeded_is_repeated_as_a_whole_unless_a_stage_is_named(desk: Desk) -> None:
    first = desk.transcribed()
    with desk.database.transaction() as session:
        runs.end_succeeded(session, run_id=first.run_id, now=datetime.now(UTC))
    second = desk.retry(Stage.WRITE_ARTIFACTS)
    assert second.takes_over == first.run_id
    desk.resume(second)
    with desk.database.transaction() as session:
        runs.end_succeeded(session, run_id=second.run_id, now=datetime.now(UTC))
    assert desk.retry().from_stage == "probe"


def test_resume_waits_for_a_budget_and_is_repeatable(desk: Desk) -> None:
    first = desk.transcribed()
    desk.fail(first)
    with desk.database.transaction() as session:
        session.execute(text("update organizations set monthly_budget_usd = 0.000001"))
    second = desk.retry()
    assert not desk.resume(second).admitted
    assert desk.column("waiting_reason") == [None, "budget_exceeded"]
    with pytest.raises(RunNotCurrent):
        desk.resume(second)
    with desk.database.transaction() as session:
        session.execute(text("update organizations set monthly_budget_usd = null"))
        session.execute(text("update processing_runs set waiting_reason = null where attempt = 2"))
    assert desk.resume(second).begins_at == "write_artifacts"


def test_an_archived_recording_is_refused_only_where_the_retry_reads_it(desk: Desk) -> None:
    first = desk.transcribed()
    desk.fail(first)
    client = desk.store.client
    client.put_object(Bucket=BUCKET, Key=desk.scene.key, Body=b"x", StorageClass="GLACIER")
    with pytest.raises(RecordingArchived):
        desk.retry(Stage.PROBE)
    assert desk.column("attempt") == [1]
    assert bring_back(desk.scene.key, store=desk.store) == "archived"
    assert bring_back(desk.scene.key, store=desk.store) in ("readable", "returning"), "asked for once"
    desk.resume(desk.retry(Stage.TRANSCRIBE))


def test_retry_without_an_upload_raises_nothing_to_retry(desk: Desk) -> None:
    with pytest.raises(NothingToRetry):
        desk.retry()
