"""What hangs is failed with a reason, stopped, and tried again twice; two sweeps at once do no more than one."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from aam.foundation.paging import PagedSweep
from aam.foundation.settings import load
from aam.pipeline import runs
from aam.pipeline.models import ProcessingRun, Stage, Trigger, WaitingReason
from aam.uploads.schemas import ReceivedObject
from aam.vendor_limits.task_claims import Stage as PaidStage
from aam.vendor_limits.task_claims import TaskClaims
from aam.workflow import stalled
from aam.workflow.service import retry_meeting
from aam.workflow.stalled import (
    LIMITS,
    SILENT_FOR,
    emptiness,
    fail_overdue_runs,
    retry_stalled_runs,
    settle_silent_tasks,
)
from aam.workflow.start import start_from_notification
from tests.support.limits import moto_table
from tests.support.memory_store import MemoryStore
from tests.support.postgres import Database
from tests.support.rows import Scene, make_scene

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass
class Watch:
    """A meeting whose runs hang, and what a sweep does about them."""

    database: Database
    scene: Scene
    claims: TaskClaims
    now: datetime = NOW
    store: MemoryStore = field(default_factory=MemoryStore)
    stopped: list[str] = field(default_factory=list)
    started: list[ProcessingRun] = field(default_factory=list)
    empty: bool = True

    def begin(self, stage: Stage) -> UUID:
        """The meeting's newest run, in a stage since now."""
        if not self.started:
            start_from_notification(
                ReceivedObject(bucket="b", key=self.scene.key, size=10, etag="e"),
                correlation_id="c",
                open_transaction=self.database.transaction,
                start_execution=self.started.append,
                delete_object=lambda _key: None,
                now=self.now,
            )
        run_id = self.started[-1].id
        with self.database.transaction() as session:
            runs.begin_stage(session, run_id=run_id, stage=stage, now=self.now)
        return run_id

    def revoke(self, run_id: UUID) -> None:
        self.claims.revoke(run_id, now=self.now.timestamp())

    def retry(self, meeting_id: UUID) -> None:
        retry_meeting(
            meeting_id=meeting_id,
            bucket="b",
            correlation_id="c",
            open_transaction=self.database.transaction,
            start_execution=self.started.append,
            require_readable=lambda _key: None,
            trigger=Trigger.STALL,
        )

    @property
    def paging(self) -> PagedSweep:
        return PagedSweep(self.claims.table, lambda: True, self.now)

    def sweep(self) -> tuple[int, int, int]:
        """What the sweep's three parts say."""
        shared: Any = {
            "open_transaction": self.database.transaction,
            "paging": self.paging,
            "stop_execution": self.stopped.append,
            "now": self.now,
        }
        return (
            fail_overdue_runs(revoke=self.revoke, **shared),
            settle_silent_tasks(claims=self.claims, store=self.store, is_empty=lambda _stage: self.empty, **shared),
            retry_stalled_runs(revoke=self.revoke, retry=self.retry, **shared),
        )

    @property
    def states(self) -> list[tuple[object, ...]]:
        return self.database.rows(
            "select status, failure_code, trigger, from_stage from processing_runs order by attempt"
        )


@pytest.fixture
def database(emptied_database: Database) -> Database:
    return emptied_database


@pytest.fixture
def watch(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    monkeypatch.setenv("STATE_MACHINE_ARN", "arn:aws:states:us-east-1:000000000000:stateMachine:aam")
    load.cache_clear()
    with moto_table() as table:
        yield Watch(database, make_scene(database), TaskClaims(table))
    load.cache_clear()


def test_a_stage_in_time_is_left_alone(watch: Watch) -> None:
    watch.begin(Stage.VERIFY_EVIDENCE)
    watch.now += LIMITS[Stage.VERIFY_EVIDENCE] - timedelta(seconds=1)
    assert watch.sweep() == (0, 0, 0)


def test_an_overdue_stage_is_retried_twice(watch: Watch) -> None:
    for attempt in (1, 2, 3):
        run_id = watch.begin(Stage.EXTRACT_AUDIO)
        watch.now += LIMITS[Stage.EXTRACT_AUDIO] + timedelta(seconds=1)
        assert watch.sweep() == (1, 0, 1 if attempt < 3 else 0)
        assert watch.claims.revoked(run_id), "nothing more is paid for it"
        assert watch.sweep() == (0, 0, 0)
    overdue = ("failed", "stage_overdue")
    assert watch.states == [
        (*overdue, "upload", "probe"),
        (*overdue, "stall", "extract_audio"),
        (*overdue, "stall", "extract_audio"),
    ]
    assert watch.database.rows("select status from meetings") == [("failed",)]
    assert watch.database.rows("select code from processing_errors where not is_read") == [("stage_overdue",)]
    assert len(set(watch.stopped)) == 3


def test_two_sweeps_at_once_do_no_more_than_one(watch: Watch) -> None:
    watch.begin(Stage.PROBE)
    watch.now += LIMITS[Stage.PROBE] + timedelta(seconds=1)
    with ThreadPoolExecutor(max_workers=4) as pool:
        done = list(pool.map(lambda _n: watch.sweep(), range(4)))
    assert sum(failed for failed, _, _ in done) == 1
    assert [state[0] for state in watch.states] == ["failed", "queued"]
    assert watch.database.rows("select count(*) from processing_errors") == [(1,)]


def test_the_next_sweep_retries_what_a_killed_sweep_failed(watch: Watch) -> None:
    watch.begin(Stage.PROBE)
    watch.now += LIMITS[Stage.PROBE] + timedelta(seconds=1)
    with pytest.raises(KeyboardInterrupt):
        fail_overdue_runs(
            open_transaction=watch.database.transaction,
            paging=watch.paging,
            revoke=killed,
            stop_execution=killed,
            now=watch.now,
        )
    assert watch.stopped == []
    assert watch.sweep() == (0, 0, 1)
    assert len(watch.stopped) == 1, "stopped before the next one begins"


def killed(_what: object) -> None:
    raise KeyboardInterrupt


def test_a_stalled_run_is_not_retried_after_a_day(watch: Watch) -> None:
    watch.begin(Stage.PROBE)
    watch.now += LIMITS[Stage.PROBE] + timedelta(seconds=1)
    fail_overdue_runs(
        open_transaction=watch.database.transaction,
        paging=watch.paging,
        revoke=watch.revoke,
        stop_execution=watch.stopped.append,
        now=watch.now,
    )
    watch.now += timedelta(days=2)
    assert watch.sweep() == (0, 0, 0)


def test_a_run_that_waited_for_its_budget_begins_its_first_stage_anew(watch: Watch) -> None:
    run_id = watch.begin(Stage.PROBE)
    with watch.database.transaction() as session:
        runs.park(session, run_id=run_id, reason=WaitingReason.BUDGET_EXCEEDED)
    watch.now += timedelta(days=3)
    assert watch.sweep() == (0, 0, 0), "who waits for money does not hang"
    with watch.database.transaction() as session:
        session.execute(text("update processing_runs set waiting_reason = null"))
    watch.begin(Stage.PROBE)
    assert watch.sweep() == (0, 0, 0)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens that were answered."""
    tokens: list[str] = []
    monkeypatch.setattr(stalled, "send_outcome", lambda token, _record: tokens.append(token))
    return tokens


def test_a_recorded_outcome_is_sent_again(watch: Watch, told: list[str]) -> None:
    stage = PaidStage(watch.begin(Stage.WRITE_ARTIFACTS), "artifacts")
    at = watch.now.timestamp()
    watch.claims.claim(stage, "w", task_token="token", until=at + 60, now=at)
    watch.claims.answer(stage, "draft.json", now=at)
    assert watch.sweep() == (0, 0, 0), "the worker tells it itself, as a rule"
    watch.now += SILENT_FOR + timedelta(seconds=1)
    assert watch.sweep() == (0, 1, 0)
    assert told == ["token"]
    assert watch.states[0][0] == "running", "the execution goes on and decides"


@pytest.mark.parametrize("claimed", [True, False])
def test_work_in_no_queue_is_failed_as_lost_and_retried(watch: Watch, told: list[str], claimed: bool) -> None:
    stage = PaidStage(watch.begin(Stage.WRITE_ARTIFACTS), "artifacts")
    at = watch.now.timestamp()
    if claimed:
        watch.claims.claim(stage, "w", task_token="token", until=at + 60, now=at)
    watch.now += SILENT_FOR + timedelta(seconds=1)
    watch.empty = False
    assert watch.sweep() == (0, 0, 0), "its message is somewhere in there"
    watch.empty = True
    assert watch.sweep() == (0, 0, 0), "counts are approximate: it takes two looks"
    watch.now += timedelta(minutes=1)
    assert watch.sweep() == (0, 0, 0), "some minutes apart"
    watch.now += timedelta(minutes=4)
    assert watch.sweep() == (0, 1, 1)
    assert [state[:2] for state in watch.states] == [("failed", "task_lost"), ("queued", None)]
    assert told == []


def test_work_that_a_vendor_answers_later_is_not_lost(watch: Watch, told: list[str]) -> None:
    stage = PaidStage(watch.begin(Stage.TRANSCRIBE), "transcription")
    at = watch.now.timestamp()
    watch.claims.claim(stage, "w", task_token="token", until=at + 60, now=at)
    watch.claims.submit(stage, "w", answer_by=at + 36_000, lease="l", now=at)
    for _ in range(3):
        watch.now += SILENT_FOR
        assert watch.sweep() == (0, 0, 0)


@pytest.mark.parametrize(("engine", "lost"), [("deepgram", 1), ("pocketsphinx", 0), (None, 0)])
def test_the_offline_engine_is_never_taken_for_lost(
    watch: Watch, told: list[str], engine: str | None, lost: int
) -> None:
    run_id = watch.begin(Stage.TRANSCRIBE)
    if engine:
        key = f"derived/{watch.scene.meeting_id}/{run_id}/prepared.json"
        watch.store.write(key, f'{{"engine": "{engine}", "audio": {{}}}}'.encode(), content_type="application/json")
    watch.now += SILENT_FOR + timedelta(seconds=1)
    watch.sweep()
    watch.now += timedelta(minutes=5)
    assert watch.sweep()[1] == lost


def test_a_queue_is_empty_when_nothing_waits_and_nothing_is_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Sqs:
        def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: list[str]) -> Any:  # noqa: N803
            asked.append(QueueUrl)
            return {"Attributes": dict.fromkeys(AttributeNames, "0") | {AttributeNames[1]: QueueUrl}}

    monkeypatch.setattr(stalled, "client", lambda _service: Sqs())
    is_empty = emptiness({"transcription": "0", "artifacts": "3"})
    assert [is_empty("transcription"), is_empty("artifacts"), is_empty("artifacts")] == [True, False, False]
    assert asked == ["0", "3"]
