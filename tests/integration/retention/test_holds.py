"""What is held stays, and what has an age goes at that age, whatever else is cleaned."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from aam.deletion import legal_holds
from aam.deletion.errors import (
    AlreadyGoing,
    OnLegalHold,
    UnknownScope,
)
from aam.deletion.schemas import HoldRequest
from aam.foundation.clock import new_id
from aam.retention import ages
from aam.retention.errors import (
    AgesContradict,
)
from aam.retention.plan import Section
from aam.retention.schemas import KeepRequest
from tests.support.retention import Made, World

ALLOWED = {"dry_run": False, "no_backup": True, "allow": ["objects", "bytes", "meetings"]}


# ---------------------------------------------------------------------- what is held


def test_a_hold_wins_over_everything_and_the_plan_says_so(world: World) -> None:
    by_client, by_meeting, free = world.meeting(), world.meeting(), world.meeting()
    world.place_hold(client_id=by_client.client_id)
    world.place_hold(meeting_id=by_meeting.id)
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
            assert legal_holds.release(session, HoldRequest(action="release", **subject))
            assert not legal_holds.release(session, HoldRequest(action="release", **subject))
    assert world.clean("meetings", **ALLOWED).meetings == 2
    assert world.found() == set()


def test_the_database_itself_refuses_to_delete_what_is_held(world: World) -> None:
    made = world.meeting()
    world.place_hold(meeting_id=made.id)
    world.place_hold(meeting_id=made.id)
    for statement in ("delete from meetings", "delete from clients"):
        with pytest.raises(DBAPIError, match="fk_legal_holds_meeting_id"), world.database.transaction() as session:
            session.execute(text(statement))
    with pytest.raises(OnLegalHold):
        world.delete_one(made.id)
    assert len(world.found()) == 7


def test_a_hold_that_comes_between_plan_and_deed_is_kept(world: World) -> None:
    """Placed when the cleanup is about to mark: the meeting stays whole, and the report says one was skipped."""
    made, other = world.meeting(), world.meeting()
    keys = {key for key in world.found() if str(made.id) in key}

    def place_at_the_plan(operation: str) -> None:
        if operation == "put_object":
            world.store.before = lambda _operation: None
            world.place_hold(meeting_id=made.id)

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
        world.place_hold(client_id=held.client_id)

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
            world.place_hold(**subject)
    with pytest.raises(UnknownScope):
        world.place_hold(meeting_id=uuid4())


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
