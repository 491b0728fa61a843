"""Before anything goes: whose bucket it is, what the plan said, how much would go, what is held, who else cleans."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from aam.foundation.errors import AppError
from aam.foundation.storage import StorageUnavailable
from aam.retention.errors import (
    BackupMissing,
    CleanupInProgress,
    PlanChanged,
    PlanUnknown,
    TooMuchWouldGo,
)
from aam.retention.service import continue_cleanup
from aam.store import identity
from aam.store.errors import (
    RestoreNotReconciled,
    StoreNotAdopted,
    WrongStore,
)
from aam.store.restore_marker import RestoreMarker, RestoreState, write_marker
from tests.support.backups import leave_manifest
from tests.support.retention import World

ALLOWED = {"dry_run": False, "no_backup": True, "allow": ["objects", "bytes", "meetings"]}


# ---------------------------------------------------------------------- whose bucket


def test_a_bucket_is_taken_once_and_then_only_by_its_database(world: World) -> None:
    world.clean("temp", dry_run=False)
    with world.database.transaction() as session:
        ours = identity.store_id(session)
    assert identity.label_of(world.bucket) == ours
    world.store.put_object(Bucket="b", Key=identity.KEY, Body=json.dumps({"store_id": str(uuid4())}).encode())
    world.put("temp/x", at=world.ago(days=9))
    for more in ({}, {"dry_run": False}):
        with pytest.raises(WrongStore):
            world.clean("temp", **more)
    assert "temp/x" in world.found()
    with pytest.raises(WrongStore), world.database.transaction() as session:
        identity.adopt(session, world.bucket)
    world.store.put_object(Bucket="b", Key=identity.KEY, Body=b"not ours at all")
    with pytest.raises(WrongStore):
        world.clean("temp")


def test_an_empty_database_does_not_take_a_bucket_full_of_recordings(world: World) -> None:
    world.put(f"meetings/{uuid4()}/a.mp3", at=world.ago(days=9))
    with pytest.raises(StoreNotAdopted):
        world.clean("media", dry_run=False)
    assert len(world.found()) == 1
    with world.database.transaction() as session:
        identity.adopt(session, world.bucket)
    assert world.clean("media").objects == 1


def test_a_bucket_from_before_is_taken_by_the_database_that_knows_it(world: World) -> None:
    world.meeting()
    world.put(f"meetings/{uuid4()}/a.mp3", at=world.ago(days=9))
    assert world.clean("media", dry_run=False).objects == 1


# ---------------------------------------------------------------------- confirming


def test_a_confirmed_plan_is_executed_if_nothing_changed(world: World) -> None:
    world.put("temp/a", at=world.ago(days=2))
    world.put("temp/nearly", at=world.ago(hours=23))
    plan = world.clean("temp").plan
    assert plan is not None
    with pytest.raises(PlanUnknown):
        world.clean("temp", dry_run=False, confirm="0" * 64)
    world.now += timedelta(hours=20)
    assert world.clean("temp", dry_run=False, confirm=plan.hash).objects == 1
    assert world.found() == {"temp/nearly"}, "what has become old since then is not of this plan"


def test_what_changed_since_is_said_and_nothing_goes(world: World) -> None:
    world.put("temp/a", at=world.ago(days=2))
    world.put("temp/b", at=world.ago(days=2))
    plan = world.clean("temp").plan
    assert plan is not None
    world.put("temp/c", at=world.ago(days=3))
    world.bucket.delete_prefix("temp/a")
    with pytest.raises(PlanChanged) as changed:
        world.clean("temp", dry_run=False, confirm=plan.hash)
    assert "1 of its lines have gone and 1 have come (temp/a, temp/c)" in changed.value.detail
    assert world.found() == {"temp/b", "temp/c"}
    again = world.clean("temp").plan
    assert again is not None
    world.now += timedelta(hours=1)
    done = world.clean("temp", dry_run=False, confirm=again.hash)
    assert (done.objects, world.found()) == (2, set())
    assert not [key for key in world.store.objects if again.hash in key], "a plan that is done is gone: it names keys"
    with pytest.raises(PlanUnknown):
        world.clean("temp", dry_run=False, confirm=again.hash)


def test_another_modes_plan_is_not_taken(world: World) -> None:
    world.put("temp/a", at=world.ago(days=2))
    plan = world.clean("temp").plan
    assert plan is not None
    with pytest.raises(PlanChanged, match=r"^This is a plan of temp for all, not of full for all; "):
        world.clean("full", dry_run=False, no_backup=True, confirm=plan.hash)
    assert world.found() == {"temp/a"}


def test_an_old_plan_is_refused(world: World) -> None:
    plan = world.clean("temp").plan
    assert plan is not None
    world.now += timedelta(hours=25)
    with pytest.raises(PlanUnknown, match="over 24 hours old"):
        world.clean("temp", dry_run=False, confirm=plan.hash)


# ---------------------------------------------------------------------- how much


def test_too_much_stops_before_anything_unless_allowed_by_name(world: World) -> None:
    client = world.client()
    for _ in range(10):
        world.meeting(client)
    for _ in range(20):
        world.meeting()
    before = world.found()
    plan = world.clean("meetings", scope="client", scope_id=str(client)).plan
    assert plan is not None
    assert set(plan.would_stop) == {"objects", "bytes", "meetings"}
    assert plan.population["meetings"] == 30
    asked = {"dry_run": False, "no_backup": True, "scope": "client", "scope_id": str(client)}
    with pytest.raises(TooMuchWouldGo, match="30 % of all meetings"):
        world.clean("meetings", **asked, allow=["objects", "bytes"])
    assert world.found() == before
    assert world.clean("meetings", **asked, allow=["objects", "bytes", "meetings"]).meetings == 10


def test_nine_are_too_few_to_stop_for_and_temporary_things_never_are(world: World) -> None:
    for number in range(9):
        world.put(f"meetings/{uuid4()}/{number}", at=world.ago(days=9))
    for number in range(50):
        world.put(f"temp/{number}", at=world.ago(days=9))
    with world.database.transaction() as session:
        identity.adopt(session, world.bucket)
    assert world.clean("full", dry_run=False, no_backup=True).objects == 59
    for number in range(10):
        world.put(f"meetings/{uuid4()}/{number}", at=world.ago(days=9))
    with pytest.raises(TooMuchWouldGo, match="objects and bytes"):
        world.clean("media", dry_run=False)


def test_a_few_large_recordings_are_too_much_as_well(world: World) -> None:
    """Ten of a hundred are few, but not where they are most of the bytes."""
    for number in range(100):
        large = number < 10
        at = world.ago(days=9) if large else world.ago(hours=1)
        world.put(f"meetings/{uuid4()}/{number}", size=1_000 if large else 10, at=at)
    with world.database.transaction() as session:
        identity.adopt(session, world.bucket)
    plan = world.clean("media").plan
    assert plan is not None
    assert (plan.objects, plan.would_stop) == (10, ("bytes",))
    with pytest.raises(TooMuchWouldGo, match="of all bytes would go"):
        world.clean("media", dry_run=False, allow=["objects", "meetings"])
    assert world.clean("media", dry_run=False, allow=["bytes"]).objects == 10


@pytest.mark.parametrize("mode", ["full", "aggressive", "meetings"])
def test_much_wants_a_backup_of_the_last_day(world: World, mode: str) -> None:
    with pytest.raises(BackupMissing):
        world.clean(mode, dry_run=False)
    leave_manifest(world, hours=25)
    world.put("backups/database/2026-12-01/090000Z.json", at=world.ago(hours=3))  # in the bucket of recordings
    world.backups.put_object(Bucket="b", Key="backups/database/2026-12-01/100000Z.dump", Body=b"without its manifest")
    leave_manifest(world, hours=3, of=uuid4())  # another system's, synchronised into the bucket
    leave_manifest(world, hours=4, dump=b"cut")
    leave_manifest(world, days=-1700)
    leave_manifest(world, hours=5, called=world.ago(days=40))
    for name, body in (("110000Z", b"{}"), ("113000Z", b"cut")):
        world.backups.put_object(Bucket="b", Key=f"backups/database/2026-12-01/{name}.json", Body=body)
    with pytest.raises(BackupMissing):
        world.clean(mode, dry_run=False)
    leave_manifest(world, hours=23)
    assert world.clean(mode, dry_run=False).finished


@pytest.mark.parametrize("state", RestoreState)
def test_nothing_is_deleted_until_a_restore_is_reconciled(world: World, state: RestoreState) -> None:
    """A restored database takes what arrived after its backup for unreferenced."""
    world.put("temp/x", at=world.ago(days=2))
    world.clean("temp")
    note = RestoreMarker(backup="2026-11-30/010000Z", point=world.ago(days=1), store_id=uuid4(), state=state)
    write_marker(world.bucket, note)
    if state is RestoreState.SETTLED:
        assert world.clean("temp", dry_run=False).objects == 1
        return
    assert world.clean("temp").objects == 1, "looking is allowed"
    with pytest.raises(RestoreNotReconciled):
        world.clean("temp", dry_run=False)
    with pytest.raises(RestoreNotReconciled):
        continue_cleanup(uuid4(), deps=world.deps, has_time=lambda: True)
    assert "temp/x" in world.found()


# ---------------------------------------------------------------------- who else


def test_two_at_once_do_not_fight(world: World) -> None:
    """The second one comes while the first is between two batches; it deletes nothing and says why."""
    for number in range(3):
        world.put(f"temp/{number}", at=world.ago(days=9))
    said: list[AppError] = []

    def second() -> bool:
        if not said:
            with pytest.raises(CleanupInProgress) as refused:
                world.clean("temp", dry_run=False)
            said.append(refused.value)
        return True

    assert world.clean("temp", dry_run=False, has_time=second).objects == 3
    assert len(said) == 1
    assert world.clean("temp", dry_run=False).objects == 0


def test_a_cleanup_that_was_taken_over_stops(world: World) -> None:
    from aam.retention.errors import CleanupLost

    for number in range(3):
        world.put(f"temp/{number}", at=world.ago(days=9))
    calls = 0

    def stalled() -> bool:
        nonlocal calls
        calls += 1
        if calls == 1:  # asleep for so long that somebody else finishes
            world.now += timedelta(minutes=10)
            assert world.clean("temp", dry_run=False).resumed is not None
        return True

    with pytest.raises(CleanupLost):
        world.clean("temp", dry_run=False, has_time=stalled)
    assert world.found() == set()


def test_an_interrupted_cleanup_is_finished_by_the_next(world: World) -> None:
    made = [world.meeting() for _ in range(3)]
    assert not world.clean("meetings", **ALLOWED, has_time=lambda: False).finished
    done = world.clean("temp", dry_run=False)
    assert done.resumed is not None
    assert world.found() == set()
    assert world.rows("select count(*) from meetings") == [(0,)]
    assert len(made) == 3


def test_time_runs_out_and_the_next_call_goes_on(world: World) -> None:
    for _ in range(5):
        world.meeting()
    calls = 0

    def one_batch() -> bool:
        nonlocal calls
        calls += 1
        return calls % 2 == 1

    report = world.clean("meetings", **ALLOWED, has_time=one_batch)
    rounds = 0
    while not report.finished:
        rounds += 1
        assert report.run_id is not None
        report = continue_cleanup(report.run_id, deps=world.deps, has_time=one_batch)
    assert rounds >= 3
    assert (report.meetings, report.objects) == (5, 35)
    assert report.run_id is not None
    assert continue_cleanup(report.run_id, deps=world.deps, has_time=one_batch).objects == 35, (
        "what is over is reported"
    )


def test_what_the_store_refuses_is_counted_and_its_meeting_stays(world: World) -> None:
    stuck, free = world.meeting(), world.meeting()
    world.store.locked = {stuck.key}
    done = world.clean("meetings", **ALLOWED)
    assert (done.failed, done.meetings) == (1, 1)
    assert world.rows("select id from meetings") == [(stuck.id,)]
    assert free.key not in world.found()
    world.store.locked = set()
    assert world.clean("meetings", **ALLOWED).meetings == 1


def test_one_meeting_goes_with_everything_and_leaves_a_tombstone(world: World) -> None:
    world.store.versioned = True
    made, other = world.meeting(status="running"), world.meeting()
    world.put(made.key)
    world.put(f"temp/exports/{made.id}/minutes.md")
    begun = world.store.create_multipart_upload(Bucket="b", Key=f"meetings/{made.id}/part.mp3")["UploadId"]
    world.insert_multipart(made, begun)
    assert world.delete_one(made.id) == 6
    assert not [key for key in world.store.objects if str(made.id) in key], "no version is left"
    assert world.store.uploads == {}
    assert world.stopped == [f"arn:{made.run_id}"]
    assert world.rows("select meeting_id, gone_at is not null from meeting_tombstones") == [(made.id, True)]
    assert world.delete_one(made.id) == 0
    assert len([key for key in world.found() if str(other.id) in key]) == 7


def test_a_meeting_whose_object_would_not_go_can_be_deleted_again(world: World) -> None:
    made = world.meeting()
    world.store.locked = {made.key}
    with pytest.raises(StorageUnavailable):
        world.delete_one(made.id)
    assert world.rows("select count(*) from meetings") == [(1,)]
    world.store.locked = set()
    world.delete_one(made.id)
    assert (world.found(), world.rows("select count(*) from meetings")) == (set(), [(0,)])
