"""Every mode on seeded data, and a full cleanup killed at every step: PostgreSQL, S3, SQS and DynamoDB on ports.

The processes that clean are really killed (SIGKILL), and what they leave is what the next one finds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest

from aam.retention.integrity import check
from aam.retention.plan import Section
from tests.support.real_world import RealWorld, real_world
from tests.support.retention import Made
from tests.support.stack import Stack

RUN = {"dry_run": False, "no_backup": True, "allow": ["objects", "bytes", "meetings"]}
MODES = ("temp", "logs", "media", "db", "cache", "jobs", "locks", "full", "aggressive", "meetings")
POINTS = 20
OWN_LOG = "maintenance_log"
"""Cleanups write into it with the database's clock; seen from forty days later that is old at once."""


@pytest.fixture(scope="module")
def world(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealWorld]:
    with real_world(stack, tmp_path_factory.mktemp("cleanups")) as world:
        world.clean("temp", dry_run=False)  # the bucket is this database's
        yield world


def seed(world: RealWorld) -> list[Made]:
    """Something for every mode; the meetings of it, whose recordings stay unless whole meetings go."""
    done, failed = world.meeting(at=world.ago(days=60)), world.meeting(status="failed", at=world.ago(days=60))
    world.run(failed, attempt=2, status="succeeded", at=world.ago(days=50))
    world.put(f"meetings/{done.id}/lost.mp3")
    world.put(f"derived/{done.id}/{uuid4()}/x.json")
    for key in ("temp/exports/a", "temp/b", "callbacks/c", "logs/d", f"meetings/{uuid4()}/stray.mp3"):
        world.put(key)
    world.begin_parts(f"meetings/{done.id}/part.mp3")
    world.token(expires_at=world.ago(days=30))
    world.error(done, at=world.ago(days=40), is_read=True)
    world.fact(f"gone#{uuid4()}", expired=True)
    world.fact("living", expired=False)
    world.send(json.dumps({"meeting_id": str(done.id)}))
    return [done, failed]


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_does_exactly_what_its_plan_says(world: RealWorld, mode: str) -> None:
    kept = seed(world)
    keys, ids, parts, facts = world.found(), world.ids(), set(world.parts()), world.facts()
    waiting = world.waiting()
    report, lines = world.plan(mode)
    world.bucket.delete_prefix("cleanup/")  # the plan itself is old as well, seen from then
    named = {section: {each.name for each in lines if each.section is section} for section in Section}
    named[Section.ROWS] -= {line.name for line in lines if line.kind == OWN_LOG}
    assert (world.found(), world.ids(), set(world.parts()), world.facts()) == (keys, ids, parts, facts), "only said"
    done = world.clean(mode, **RUN)
    assert (done.finished, done.skipped, done.failed) == (True, 0, 0)
    assert (done.objects, done.size_bytes, done.rows, done.meetings, done.multiparts) == (
        *(report.objects, report.size_bytes, report.rows, report.meetings, report.multiparts),
    )
    assert keys - world.found() == named[Section.OBJECTS]
    assert {row_id for _, row_id in ids - world.ids()} >= named[Section.ROWS]
    assert parts - set(world.parts()) == named[Section.ABORT]
    assert facts - world.facts() <= named[Section.STATE] | named[Section.LOCKS]
    assert any(named[section] for section in Section if section is not Section.KEPT), "the seeds gave it work"
    assert mode == "meetings" or {made.key for made in kept} <= world.found()
    assert done.messages == (waiting if mode == "meetings" else 0)
    assert "living" in world.facts()


def test_a_full_cleanup_killed_at_every_step_is_finished_by_the_next(world: RealWorld) -> None:
    """Twenty points from the first to the last, each on fresh seeds; what is wanted is there after each of them."""
    staying = world.meeting()
    of_staying = {key for key in world.found() if str(staying.id) in key and not key.endswith("prepared.json")}
    request = {"mode": "full", **RUN}
    seed(world)
    last = world.clean_in_a_process(request)["points"]
    points = sorted({1 + round(number * (last - 1) / (POINTS - 1)) for number in range(POINTS)})
    assert len(points) == POINTS
    for point in points:
        kept = seed(world)
        died = world.clean_in_a_process(request, die_at=point)
        world.now += timedelta(minutes=10)  # its lease is over
        assert died["killed"] or point > last - 5, f"not killed at {point} of {last}"
        world.clean("full", **RUN)
        assert {made.key for made in kept} | of_staying <= world.found(), point
        assert (world.orphans(), world.parts()) == (set(), []), point
        assert world.rows("select count(*) from cleanup_runs where state = 'running'") == [(0,)]
        assert check(deps=world.deps).ok, point
        left = {line.section for line in world.plan("full")[1] if line.kind != OWN_LOG}
        assert left <= {Section.LAST}, "nothing is left to do"
