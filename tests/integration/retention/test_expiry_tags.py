"""Ages that the bucket keeps as well: it never takes what a cleanup would keep, and both end at the same state."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from aam.foundation.clock import new_id
from aam.meetings.models import MeetingType
from aam.retention.errors import AgesContradict
from aam.retention.integrity import check
from aam.retention.plan import Section
from tests.support.retention import Made, World
from tests.support.template import written

RULES = [
    rule
    for rule in written()["Resources"]["MediaBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    if "TagFilters" in rule
]
RUN = {"dry_run": False, "no_backup": True, "allow": ["objects", "bytes", "meetings"]}


def expired_by_the_bucket(world: World, at: datetime) -> set[str]:
    """What the template's rules on tags would have expired by then."""
    gone = set()
    for rule in RULES:
        ((name, value),) = [(each["Key"], each["Value"]) for each in rule["TagFilters"]]
        for key, kept in world.store.objects.items():
            due = kept[-1].modified + timedelta(days=rule["ExpirationInDays"]) <= at
            if due and world.store.tags.get(key, {}).get(name) == value:
                gone.add(key)
    return gone


def planned(world: World) -> set[str]:
    return {line.name for line in world.plan("media")[1] if line.section is Section.OBJECTS}


def tags(world: World, made: Made) -> dict[str, str]:
    """The values of our tag on a meeting's objects, by what the objects are called."""
    name = world.policy.tiers.tag
    return {
        key.rpartition("/")[2].rpartition("_")[2]: found[name]
        for key, found in world.store.tags.items()
        if str(made.id) in key and name in found
    }


AUDIO = {"a.mp3": "30-days", "audio.ogg": "30-days"}


def test_bucket_and_cleanups_agree_on_every_day(world: World) -> None:
    """The bucket follows some days later, takes exactly what a cleanup would have taken, and nothing else at all."""
    particular = world.client()
    world.keep("audio", 30)
    world.keep("transcript", 90)
    world.keep("audio", 45, client_id=particular)  # no tier: the cleanup's alone
    for made in (world.meeting(), world.meeting(particular), world.meeting(content_type="video/mp4")):
        assert made
    world.clean("media", **RUN)
    began, later = world.now, timedelta(days=world.policy.tiers.later_days)
    tagged = {key for key, found in world.store.tags.items() if found}
    days = (0, 28, 29, 30, 44, 45, 88, 89, 90, 400)
    seen = []
    for day in days:
        world.now = began + timedelta(days=day)
        cleanups, buckets = planned(world), expired_by_the_bucket(world, world.now + later)
        assert buckets == cleanups & tagged, day
        assert expired_by_the_bucket(world, world.now) <= cleanups, "never before a cleanup would"
        seen.append(len(buckets))
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0, len(tagged))
    assert 0 < len(tagged) < len(world.found())


def test_what_the_bucket_took_is_no_loss_and_the_next_cleanup_takes_its_rows(world: World) -> None:
    made, other = world.meeting(), world.meeting()
    world.keep("audio", 30, client_id=made.client_id)
    world.keep("transcript", 30, client_id=made.client_id)
    world.clean("media", **RUN)
    world.now += timedelta(days=45)
    for key in expired_by_the_bucket(world, world.now):
        world.bucket.delete_prefix(key)
    found = check(deps=world.deps)
    assert (found.ok, found.rows_without_object, found.waiting) == (True, 0, 2)
    world.clean("media", **RUN)
    statuses = dict(world.rows("select id, status from upload_blobs"))
    assert statuses == {made.upload_id: "expired", other.upload_id: "received"}
    assert world.rows("select meeting_id from transcripts") == [(other.id,)]
    assert check(deps=world.deps).waiting == 0
    assert world.orphans() == set()
    world.bucket.delete_prefix(other.key)
    assert check(deps=world.deps).rows_without_object == 1, "this one has no age"


def test_a_hold_takes_tags_off_and_its_end_brings_them_back(world: World) -> None:
    by_client, by_meeting = world.meeting(), world.meeting()
    world.keep("audio", 30)
    world.store.tags[by_client.key]["scanned"] = "clean"
    assert tags(world, by_client) == tags(world, by_meeting) == AUDIO
    world.place_hold(client_id=by_client.client_id)
    world.place_hold(meeting_id=by_meeting.id)
    assert tags(world, by_client) == tags(world, by_meeting) == {}
    assert world.store.tags[by_client.key] == {"scanned": "clean"}, "tags of others stay"
    world.clean("media", **RUN)
    assert tags(world, by_client) == {}
    assert expired_by_the_bucket(world, world.now + timedelta(days=9_999)) == set()
    with world.database.transaction() as session:
        session.execute(text("delete from legal_holds"))
    world.clean("media", **RUN)
    assert tags(world, by_client) == tags(world, by_meeting) == AUDIO
    assert world.store.tags[by_client.key]["scanned"] == "clean"


@pytest.mark.parametrize(("days", "tag"), [(90, "90-days"), (45, None), (None, None)])
def test_another_age_moves_to_another_tier_or_to_none(world: World, days: int | None, tag: str | None) -> None:
    made = world.meeting()
    world.keep("audio", 30)
    assert tags(world, made) == AUDIO
    world.keep("audio", days)
    assert tags(world, made) == ({} if tag is None else dict.fromkeys(AUDIO, tag))


def test_an_age_that_contradicts_changes_no_tag(world: World) -> None:
    made = world.meeting()
    world.keep("transcript", 30)
    before = tags(world, made)
    with pytest.raises(AgesContradict):
        world.keep("artifacts", 60)
    assert tags(world, made) == before
    assert before["artifacts.json"] == "30-days", "minutes go with their transcript"


class Killed(BaseException):
    """No handler sees a kill."""


def test_changing_an_age_may_be_killed_anywhere_and_asked_again(world: World) -> None:
    """At no moment does an object carry a tag that is shorter than the age that stands in the database."""
    made = world.meeting()
    world.keep("audio", 30)
    counted = 0

    def dies_at(point: int) -> bool:
        nonlocal counted
        counted = 0

        def before(_operation: str) -> None:
            nonlocal counted
            counted += 1
            if counted == point:
                raise Killed

        world.store.before = before
        try:
            world.keep("audio", 365)
        except Killed:
            return True
        finally:
            world.store.before = lambda _operation: None
        return False

    points = 0
    while dies_at(points := points + 1):
        stands = world.rows("select days from retention_rules")[0][0]
        carried = {int(value.removesuffix("-days")) for value in tags(world, made).values()}
        assert all(each >= stands for each in carried), (points, stands, carried)
        world.keep("audio", 365)
        assert set(tags(world, made).values()) == {"365-days"}
        world.keep("audio", 30)
    assert points > 20


def test_what_is_worked_on_or_on_its_way_has_no_tag(world: World) -> None:
    busy, pending = world.meeting(status="running"), world.meeting(upload_status="pending", status="failed")
    world.keep("audio", 30)
    assert tags(world, busy) == {}
    assert tags(world, pending) == {"audio.ogg": "30-days"}, "of a run that is over"


def test_a_meeting_of_another_type_is_noticed_by_the_next_cleanup(world: World) -> None:
    kind = new_id()
    world.insert(
        MeetingType(id=kind, organization_id=world.organization_id, key="stand-up", name="S", scenario_key="stand-up")
    )
    made = world.meeting(meeting_type_id=kind)
    world.keep("audio", 30, meeting_type="stand-up")
    assert tags(world, made) == AUDIO
    with world.database.transaction() as session:
        session.execute(text("update meetings set meeting_type_id = null"))
    assert min(rule["ExpirationInDays"] for rule in RULES) > 7, "a weekly cleanup comes before the bucket acts"
    world.clean("full", **RUN)
    assert tags(world, made) == {}
