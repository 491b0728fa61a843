"""Looking again goes page by page: it may take many calls, keeps its lease, and keeps nobody else waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import UUID

import pytest

from aam.erasure import rescan
from aam.erasure.dependencies import ErasureDeps
from aam.erasure.service import continue_erasure, sweep
from aam.foundation.jobs import LEASE
from tests.support.erasure import ErasureWorld


def times(number: int) -> Callable[[], bool]:
    """Time for so many steps."""
    left = iter(range(number))
    return lambda: next(left, None) is not None


@pytest.fixture
def looked(world: ErasureWorld, monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """The meetings that were looked at again, in order; each takes nearly as long as the lease."""
    found: list[UUID] = []
    empty = rescan.delete_meetings_objects

    def slowly(deps: ErasureDeps, meeting_ids: Iterable[UUID]) -> object:
        ids = list(meeting_ids)
        found.extend(ids)
        assert world.one("select max(lease_until) from erasures") > world.now, "it is still ours"
        world.now += LEASE - timedelta(seconds=1)
        return empty(deps, ids)

    monkeypatch.setattr(rescan, "PAGE", 1)
    monkeypatch.setattr(rescan, "delete_meetings_objects", slowly)
    return found


def test_a_large_client_is_looked_at_again_in_many_calls(world: ErasureWorld, looked: list[UUID]) -> None:
    client_id = world.client()
    talks = [world.talk(client_id=client_id) for _ in range(4)]
    erasure_id = world.erased("client", client_id).id
    for talk in talks:
        world.put(f"meetings/{talk.id}/late.mp3")
    world.now += timedelta(minutes=100)
    ids = sorted(talk.id for talk in talks)
    for calls, seen in ((1, ids[:1]), (2, ids[:3])):
        done = sweep(deps=world.erasing, has_time=times(calls + 1))
        assert (done.completed, done.going, looked) == (0, 1, seen)
        assert world.certificate(erasure_id).state == "erased"
    assert sweep(deps=world.erasing, has_time=lambda: True).completed == 1
    assert looked == ids, "nothing is looked at twice"
    assert world.certificate(erasure_id).counts["came_late"] == 4
    assert world.found() == set()


@pytest.mark.usefixtures("looked")
def test_a_large_one_does_not_keep_others_waiting(world: ErasureWorld) -> None:
    client_id = world.client()
    for _ in range(3):
        world.talk(client_id=client_id)
    world.erased("client", client_id)
    small = world.erased("meeting", world.talk().id).id
    world.now += timedelta(minutes=100)
    assert sweep(deps=world.erasing, has_time=times(2)).completed == 0
    assert sweep(deps=world.erasing, has_time=times(6)).completed == 1
    assert world.certificate(small).state == "complete"


def test_who_is_gone_on_with_is_looked_at_anew(world: ErasureWorld, looked: list[UUID]) -> None:
    client_id = world.client()
    for _ in range(2):
        world.talk(client_id=client_id)
    erasure_id = world.erased("client", client_id).id
    world.now += timedelta(minutes=100)
    sweep(deps=world.erasing, has_time=times(2))
    continue_erasure(erasure_id, deps=world.erasing, has_time=lambda: True)
    assert world.sweep(minutes=100).completed == 1
    assert looked == [looked[0], looked[0], looked[2]]
