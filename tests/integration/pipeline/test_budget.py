"""Budgets: reserved atomically, never overdrawn, given back by ending; runs wait without an execution and go on."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from aam.costs.ledger import book
from aam.costs.models import CostKind
from aam.costs.prices import Charge
from aam.foundation.clock import new_id
from aam.meetings.models import Meeting
from aam.pipeline import runs
from aam.pipeline.budget import account_of, admit, committed, resume_waiting_runs, set_budget
from aam.pipeline.ending import cancel_meeting_run, fail_run, fail_vanished_runs
from aam.pipeline.errors import RunInProgress, RunNotCurrent
from aam.pipeline.executions import ExecutionsUnavailable
from aam.pipeline.models import ProcessingRun, Stage
from aam.pipeline.progress import read_progress, refuse_while_running
from aam.pipeline.schemas import RunInput
from aam.pipeline.start import ReceivedObject, start_from_notification
from aam.uploads.models import UploadBlob
from aam.vendors.ports import Vendor
from tests.support.postgres import Database
from tests.support.rows import Scene, make_scene

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NEXT_MONTH = datetime(2026, 12, 1, 0, 5, tzinfo=UTC)
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:aam"


def usd(amount: str) -> Decimal:
    return Decimal(amount)


def speech(amount: str | None) -> Charge:
    return Charge(vendor=Vendor.DEEPGRAM, model="nova-3", usd=None if amount is None else usd(amount))


def writing(amount: str | None) -> Charge:
    return Charge(vendor=Vendor.OPENAI, model="gpt-5-mini", usd=None if amount is None else usd(amount))


@dataclass
class Desk:
    """One organization's runs, and the executions that were started."""

    database: Database
    scene: Scene
    started: list[tuple[str, int]] = field(default_factory=list)
    refuse: bool = False

    def start(self, run: ProcessingRun) -> None:
        if self.refuse:
            raise ExecutionsUnavailable
        self.started.append((run.execution_name, run.resumptions))

    def budget(self, amount: str | None, *, resume: bool = False, now: datetime = NOW) -> int:
        with self.database.transaction() as session:
            assert set_budget(session, self.scene.organization_id, monthly_usd=None if amount is None else usd(amount))
        return self.resume(now=now) if resume else 0

    def resume(self, *, now: datetime = NOW) -> int:
        return resume_waiting_runs(
            open_transaction=self.database.transaction, start_execution=self.start, now=now, organization_id=None
        )

    def run(self) -> RunInput:
        """A run of a meeting of its own, in its first step."""
        with self.database.transaction() as session:
            meeting = Meeting(
                id=new_id(),
                organization_id=self.scene.organization_id,
                owner_id=self.scene.user_id,
                client_id=self.scene.client_id,
                title="M",
                language="en",
            )
            session.add(meeting)
            session.flush()
            upload = UploadBlob(
                id=new_id(),
                organization_id=self.scene.organization_id,
                meeting_id=meeting.id,
                key=f"meetings/{meeting.id}/a.mp3",
                filename="a.mp3",
                content_type="audio/mpeg",
                size_bytes=10,
            )
            session.add(upload)
        run_id = start_from_notification(
            ReceivedObject(bucket="media", key=upload.key, size=10, etag="e"),
            correlation_id="c",
            open_transaction=self.database.transaction,
            start_execution=self.start,
            delete_object=lambda _key: None,
            now=NOW,
        )
        assert run_id is not None
        made = RunInput(
            run_id=run_id,
            meeting_id=meeting.id,
            organization_id=self.scene.organization_id,
            upload_id=upload.id,
            correlation_id="c",
        )
        self.begin(made)
        return made

    def begin(self, run: RunInput) -> None:
        with self.database.transaction() as session:
            runs.begin_stage(session, run_id=run.run_id, stage=Stage.PROBE, now=NOW, resumption=run.resumption)

    def admit(self, run: RunInput, *charges: Charge, now: datetime = NOW) -> bool:
        with runs.holding(run.run_id, open_transaction=self.database.transaction) as session:
            return admit(session, charges, run=run, now=now)

    def charge(self, run: RunInput, *charges: Charge, now: datetime = NOW) -> None:
        with self.database.transaction() as session:
            book(session, charges, to=account_of(run), kind=CostKind.ACTUAL, now=now)

    def used(self, *, now: datetime = NOW) -> tuple[Decimal, Decimal]:
        with self.database.transaction() as session:
            found = committed(session, self.scene.organization_id, now=now)
        return found.spent, found.reserved

    def state(self, run: RunInput) -> Any:
        (row,) = self.database.rows(
            "select r.status, r.stage, r.waiting_reason, r.execution_arn is null, m.status from processing_runs r"
            f" join meetings m on m.id = r.meeting_id where r.id = '{run.run_id}'"
        )
        return row

    def end(self, run: RunInput) -> None:
        with runs.holding(run.run_id, open_transaction=self.database.transaction) as session:
            runs.end_succeeded(session, run_id=run.run_id, now=NOW)


WAITING = ("queued", "queued", "budget_exceeded", True, "queued")


@pytest.fixture
def desk(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    from aam.foundation.settings import load

    monkeypatch.setenv("STATE_MACHINE_ARN", MACHINE)
    load.cache_clear()
    yield Desk(database, make_scene(database))
    load.cache_clear()


def test_without_paid_engines_nothing_is_asked_and_without_a_budget_nothing_waits(desk: Desk) -> None:
    desk.budget("0")
    free, paid = desk.run(), desk.run()
    desk.database.statements.clear()
    assert desk.admit(free)
    assert len(desk.database.statements) == 1, "only the run was held"
    desk.budget(None)
    desk.database.statements.clear()
    assert desk.admit(paid, speech("100"), writing("1"))
    assert len(desk.database.statements) == 3
    assert desk.used() == (0, 101)


def test_what_does_not_fit_waits_and_reserves_nothing(desk: Desk) -> None:
    desk.budget("1")
    first, second = desk.run(), desk.run()
    assert desk.admit(first, speech("0.60"))
    assert not desk.admit(second, speech("0.41"))
    assert desk.state(second) == WAITING
    assert desk.used() == (0, usd("0.60"))
    with desk.database.transaction() as session:
        progress = read_progress(session, second.meeting_id)
        with pytest.raises(RunInProgress):
            refuse_while_running(session, second.meeting_id)
    assert (progress.waiting_reason, progress.run_status) == ("budget_exceeded", "queued")
    assert progress.cost.estimated is not None
    assert (progress.cost.estimated.usd, progress.cost.actual) == (usd("0.41"), None)


def test_the_budget_may_be_used_up_to_the_last_cent(desk: Desk) -> None:
    desk.budget("1")
    assert desk.admit(desk.run(), speech("0.60"))
    assert desk.admit(desk.run(), speech("0.40"))
    assert not desk.admit(desk.run(), speech("0.000001"))


def test_of_two_that_would_both_fit_alone_at_99_percent_one_gets_through(desk: Desk) -> None:
    """Both look at the same moment, each in a transaction of its own."""
    desk.budget("1")
    assert desk.admit(desk.run(), speech("0.99"))
    rivals = (desk.run(), desk.run())
    ready = threading.Barrier(2)

    def rush(run: RunInput) -> bool:
        with runs.holding(run.run_id, open_transaction=desk.database.transaction) as session:
            ready.wait(timeout=10)
            return admit(session, [speech("0.01")], run=run, now=NOW)

    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(rush, rivals, timeout=30))
    assert sorted(outcomes) == [False, True]
    assert desk.used() == (0, usd("1.00"))


def test_a_late_second_sees_what_the_first_reserved_while_it_waited_for_the_lock(desk: Desk) -> None:
    """The sum must be taken after the lock: a statement that waits goes on with what it saw before."""
    desk.budget("1")
    first, second = desk.run(), desk.run()
    locked, asking = threading.Event(), threading.Event()

    def slow() -> bool:
        with runs.holding(first.run_id, open_transaction=desk.database.transaction) as session:
            admitted = admit(session, [speech("0.99")], run=first, now=NOW)
            locked.set()
            assert asking.wait(timeout=10)
            until_somebody_waits_for_a_lock(desk.database)
            return admitted

    def late() -> bool:
        assert locked.wait(timeout=10)
        asking.set()
        return desk.admit(second, speech("0.99"))

    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = [pool.submit(slow), pool.submit(late)]
        assert [outcome.result(timeout=30) for outcome in outcomes] == [True, False]


def until_somebody_waits_for_a_lock(database: Database) -> None:
    from aam_local.waiting import wait_until

    waiting = f"select 1 from pg_stat_activity where datname = '{database.name}' and wait_event_type = 'Lock'"
    assert wait_until(lambda: bool(database.rows(waiting)), seconds=10)


def succeed(desk: Desk, run: RunInput) -> None:
    desk.end(run)


def fail(desk: Desk, run: RunInput) -> None:
    assert fail_run(run_id=run.run_id, error_name="", cause="", open_transaction=desk.database.transaction, now=NOW)


def cancel(desk: Desk, run: RunInput) -> None:
    cancel_meeting_run(
        meeting_id=run.meeting_id,
        open_transaction=desk.database.transaction,
        stop_execution=lambda _arn: None,
        now=NOW,
    )


def delete(desk: Desk, run: RunInput) -> None:
    with desk.database.transaction() as session:
        session.execute(text(f"delete from meetings where id = '{run.meeting_id}'"))


@pytest.mark.parametrize("end", [fail, cancel, delete, succeed])
def test_whichever_way_a_run_ends_its_reservation_is_free_again(desk: Desk, end: Callable[..., None]) -> None:
    desk.budget("1")
    first, second = desk.run(), desk.run()
    assert desk.admit(first, speech("1"))
    assert not desk.admit(second, speech("1"))
    assert desk.resume() == 0
    end(desk, first)
    assert desk.resume() == 1
    assert desk.used() == (0, 1)


def test_what_was_spent_takes_the_place_of_what_was_reserved(desk: Desk) -> None:
    run = desk.run()
    desk.admit(run, speech("0.50"), writing("0.10"))
    assert desk.used() == (0, usd("0.60"))
    desk.charge(run, speech("0.45"))
    assert desk.used() == (usd("0.45"), usd("0.10"))
    desk.charge(run, writing("0.02"))
    desk.charge(run, writing("0.02"))
    assert desk.used() == (usd("0.47"), 0)
    desk.end(run)
    delete(desk, run)
    assert desk.used() == (usd("0.47"), 0), "money spent stays spent"
    assert desk.used(now=NEXT_MONTH) == (0, 0)


def test_a_raised_budget_begins_the_oldest_first_in_executions_of_their_own(desk: Desk) -> None:
    desk.budget("0")
    waiting = [desk.run() for _ in range(3)]
    for run in waiting:
        assert not desk.admit(run, speech("0.40"))
    desk.started.clear()
    assert desk.budget("1", resume=True) == 2
    names = desk.database.rows("select execution_name, waiting_reason from processing_runs order by created_at, id")
    assert desk.started == [(names[0][0], 1), (names[1][0], 1)]
    assert [str(name).endswith("-1") for name, _ in names] == [True, True, False]
    assert desk.state(waiting[2]) == WAITING
    assert desk.used() == (0, usd("0.80"))
    again = waiting[0].model_copy(update={"resumption": 1})
    desk.begin(again)
    assert desk.admit(again, speech("0.40")), "its own reservation does not stand in its way"
    assert desk.used() == (0, usd("0.80"))


def test_a_second_wait_gets_the_next_number(desk: Desk) -> None:
    desk.budget("0")
    run = desk.run()
    desk.admit(run, speech("1"))
    for number in (1, 2):
        desk.started.clear()
        assert desk.budget("2", resume=True) == 1
        ((name, resumption),) = desk.started
        assert (name.rpartition("-")[2], name.count("-"), resumption) == (str(number), 1, number)
        again = run.model_copy(update={"resumption": number})
        desk.begin(again)
        desk.budget("0")
        assert not desk.admit(again, speech("1"))


def test_a_smaller_one_behind_a_large_one_need_not_wait(desk: Desk) -> None:
    desk.budget("0")
    large, small = desk.run(), desk.run()
    desk.admit(large, speech("5"))
    desk.admit(small, speech("0.1"))
    assert desk.budget("1", resume=True) == 1
    assert desk.state(large) == WAITING


def test_a_new_month_begins_what_waits(desk: Desk) -> None:
    desk.budget("1")
    done, waiting = desk.run(), desk.run()
    desk.charge(done, speech("1"))
    desk.end(done)
    assert not desk.admit(waiting, speech("0.5"))
    assert desk.resume() == 0
    assert desk.resume(now=NEXT_MONTH) == 1


def test_where_no_execution_can_be_started_the_run_goes_on_waiting(desk: Desk) -> None:
    desk.budget("0")
    run = desk.run()
    desk.admit(run, speech("1"))
    desk.refuse = True
    assert desk.budget("2", resume=True) == 0
    assert desk.state(run) == WAITING
    desk.refuse = False
    assert desk.resume() == 1


def test_two_who_resume_at_once_start_a_run_once(desk: Desk) -> None:
    desk.budget("0")
    run = desk.run()
    desk.admit(run, speech("1"))
    desk.budget("2")
    desk.started.clear()
    with ThreadPoolExecutor(max_workers=4) as pool:
        counts = list(pool.map(lambda _number: desk.resume(), range(4), timeout=30))
    assert (sum(counts), len(desk.started)) == (1, 1)


def test_the_sweep_leaves_waiting_runs_alone_and_so_does_their_old_execution(desk: Desk) -> None:
    desk.budget("0")
    run = desk.run()
    desk.admit(run, speech("1"))
    swept = {"open_transaction": desk.database.transaction, "look_up": lambda _arn: "missing", "now": NEXT_MONTH}
    assert fail_vanished_runs(restarted=True, **swept) == 0
    assert fail_vanished_runs(restarted=False, **swept) == 0
    old: dict[str, Any] = {"run_id": run.run_id, "open_transaction": desk.database.transaction, "now": NOW}
    assert not fail_run(**old, error_name="States.Timeout", cause="", resumption=0)
    assert desk.state(run) == WAITING
    desk.budget("2", resume=True)
    with pytest.raises(RunNotCurrent):
        desk.begin(run)
    assert not fail_run(**old, error_name="RunNotCurrent", cause="", resumption=0)
    desk.begin(run.model_copy(update={"resumption": 1}))


def test_a_waiting_run_can_be_cancelled_and_stays_so(desk: Desk) -> None:
    desk.budget("0")
    run = desk.run()
    desk.admit(run, speech("1"))
    stopped: list[str] = []
    cancel_meeting_run(
        meeting_id=run.meeting_id,
        open_transaction=desk.database.transaction,
        stop_execution=stopped.append,
        now=NOW,
    )
    assert (stopped, desk.state(run)) == ([], ("cancelled", "queued", None, True, "cancelled"))
    assert desk.budget("5", resume=True) == 0


def test_a_repeated_notification_does_not_begin_what_waits(desk: Desk) -> None:
    desk.budget("0")
    run = desk.run()
    desk.admit(run, speech("1"))
    desk.started.clear()
    started = start_from_notification(
        ReceivedObject(bucket="media", key=f"meetings/{run.meeting_id}/a.mp3", size=10, etag="e"),
        correlation_id="c",
        open_transaction=desk.database.transaction,
        start_execution=desk.start,
        delete_object=lambda _key: None,
        now=NOW,
    )
    assert (started, desk.started) == (None, [])


def test_an_unknown_cost_passes_until_nothing_is_left(desk: Desk) -> None:
    desk.budget("1")
    assert desk.admit(desk.run(), speech(None), writing("0.10"))
    assert desk.admit(desk.run(), writing("0.90"))
    last = desk.run()
    assert not desk.admit(last, speech(None))
    assert desk.state(last) == WAITING


def test_the_warning_comes_once_a_month(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    def warned() -> list[str]:
        found = [record for record in caplog.records if record.message == "budget is used up to 80 %"]
        return [str(vars(record)["organization_id"]) for record in found]

    desk.budget("1")
    for amount in ("0.79", "0.01", "0.01"):
        assert desk.admit(desk.run(), speech(amount))
    assert warned() == [str(desk.scene.organization_id)]
    desk.budget("1")
    assert desk.admit(desk.run(), speech("0.01"))
    assert len(warned()) == 2, "a new budget warns anew"


def test_reserving_takes_few_statements(desk: Desk) -> None:
    desk.budget("10")
    run = desk.run()
    desk.database.statements.clear()
    desk.admit(run, speech("1"), writing("1"))
    assert len(desk.database.statements) == 4, "the run held, the estimate, the lock, the sums"


def test_others_may_write_rows_of_the_organization_while_its_budget_is_locked(desk: Desk) -> None:
    desk.budget("1")
    run = desk.run()

    def add_meeting(session: Session) -> UUID:
        session.execute(text("set local lock_timeout = '1s'"))
        meeting = Meeting(
            id=new_id(),
            organization_id=desk.scene.organization_id,
            owner_id=desk.scene.user_id,
            client_id=desk.scene.client_id,
            title="M",
            language="en",
        )
        session.add(meeting)
        return meeting.id

    with runs.holding(run.run_id, open_transaction=desk.database.transaction) as session:
        assert admit(session, [speech("0.1")], run=run, now=NOW)
        with desk.database.transaction() as other:
            assert add_meeting(other)
