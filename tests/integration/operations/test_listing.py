"""Lists and short ids, as the deployed function answers them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from aam.clients.models import Client
from aam.deletion.models import LegalHold, MeetingTombstone
from aam.erasure.models import Erasure
from aam.foundation.clock import new_id
from aam.foundation.pagination import BadCursor
from aam.identity.models import User
from aam.meetings.models import Meeting
from aam.operations.errors import AmbiguousId, BadOperationsRequest, UnknownId
from aam.pipeline.models import Stage
from tests.support.operations import NOW, World
from tests.support.rows import make_scene


def ids(world: World, kind: str, **narrowed: Any) -> list[str]:
    return [row["id"] for row in world.ask(action="list", kind=kind, **narrowed)["rows"]]


@pytest.fixture
def kinds(world: World) -> dict[str, Any]:
    """One row of each kind for the world's organization, and another organization with none of the rarer ones."""
    scene = world.scene
    make_scene(world.database)
    run = world.begin(Stage.PROBE)
    world.fail(run)
    with world.database.transaction() as session:
        hold = LegalHold(organization_id=scene.organization_id, client_id=scene.client_id, reason="Case 12")
        erasure = Erasure(
            organization_id=scene.organization_id,
            subject_kind="user",
            subject_id=new_id(),
            trigger="person",
            lease_owner=new_id(),
            lease_until=NOW,
        )
        session.add_all([hold, erasure])
        session.flush()
        return {
            "meetings": scene.meeting_id,
            "clients": scene.client_id,
            "users": scene.user_id,
            "runs": run.run_id,
            "holds": hold.id,
            "erasures": erasure.id,
        }


def test_every_kind_can_be_listed_and_narrowed_to_an_organization(world: World, kinds: dict[str, Any]) -> None:
    of = {"organization_id": str(world.scene.organization_id)}
    assert {kind: ids(world, kind, **of) for kind in kinds} == {kind: [str(each)] for kind, each in kinds.items()}
    assert len(ids(world, "meetings")) == len(ids(world, "organizations")) == 2
    (error,) = world.ask(action="list", kind="errors", **of)["rows"]
    assert (error["code"], error["status"]) == ("step_failed", "unread")
    marked = [world.ask(action="dismiss", error_id=error["id"])["was_read"] for _ in range(2)]
    assert marked == [False, True]
    assert world.ask(action="list", kind="errors", **of)["rows"][0]["status"] == "read"
    (hold,) = world.ask(action="list", kind="holds", **of)["rows"]
    assert (hold["subject"], hold["subject_id"], hold["name"]) == ("client", str(world.scene.client_id), "Client")
    (client,) = world.ask(action="list", kind="clients", **of)["rows"]
    assert (client["meetings"], client["organization"]) == (1, "Test organization")


def test_filters_leave_out_what_does_not_match(world: World, kinds: dict[str, Any]) -> None:
    scene = world.scene
    assert ids(world, "meetings", status="failed") == [str(scene.meeting_id)]
    assert ids(world, "meetings", client_id=str(scene.client_id)) == [str(scene.meeting_id)]
    assert ids(world, "runs", meeting_id=str(scene.meeting_id), status="failed") == [str(kinds["runs"])]
    assert ids(world, "runs", status="succeeded") == []
    assert ids(world, "holds", client_id=str(new_id())) == []
    assert ids(world, "erasures", status="complete") == []
    assert ids(world, "errors", status="read") == []
    assert ids(world, "meetings", since=(NOW + timedelta(hours=1)).isoformat()) == []
    with world.database.transaction() as session:
        session.get_one(User, scene.user_id).disabled_at = NOW
    assert ids(world, "users", status="disabled") == [str(scene.user_id)]


def test_pages_are_newest_first_and_leave_none_out(world: World) -> None:
    with world.database.transaction() as session:
        for number in range(6):
            session.add(Client(organization_id=world.scene.organization_id, name=f"Client {number}"))
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = world.ask(action="list", kind="clients", limit=3, **cursor)
        seen += [row["id"] for row in page["rows"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert len(seen) == len(set(seen)) == 7
    assert seen[-1] == str(world.scene.client_id)
    with pytest.raises(BadCursor):
        world.ask(action="list", kind="clients", cursor="mine")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"kind": "meetings", "status": "lost"}, "The status of meetings is one of created, "),
        (
            {"kind": "holds", "status": "failed"},
            "holds can be narrowed by organization, client, meeting, since, not by",
        ),
        (
            {"kind": "organizations", "client_id": str(new_id())},
            "organizations can be narrowed by since, not by client",
        ),
        ({"kind": "minutes"}, "kind: Input should be 'meetings', "),
    ],
)
def test_a_filter_that_means_nothing_is_refused_with_those_that_do(
    world: World, asked: dict[str, str], said: str
) -> None:
    with pytest.raises(BadOperationsRequest, match=said):
        world.ask(action="list", **asked)


def test_a_short_id_is_found_where_it_means_one(world: World) -> None:
    meeting_id = str(world.scene.meeting_id)
    assert world.ask(action="resolve", kind="meeting", prefix=meeting_id.replace("-", "")[:20]) == {"id": meeting_id}
    with pytest.raises(UnknownId, match="No meeting has an id that begins with ffffff"):
        world.ask(action="resolve", kind="meeting", prefix="ffffff")
    with pytest.raises(UnknownId, match="No client"):
        world.ask(action="resolve", kind="client", prefix=meeting_id.replace("-", ""))


def test_a_short_id_of_several_names_some_of_them(world: World) -> None:
    twins = [UUID(f"ab{number:010x}00000000000000000000") for number in range(7)]
    with world.database.transaction() as session:
        for each in twins:
            session.add(Client(id=each, organization_id=world.scene.organization_id, name="Secret name"))
    with pytest.raises(AmbiguousId) as refused:
        world.ask(action="resolve", kind="client", prefix="ab0000")
    assert str(twins[0]) in refused.value.detail
    assert str(twins[6]) not in refused.value.detail
    assert "and more. Give more of its characters." in refused.value.detail
    assert "Secret" not in refused.value.detail


def test_a_meeting_that_is_gone_is_found_by_its_tombstone(world: World) -> None:
    gone = new_id()
    with world.database.transaction() as session:
        session.add(
            MeetingTombstone(meeting_id=gone, organization_id=world.scene.organization_id, marked_at=NOW, gone_at=NOW)
        )
        session.add(
            MeetingTombstone(
                meeting_id=world.scene.meeting_id, organization_id=world.scene.organization_id, marked_at=NOW
            )
        )
        assert session.get(Meeting, gone) is None
    assert world.ask(action="resolve", kind="meeting", prefix=gone.hex) == {"id": str(gone)}
    both = world.scene.meeting_id
    assert world.ask(action="resolve", kind="meeting", prefix=both.hex) == {"id": str(both)}
