"""Runs that wait for their budget have no execution, go on by themselves, and are started once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from aam.pipeline.errors import RunNotCurrent
from aam.pipeline.termination import cancel_meeting_run, fail_run, fail_vanished_runs
from aam.uploads.schemas import ReceivedObject
from aam.workflow.start import start_from_notification
from tests.support.budgets import NEXT_MONTH, NOW, WAITING, Desk, speech, usd


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
    with pytest.raises(RunNotCurrent):
        desk.begin(run)
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
        revoke=lambda _run_id: None,
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
