"""A plan can be read whole before it is run: every line, page by page, with little in memory."""

from __future__ import annotations

from typing import Any

import pytest

from aam.foundation.storage import ObjectStore
from aam.retention import plan_store
from aam.retention.errors import BadCleanupRequest, PlanUnknown
from aam.retention.schemas import PlanItem, PlanPage, PlanRequest
from tests.support.retention import World

LITTLE = 300
"""Bytes of a page here: a line or two."""


@pytest.fixture
def ranges(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many bytes each page has read, of pages that are small."""
    read: list[int] = []
    whole = ObjectStore.read_range

    def counted(store: ObjectStore, key: str, first: int, last: int) -> bytes:
        body = whole(store, key, first, last)
        read.append(len(body))
        return body

    monkeypatch.setattr(plan_store, "PAGE_BYTES", LITTLE)
    monkeypatch.setattr(ObjectStore, "read_range", counted)
    return read


def page(world: World, plan_hash: str, after: int = 0) -> PlanPage:
    request = PlanRequest(action="plan", hash=plan_hash, after=after)
    return plan_store.read_page(request, store=world.bucket.store)


def pages(world: World, plan_hash: str) -> list[PlanPage]:
    """All of a plan."""
    found = [page(world, plan_hash)]
    while found[-1].next is not None:
        found.append(page(world, plan_hash, found[-1].next))
    return found


def test_every_line_of_a_plan_is_read_page_by_page(world: World, ranges: list[int]) -> None:
    made = world.meeting(at=world.ago(days=60))
    for number in range(20):
        world.put(f"temp/\u0444\u044b{number}", at=world.ago(days=2), size=number + 1)
    world.token(expires_at=world.ago(days=30))
    report, lines = world.plan("full")
    assert report.plan is not None
    found = pages(world, report.plan.hash)
    assert len(found) > 5
    assert max(ranges) <= LITTLE
    assert [each.plan for each in found] == [report.plan] + [None] * (len(found) - 1)
    items = [item for each in found for item in each.items]
    assert items == [plan_store.item_of(line) for line in lines]
    assert PlanItem(
        does="delete", kind="object", name="temp/\u0444\u044b4", version="null", size_bytes=5, why=lines[0].why
    ) in [item.model_copy(update={"why": lines[0].why}) for item in items]
    assert {"delete", "delete row", "tidy"} <= {item.does for item in items}
    assert str(made.run_id) in "".join(item.name for item in items)


def test_a_summary_names_the_first_of_each_reason(world: World) -> None:
    for number in range(5):
        world.put(f"temp/{number}", at=world.ago(days=2))
    plan = world.clean("temp").plan
    assert plan is not None
    assert [(each.count, each.first) for each in plan.reasons] == [(5, ("temp/0", "temp/1", "temp/2"))]


def test_an_empty_plan_has_one_empty_page(world: World) -> None:
    plan = world.clean("temp").plan
    assert plan is not None
    assert page(world, plan.hash) == PlanPage(plan=plan, items=(), next=None)


def test_a_plan_that_is_gone_and_a_place_that_is_none_are_told(world: World, ranges: list[int]) -> None:
    with pytest.raises(PlanUnknown):
        page(world, "0" * 64)
    with pytest.raises(PlanUnknown):
        page(world, "0" * 64, 7)
    for number in range(5):
        world.put(f"temp/{number}", at=world.ago(days=2))
    plan = world.clean("temp").plan
    assert plan is not None
    last = pages(world, plan.hash)[-2].next
    assert last is not None
    for after in (1, last - 1, last + 1, 10_000_000):
        with pytest.raises(BadCleanupRequest, match="after: "):
            page(world, plan.hash, after)
    assert ranges


def test_what_was_done_is_told_without_names(world: World) -> None:
    """Executions keep what the function answers; people have the plan."""
    for name in ("secret-name.mp3", "other-name.mp3"):
        world.put(f"temp/{name}", at=world.ago(days=2))
    said: Any = world.clean("temp", dry_run=False)
    assert said.objects == 2
    assert "name.mp3" not in said.model_dump_json()
