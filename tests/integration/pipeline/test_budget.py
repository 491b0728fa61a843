"""Budgets: reserved atomically, never overdrawn, given back by ending."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from aam.costs.errors import OrganizationAmbiguous, OrganizationNotFound
from aam.foundation.clock import new_id
from aam.identity.models import Organization
from aam.meetings.models import Meeting
from aam.pipeline import runs
from aam.pipeline.budget import admit, book_before_deletion
from aam.pipeline.errors import RunInProgress
from aam.pipeline.models import Stage
from aam.pipeline.progress import read_progress, refuse_while_running
from aam.pipeline.schemas import RunInput
from aam.pipeline.spending import find_organization
from tests.support.budgets import NEXT_MONTH, NOW, WAITING, Desk, cancel, delete, fail, speech, succeed, usd, writing
from tests.support.postgres import Database


def test_without_paid_engines_nothing_is_asked_and_without_a_budget_nothing_waits(desk: Desk) -> None:
    desk.budget("0")
    free, paid = desk.run(), desk.run()
    desk.database.statements.clear()
    assert desk.admit(free)
    assert desk.database.statements == []
    desk.budget(None)
    desk.database.statements.clear()
    assert desk.admit(paid, speech("100"), writing("1"))
    assert len(desk.database.statements) == 1
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


@pytest.mark.parametrize("end", [fail, cancel])
def test_a_vendor_that_may_still_work_keeps_its_reservation_until_it_is_settled(
    desk: Desk, end: Callable[..., None]
) -> None:
    desk.budget("1")
    run = desk.run()
    assert desk.admit(run, speech("0.60"), writing("0.30"))
    desk.begin(run, Stage.TRANSCRIBE)
    end(desk, run)
    assert desk.used() == (0, usd("0.60")), "nobody has written anything yet"
    desk.charge(run, speech("0.55"))
    assert desk.used() == (usd("0.55"), 0)


def test_what_a_deleted_meeting_may_have_spent_counts_as_spent(desk: Desk) -> None:
    begun, charged, early = desk.run(), desk.run(), desk.run()
    for run in (begun, charged, early):
        desk.admit(run, speech("0.60"), writing("0.30"))
    desk.begin(begun, Stage.TRANSCRIBE)
    for stage in (Stage.TRANSCRIBE, Stage.WRITE_ARTIFACTS):
        desk.begin(charged, stage)
    desk.charge(charged, speech("0.50"))
    for run in (begun, charged, early):
        cancel(desk, run)
        with desk.database.transaction() as session:
            book_before_deletion(session, [run.meeting_id], now=NEXT_MONTH)
        delete(desk, run)
    assert desk.used() == (usd("0.50"), 0)
    assert desk.used(now=NEXT_MONTH) == (usd("0.90"), 0), "what is booked now counts now"
    assert desk.database.rows("select vendor, amount_usd from cost_entries where partial order by vendor") == [
        ("deepgram", usd("0.60")),
        ("openai", usd("0.30")),
    ]


def test_in_a_restored_database_whose_keys_are_younger_a_meeting_can_go_all_the_same(desk: Desk) -> None:
    """A dump makes foreign keys in another order than the migrations did, and cascades follow that order."""
    run = desk.run()
    desk.admit(run, speech("0.60"))
    desk.begin(run, Stage.TRANSCRIBE)
    cancel(desk, run)
    key = "foreign key (meeting_id) references meetings (id) on delete cascade"
    with desk.database.admin.begin() as connection:
        connection.exec_driver_sql("alter table processing_runs drop constraint fk_processing_runs_meeting_id")
        connection.exec_driver_sql(f"alter table processing_runs add constraint fk_processing_runs_meeting_id {key}")
    with desk.database.transaction() as session:
        book_before_deletion(session, [run.meeting_id], now=NEXT_MONTH)
        session.execute(text(f"delete from meetings where id = '{run.meeting_id}'"))
    assert desk.used(now=NEXT_MONTH) == (usd("0.60"), 0)


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


def test_an_unknown_cost_passes_until_nothing_is_left(desk: Desk) -> None:
    desk.budget("1")
    assert desk.admit(desk.run(), speech(None), writing("0.10"))
    assert desk.admit(desk.run(), writing("0.90"))
    last = desk.run()
    assert not desk.admit(last, speech(None))
    assert desk.state(last) == WAITING


def test_a_model_without_a_price_waits_where_the_dearest_known_one_would(desk: Desk) -> None:
    desk.budget("1")
    assert desk.admit(desk.run(), speech("0.99"))
    unknown, cheap = desk.run(), desk.run()
    assert not desk.admit(unknown, speech(None).model_copy(update={"ceiling": usd("0.50")}))
    assert desk.state(unknown) == WAITING
    assert desk.admit(cheap, speech(None).model_copy(update={"ceiling": usd("0.01")}))
    assert desk.used() == (0, usd("1.00"))
    assert desk.resume() == 0
    assert desk.budget("1.50", resume=True) == 1
    assert desk.used() == (0, usd("1.50"))
    desk.budget(None)
    free = desk.run()
    assert desk.admit(free, speech(None).model_copy(update={"ceiling": usd("0.50")}))
    assert desk.database.rows(f"select amount_usd from cost_entries where run_id = '{free.run_id}'") == [(None,)], (
        "where nothing is limited, nothing is pretended"
    )


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
    assert len(desk.database.statements) == 4, "no limit? hold the run and lock the budget, book the estimate, sum up"


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


def test_an_organization_is_meant_by_its_name_its_id_or_the_beginning_of_that(desk: Desk) -> None:
    """A name that looks like the beginning of an id is a name first."""
    ids = [UUID(f"facade{number:02}-0000-7000-8000-000000000000") for number in range(3)]
    with desk.database.transaction() as session:
        for each, name in zip(ids, ("Acme", "Globex", "facade00"), strict=True):
            session.add(Organization(id=each, name=name))
    with desk.database.transaction() as session:
        for named, found in (
            *(("Acme", ids[0]), (str(ids[1]), ids[1]), ("FACADE01", ids[1]), ("facade0-2", ids[2])),
            ("facade00", ids[2]),
        ):
            assert find_organization(session, named) == found, named
        with pytest.raises(OrganizationAmbiguous):
            find_organization(session, "facade")
        for unknown in ("abcdef", "facad", "Initech"):
            with pytest.raises(OrganizationNotFound):
                find_organization(session, unknown)
