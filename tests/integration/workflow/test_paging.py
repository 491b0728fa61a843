"""However many legitimately wait, each has its turn; one that cannot be looked at stops nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from aam.foundation.paging import PagedSweep, one_by_one
from aam.foundation.settings import load
from aam.foundation.storage import StorageUnavailable
from aam.pipeline import runs
from aam.pipeline.executions import ExecutionState, ExecutionsUnavailable
from aam.pipeline.models import Stage
from aam.pipeline.termination import STARTS_WITHIN, fail_vanished_runs
from aam.uploads.schemas import ReceivedObject
from aam.vendor_limits.task_claims import Stage as PaidStage
from aam.vendor_limits.task_claims import TaskClaims
from aam.workflow.stalled import SILENT_FOR, settle_silent_tasks
from aam.workflow.start import start_from_notification
from tests.support.limits import moto_table
from tests.support.memory_store import MemoryStore
from tests.support.postgres import Database
from tests.support.rows import make_scene

PAGE = 2


@dataclass
class Desk:
    """Five meetings whose runs are in a stage, and a sweep that looks at two of them at a time."""

    database: Database
    claims: TaskClaims
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    store: MemoryStore = field(default_factory=MemoryStore)
    looked: list[str] = field(default_factory=list)

    def begin(self, stage: Stage) -> tuple[UUID, str]:
        """A run of another meeting; where it has its objects."""
        scene = make_scene(self.database)
        run_id = start_from_notification(
            ReceivedObject(bucket="b", key=scene.key, size=10, etag="e"),
            correlation_id="c",
            open_transaction=self.database.transaction,
            start_execution=lambda _run: None,
            delete_object=lambda _key: None,
            now=self.now,
        )
        assert run_id is not None
        with self.database.transaction() as session:
            runs.begin_stage(session, run_id=run_id, stage=stage, now=self.now)
        return run_id, f"derived/{scene.meeting_id}/{run_id}/prepared.json"

    def work(self, run_id: UUID) -> None:
        """A worker that waits for its vendor all day."""
        at = self.now.timestamp()
        self.claims.claim(PaidStage(run_id, "transcription"), "w", task_token="token", until=at + 99_999, now=at)

    def paging(self) -> PagedSweep:
        return PagedSweep(self.claims.table, lambda: True, self.now, PAGE)

    def settle(self) -> int:
        return settle_silent_tasks(
            open_transaction=self.database.transaction,
            paging=self.paging(),
            claims=self.claims,
            store=self.store,
            is_empty=lambda _stage: True,
            stop_execution=lambda _arn: None,
            now=self.now,
        )

    def fail_vanished(self, gone: str) -> int:
        def look_up(arn: str) -> ExecutionState:
            self.looked.append(arn)
            return "missing" if arn == gone else "running"

        return fail_vanished_runs(
            restarted=False,
            open_transaction=self.database.transaction,
            look_up=look_up,
            now=self.now,
            paging=self.paging(),
        )

    def state(self, run_id: UUID) -> object:
        ((code,),) = self.database.rows(f"select failure_code from processing_runs where id = '{run_id}'")
        return code


@pytest.fixture
def desk(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("STATE_MACHINE_ARN", "arn:aws:states:us-east-1:000000000000:stateMachine:aam")
    load.cache_clear()
    with moto_table() as table:
        yield Desk(database, TaskClaims(table))
    load.cache_clear()


def test_lost_work_is_found_behind_many_runs_that_wait_for_a_vendor(desk: Desk) -> None:
    for _ in range(4):
        desk.work(desk.begin(Stage.TRANSCRIBE)[0])
    lost, prepared = desk.begin(Stage.TRANSCRIBE)
    desk.store.write(prepared, b'{"engine": "deepgram"}', content_type="application/json")
    desk.now += SILENT_FOR + timedelta(seconds=1)
    settled = 0
    for _ in range(6):  # two rounds of three pages, hours apart
        settled += desk.settle()
        desk.now += timedelta(minutes=50)
    assert (settled, desk.state(lost)) == (1, "task_lost")


def test_sweeps_page_through_all_living_runs(desk: Desk) -> None:
    ids = [desk.begin(Stage.PROBE)[0] for _ in range(5)]
    desk.now += STARTS_WITHIN + timedelta(minutes=1)
    rows = desk.database.rows("select execution_arn from processing_runs order by id")
    arns = [str(arn) for (arn,) in rows]
    assert [desk.fail_vanished(arns[4]) for _ in range(3)] == [0, 0, 1]
    assert desk.looked == [*arns, arns[0]], "the third page begins the next round"
    assert desk.state(ids[4]) == "step_failed"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"engine": []}'])
def test_an_unreadable_item_does_not_stop_the_sweep(desk: Desk, content: bytes) -> None:
    for written in (content, b'{"engine": "deepgram"}'):
        run_id, prepared = desk.begin(Stage.TRANSCRIBE)
        desk.store.write(prepared, written, content_type="application/json")
    desk.now += SILENT_FOR + timedelta(seconds=1)
    assert desk.settle() == 0
    desk.now += timedelta(minutes=5)
    assert (desk.settle(), desk.state(run_id)) == (1, "task_lost")


@dataclass(frozen=True)
class Thing:
    id: UUID


def things(after: UUID, most: int) -> list[Thing]:
    """Seven, those behind an id first."""
    ids = [UUID(int=number) for number in range(1, 8)]
    return [Thing(each) for each in sorted(ids, key=lambda each: (each <= after, each))[:most]]


def test_a_sweep_that_is_killed_or_runs_out_of_time_does_not_begin_at_the_same_one_again(desk: Desk) -> None:
    seen: list[int] = []

    def act(thing: Thing) -> int:
        seen.append(thing.id.int)
        if thing.id.int == 1:
            raise KeyboardInterrupt
        return 1

    paging = desk.paging()
    with pytest.raises(KeyboardInterrupt):
        paging.run("things", things, act)
    time = iter([True, True, True, False])
    hurried = PagedSweep(desk.claims.table, lambda: next(time), desk.now, 5)
    assert (hurried.run("things", things, act), seen) == (3, [1, 3, 4, 5])
    assert (paging.run("things", things, act), seen[4:]) == (2, [6, 7])


def test_a_sweep_raises_when_a_service_is_unavailable(desk: Desk) -> None:
    def act(thing: Thing) -> int:
        raise StorageUnavailable if thing.id.int == 1 else ExecutionsUnavailable

    with pytest.raises(StorageUnavailable):
        desk.paging().run("things", things, act)
    assert one_by_one("things", [], act, has_time=lambda: True) == (0, 0)
