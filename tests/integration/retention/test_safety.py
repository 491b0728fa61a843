"""Before anything goes: whose bucket it is, what the plan said, how much would go, what is held, who else cleans."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from aam.foundation.clock import new_id
from aam.foundation.errors import AppError
from aam.foundation.storage import StorageUnavailable
from aam.retention import ages, holds, identity
from aam.retention.errors import (
    AgesContradict,
    AlreadyGoing,
    BackupMissing,
    CleanupInProgress,
    OnLegalHold,
    PlanChanged,
    PlanUnknown,
    StoreNotAdopted,
    TooMuchWouldGo,
    UnknownScope,
    WrongStore,
)
from aam.retention.meetings import delete_meeting
from aam.retention.plans import Section
from aam.retention.schemas import HoldRequest, KeepRequest
from aam.retention.service import go_on
from tests.support.retention import Made, World

ALLOWED = {"dry_run": False, "no_backup": True, "allow": ["objects", "bytes", "meetings"]}


def place_hold(world: World, **subject: UUID) -> None:
    with world.database.transaction() as session:
        holds.hold(session, HoldRequest(action="hold", reason="Case 12", **subject))


def delete_one(world: World, meeting_id: UUID) -> int:
    tools = world.tools
    return delete_meeting(
        meeting_id,
        bucket=tools.bucket,
        open_transaction=tools.open_transaction,
        stop_execution=tools.stop_execution,
        now=world.now,
    )


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
    with pytest.raises(PlanChanged):
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


@pytest.mark.parametrize("mode", ["full", "aggressive", "meetings"])
def test_much_wants_a_backup_of_the_last_day(world: World, mode: str) -> None:
    with pytest.raises(BackupMissing):
        world.clean(mode, dry_run=False)
    world.put("backups/database/2026-11-29/manifest.json", at=world.ago(hours=25))
    with pytest.raises(BackupMissing):
        world.clean(mode, dry_run=False)
    world.put("backups/database/2026-12-01/manifest.json", at=world.ago(hours=23))
    assert world.clean(mode, dry_run=False).finished


# ---------------------------------------------------------------------- what is held


def test_a_hold_wins_over_everything_and_the_plan_says_so(world: World) -> None:
    by_client, by_meeting, free = world.meeting(), world.meeting(), world.meeting()
    place_hold(world, client_id=by_client.client_id)
    place_hold(world, meeting_id=by_meeting.id)
    for made in (by_client, by_meeting):
        world.put(f"meetings/{made.id}/stray", at=world.ago(days=9))
        world.error(made, at=world.ago(days=99), is_read=True)
    kept = {key for key in world.found() if str(free.id) not in key}
    report, lines = world.plan("meetings")
    assert report.plan is not None
    said = {line.name for line in lines if line.section is Section.KEPT}
    assert said == {str(by_client.id), str(by_meeting.id), str(by_client.client_id)}
    done = world.clean("meetings", **ALLOWED)
    assert (done.meetings, done.skipped) == (1, 1), "the client of the held meeting stays as well"
    world.clean("aggressive", **ALLOWED)
    assert world.found() == kept
    assert {row[0] for row in world.rows("select id from meetings")} == {by_client.id, by_meeting.id}
    assert world.rows("select count(*) from processing_errors") == [(2,)]
    stray = [line for line in world.plan("media")[1] if line.section is Section.KEPT]
    assert {line.why for line in stray} == {"nothing refers to it, but kept by a legal hold"}
    for subject in ({"client_id": by_client.client_id}, {"meeting_id": by_meeting.id}):
        with world.database.transaction() as session:
            assert holds.release(session, HoldRequest(action="release", **subject))
            assert not holds.release(session, HoldRequest(action="release", **subject))
    assert world.clean("meetings", **ALLOWED).meetings == 2
    assert world.found() == set()


def test_the_database_itself_refuses_to_delete_what_is_held(world: World) -> None:
    made = world.meeting()
    place_hold(world, meeting_id=made.id)
    place_hold(world, meeting_id=made.id)
    for statement in ("delete from meetings", "delete from clients"):
        with pytest.raises(DBAPIError, match="fk_legal_holds_meeting_id"), world.database.transaction() as session:
            session.execute(text(statement))
    with pytest.raises(OnLegalHold):
        delete_one(world, made.id)
    assert len(world.found()) == 7


def test_a_hold_that_comes_between_plan_and_deed_is_kept(world: World) -> None:
    """Placed when the cleanup is about to mark: the meeting stays whole, and the report says one was skipped."""
    made, other = world.meeting(), world.meeting()
    keys = {key for key in world.found() if str(made.id) in key}

    def place_at_the_plan(operation: str) -> None:
        if operation == "put_object":
            world.store.before = lambda _operation: None
            place_hold(world, meeting_id=made.id)

    world.clean("temp", dry_run=False)  # the bucket is taken, so that the next write is the plan's
    world.store.before = place_at_the_plan
    done = world.clean("meetings", **ALLOWED)
    assert done.meetings == 1
    assert done.skipped > len(keys)
    assert world.found() == keys
    assert other.id not in {row[0] for row in world.rows("select id from meetings")}


def when_the_plan_is_stored(world: World, happen: Callable[[], object]) -> None:
    """Have something happen between plan and deed."""
    world.clean("temp", dry_run=False)  # the bucket is taken, so that the next write is the plan's

    def before(operation: str) -> None:
        if operation == "put_object":
            world.store.before = lambda _operation: None
            happen()

    world.store.before = before


def test_what_becomes_wanted_between_plan_and_deed_stays(world: World) -> None:
    """A row for what nothing referred to, a run of a recording past its age, a hold on another one."""
    stray, busy, held = world.meeting(), world.meeting(at=world.ago(days=40)), world.meeting(at=world.ago(days=40))
    late = world.put(f"meetings/{stray.id}/part.mp3", at=world.ago(days=3))
    run = new_id()
    derived = world.put(f"derived/{stray.id}/{run}/context.json", at=world.ago(days=3))
    keep(world, None, "audio", 30)

    def happen() -> None:
        world.insert_multipart(stray, "upload-1")
        world.run(stray, attempt=2, status="running", at=world.now, run_id=run)
        world.run(busy, attempt=2, status="running", at=world.now)
        place_hold(world, client_id=held.client_id)

    when_the_plan_is_stored(world, happen)
    done = world.clean("media", **ALLOWED)
    of_held = {key for key in world.found() if str(held.id) in key}
    assert {late, derived, busy.key, held.key} <= world.found()
    assert len(of_held) == 7
    assert done.skipped >= 4
    assert f"derived/{busy.id}/{busy.run_id}/audio.ogg" not in world.found(), "the earlier run's audio is past its age"


def test_what_is_going_cannot_be_held_any_more(world: World) -> None:
    made = world.meeting()
    world.insert_tombstone(made)
    for subject in ({"meeting_id": made.id}, {"client_id": made.client_id}):
        with pytest.raises(AlreadyGoing):
            place_hold(world, **subject)
    with pytest.raises(UnknownScope):
        place_hold(world, meeting_id=uuid4())


# ---------------------------------------------------------------------- how long


def keep(world: World, made: Made | None, data_class: str, days: int | None) -> None:
    with world.database.transaction() as session:
        asked = KeepRequest.model_validate(
            {
                "action": "keep",
                "organization_id": world.organization_id,
                "client_id": made.client_id if made else None,
                "data_class": data_class,
                "days": days,
            }
        )
        ages.keep(session, asked, policy=world.policy)


def test_each_class_goes_at_its_own_age(world: World) -> None:
    old, other = world.meeting(at=world.ago(days=40)), world.meeting(at=world.ago(days=40))
    film = world.meeting(at=world.ago(days=40), content_type="video/mp4")
    keep(world, old, "audio", 30)
    keep(world, None, "video", 39)
    assert world.clean("media", **ALLOWED).skipped == 0
    assert {key for key in world.found() if str(old.id) in key} == {
        f"derived/{old.id}/{old.run_id}/{name}"
        for name in ("context.json", "prepared.json", "deepgram.json", "transcript.json", "artifacts.json")
    }
    assert len([key for key in world.found() if str(other.id) in key]) == 7
    assert film.key not in world.found()
    statuses = dict(world.rows("select meeting_id, status from upload_blobs"))
    assert statuses == {old.id: "expired", film.id: "expired", other.id: "received"}
    assert world.orphans() == set()
    keep(world, None, "transcript", 35)
    world.clean("media", **ALLOWED)
    for table in ("transcripts", "artifacts", "llm_interactions", "utterances"):
        assert world.rows(f"select count(*) from {table}") == [(0,)]
    assert world.rows("select count(*) from meetings") == [(3,)]
    keep(world, None, "transcript", None)
    assert world.clean("media").objects == 0


def test_an_age_waits_for_a_run_that_reads_the_recording(world: World) -> None:
    made = world.meeting(at=world.ago(days=40))
    keep(world, None, "audio", 30)
    run = world.run(made, attempt=2, status="running", at=world.ago(minutes=1))
    world.clean("media", dry_run=False)
    assert made.key in world.found()
    with world.database.transaction() as session:
        session.execute(text(f"update processing_runs set status = 'failed' where id = '{run}'"))
    world.clean("media", dry_run=False)
    assert made.key not in world.found()


def test_ages_that_contradict_are_refused(world: World) -> None:
    keep(world, None, "transcript", 30)
    with pytest.raises(AgesContradict):
        keep(world, None, "artifacts", 31)
    keep(world, None, "artifacts", 30)
    asked = {"action": "keep", "organization_id": world.organization_id, "data_class": "audio", "days": 1}
    for wrong in ({"organization_id": uuid4()}, {"client_id": uuid4()}, {"meeting_type": "nonsense"}):
        with pytest.raises(UnknownScope), world.database.transaction() as session:
            ages.keep(session, KeepRequest.model_validate({**asked, **wrong}), policy=world.policy)


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
        report = go_on(report.run_id, tools=world.tools, has_time=one_batch)
    assert rounds >= 3
    assert (report.meetings, report.objects) == (5, 35)
    assert report.run_id is not None
    assert go_on(report.run_id, tools=world.tools, has_time=one_batch).objects == 35, "what is over is reported"


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
    assert delete_one(world, made.id) == 6
    assert not [key for key in world.store.objects if str(made.id) in key], "no version is left"
    assert world.store.uploads == {}
    assert world.stopped == [f"arn:{made.run_id}"]
    assert world.rows("select meeting_id, gone_at is not null from meeting_tombstones") == [(made.id, True)]
    assert delete_one(world, made.id) == 0
    assert len([key for key in world.found() if str(other.id) in key]) == 7


def test_a_meeting_whose_object_would_not_go_can_be_deleted_again(world: World) -> None:
    made = world.meeting()
    world.store.locked = {made.key}
    with pytest.raises(StorageUnavailable):
        delete_one(world, made.id)
    assert world.rows("select count(*) from meetings") == [(1,)]
    world.store.locked = set()
    delete_one(world, made.id)
    assert (world.found(), world.rows("select count(*) from meetings")) == (set(), [(0,)])
