"""A cleanup may die anywhere: the next one finishes what it began, and nothing that is wanted goes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from aam.deletion.service import delete_meeting
from aam.retention.dependencies import CleanupDeps
from aam.retention.schemas import CleanupRequest, Mode
from aam.retention.service import clean_up
from tests.support.killer import Killed, Killer
from tests.support.retention import World

ASKED = {"dry_run": False, "no_backup": True, "allow": ["objects", "bytes", "meetings"]}
POINTS = 24


@dataclass
class Dying(Killer):
    """The same, with its deps."""

    world: World

    def deps(self) -> CleanupDeps:
        """CleanupDeps that die."""
        self.world.store.before = self.point
        return replace(self.world.deps, open_transaction=self.transaction, stop_execution=self.stop)

    def stop(self, arn: str) -> None:
        """Stopping an execution."""
        self.point()
        self.world.stopped.append(arn)


def seed(world: World) -> set[str]:
    """Things that go with a full cleanup of one client; the keys of what stays."""
    staying = world.meeting()
    client = world.client()
    for status in ("succeeded", "running", "failed"):
        world.meeting(client, status=status, at=world.ago(days=3))
    world.put(f"meetings/{staying.id}/lost.mp3", at=world.ago(days=3))
    world.put("temp/exports/a", at=world.ago(days=3))
    world.token(expires_at=world.ago(days=30))
    begun = world.store.create_multipart_upload(Bucket="b", Key=f"meetings/{staying.id}/part.mp3")["UploadId"]
    world.store.uploads[begun] = (f"meetings/{staying.id}/part.mp3", world.ago(days=3))
    return {key for key in world.found() if str(staying.id) in key} - {f"meetings/{staying.id}/lost.mp3"}


def client_of_three(world: World) -> str:
    ((client,),) = world.rows("select client_id from meetings group by 1 having count(*) = 3")
    return str(client)


def clean_twice(world: World, mode: str, killer: Dying, **more: object) -> bool:
    """A cleanup that is killed, and the next one some minutes later; says whether it was killed at all."""
    request = CleanupRequest.model_validate({"mode": mode, **ASKED, **more})
    try:
        clean_up(request, deps=killer.deps(), has_time=lambda: True)
        killed = False
    except Killed:
        killed = True
    world.store.before = lambda _operation: None
    world.now += timedelta(minutes=10)
    if killed:
        gone = request.scope_id and not world.rows(f"select 1 from clients where id = '{request.scope_id}'")
        again = CleanupRequest(mode=Mode.TEMP, dry_run=False) if gone else request
        clean_up(again, deps=world.deps, has_time=lambda: True)
    return killed


@pytest.mark.parametrize("mode", ["full", "meetings"])
def test_killed_at_every_step_and_run_again_leaves_a_clean_system(world: World, mode: str) -> None:
    def more() -> dict[str, object]:
        return {} if mode == "full" else {"scope": "client", "scope_id": client_of_three(world)}

    world.clean("temp", dry_run=False)  # the bucket is this database's
    seed(world)
    counting = Dying(world)
    clean_twice(world, mode, counting, **more())
    points = {1 + round(number * (counting.seen - 1) / (POINTS - 1)) for number in range(POINTS)}
    assert len(points) >= 20
    for point in sorted(points):
        world.clean("meetings", **ASKED)
        world.clean("aggressive", **ASKED)
        assert world.found() == set()
        stays = seed(world)
        assert clean_twice(world, mode, Dying(world, at=point), **more()), f"was not killed at {point}"
        assert stays <= world.found(), "nothing that is wanted goes"
        if mode == "full":
            assert world.orphans() == set()
            assert world.store.uploads == {}
        else:
            assert {row[0] for row in world.rows("select count(*) from meetings")} == {1}
            assert not [key for key in world.found() - stays if key.startswith("derived/")]
        assert world.rows("select count(*) from cleanup_runs where state = 'running'") == [(0,)]


def test_an_execution_whose_stopper_died_is_stopped_by_the_next(world: World) -> None:
    """The row says cancelled already; the execution would go on and pay for what nobody wants."""
    world.clean("temp", dry_run=False)
    made = world.meeting(status="running")

    def die(_arn: str) -> None:
        raise Killed

    request = CleanupRequest.model_validate({"mode": "meetings", **ASKED})
    with pytest.raises(Killed):
        clean_up(request, deps=replace(world.deps, stop_execution=die), has_time=lambda: True)
    assert world.rows("select status from processing_runs") == [("cancelled",)]
    assert f"unwanted#{made.run_id}" in world.table.items, "its workers pay for nothing more"
    world.now += timedelta(minutes=10)
    world.clean("temp", dry_run=False)
    assert world.stopped == [f"arn:{made.run_id}"]
    assert world.found() == set()


def test_deleting_one_meeting_may_be_killed_anywhere(world: World) -> None:
    def delete(killer: Dying) -> None:
        deps = killer.deps()
        ((meeting_id,),) = world.rows("select id from meetings")
        delete_meeting(
            meeting_id,
            bucket=deps.bucket,
            open_transaction=deps.open_transaction,
            revoke=lambda _run_id: None,
            stop_execution=deps.stop_execution,
            now=world.now,
        )

    point, killed = 0, True
    while killed:
        point += 1
        made = world.meeting(status="running")
        try:
            delete(Dying(world, at=point))
            killed = False
        except Killed:
            world.store.before = lambda _operation: None
            if world.rows("select 1 from meetings"):
                delete(Dying(world))
        world.store.before = lambda _operation: None
        assert world.rows("select count(*) from meetings") == [(0,)]
        assert not [key for key in world.found() if str(made.id) in key]
        assert {row[0] for row in world.rows("select status from processing_runs")} <= {"cancelled"}
    assert point > 12
