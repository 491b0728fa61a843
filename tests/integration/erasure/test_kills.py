"""An erasure may die anywhere: the next call, or the sweep, finishes it, and its counts are right all the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest

from aam.erasure.certificate import hash_of
from aam.erasure.dependencies import ErasureDeps
from aam.erasure.errors import ErasureInProgress
from aam.erasure.job import Outcome
from aam.erasure.rescan import complete
from aam.erasure.service import sweep
from tests.support.erasure import ANNA, MINE, ErasureWorld
from tests.support.killer import Killed, Killer

POINTS = 8


@dataclass
class Dying(Killer):
    """The same, with its deps."""

    world: ErasureWorld

    def deps(self) -> ErasureDeps:
        """Dependencies that die."""
        for store in (self.world.store, self.world.copies, self.world.books):
            store.before = self.point
        return replace(self.world.erasing, open_transaction=self.transaction)

    def end(self) -> None:
        """Whoever comes later lives, and some minutes later."""
        for store in (self.world.store, self.world.copies, self.world.books):
            store.before = lambda _operation: None
        self.world.now += timedelta(minutes=10)


def client(world: ErasureWorld) -> UUID:
    client_id = world.client()
    for status in ("succeeded", "running"):
        world.talk(client_id=client_id, status=status)
    return client_id


def participant(world: ErasureWorld) -> UUID:
    anna = world.directory(ANNA)
    world.participant(world.talk(people=(ANNA,), known=(ANNA,), filename="Anna_Petrova.mp3").id, ANNA, of=anna)
    world.talk(said=(("A", f"Ask {ANNA}."),), known=(ANNA,))
    return anna


def user(world: ErasureWorld) -> UUID:
    anna = world.user(ANNA, f"{world.now.timestamp()}@petrova.example")
    world.talk(owner_id=anna, known=(ANNA,), said=(("A", f"{ANNA} was here."),))
    return anna


SCENES: dict[str, Callable[[ErasureWorld], UUID]] = {"client": client, "participant": participant, "user": user}


@pytest.mark.parametrize("kind", SCENES)
def test_killed_at_every_step_and_gone_on_with_is_an_erasure_like_any_other(world: ErasureWorld, kind: str) -> None:
    killer = Dying(world)
    whole = world.erase(kind, SCENES[kind](world), deps=killer.deps()).certificate
    killer.end()
    world.sweep(minutes=100)
    assert whole is not None
    points = sorted({1 + round(number * (killer.seen - 1) / (POINTS - 1)) for number in range(POINTS)})
    for point in points:
        subject_id = SCENES[kind](world)
        killer = Dying(world, at=point)
        with pytest.raises(Killed):
            world.erase(kind, subject_id, deps=killer.deps())
        killer.end()
        if world.one(f"select count(*) from erasures where subject_id = '{subject_id}'"):
            world.sweep()
        else:
            world.erase(kind, subject_id)
        left = world.everything().casefold()
        assert str(subject_id) not in " ".join(world.found())
        assert "petrova" not in left if kind != "client" else MINE not in left, f"killed at {point}"
        rows = world.rows(f"select state, report->'counts' from erasures where subject_id = '{subject_id}'")
        assert [state for state, _ in rows] == ["erased"], f"killed at {point}"
        (counts,) = [counts for _, counts in rows]
        assert isinstance(counts, dict)
        same = {
            "client": ("meetings", "objects", "utterances"),
            "participant": ("utterances", "artifacts"),
            "user": ("users",),
        }
        assert {name: counts.get(name) for name in same[kind]} == {
            name: whole.counts.get(name) for name in same[kind]
        }, f"killed at {point}"
        world.sweep(minutes=100)


def test_completing_may_be_killed_at_every_step_and_certifies_once(world: ErasureWorld) -> None:
    for point in count(1):
        talk = world.talk(said=(("A", "Nothing"),))
        erasure_id = world.erased("meeting", talk.id).id
        late = world.put(f"meetings/{talk.id}/late.mp3")
        world.now += timedelta(minutes=100)
        killer = Dying(world, at=point)
        deps = killer.deps()
        try:
            assert complete(erasure_id, deps=deps, has_time=lambda: True) is Outcome.GONE
            break  # there was nothing left to be killed at
        except Killed:
            killer.end()
            world.sweep()
        found = world.certificate(erasure_id)
        assert (found.state, found.hash) == ("complete", hash_of(found)), f"killed at {point}"
        entry = world.ledger.entry_of(found.subject, talk.id)
        assert entry is not None
        assert entry.certificate == found.hash, f"killed at {point}"
        assert world.one(f"select count(*) from erasures where subject_id = '{talk.id}'") == 1
        assert world.one(f"select count(*) from erasure_traces where erasure_id = '{erasure_id}'") == 0
        assert late not in world.found()
    assert point > 10


def test_two_at_once_are_one(world: ErasureWorld) -> None:
    talk = world.talk()
    told: list[BaseException] = []

    def meanwhile(operation: str) -> None:
        if operation != "delete_objects":
            return
        world.store.before = lambda _operation: None
        try:
            world.erase("client", talk.client_id)
        except ErasureInProgress as error:
            told.append(error)

    world.store.before = meanwhile
    found = world.erased("client", talk.client_id)
    assert [f"'aam erase certificate {found.id}'" in str(each) for each in told] == [True]
    assert world.one("select count(*) from erasures") == 1


def test_one_that_fails_does_not_stop_the_others(world: ErasureWorld) -> None:
    talks = [world.talk() for _ in range(2)]
    for talk in talks:
        world.store.locked.add(f"meetings/{talk.id}/20261101T000000Z_talk.mp3")
        with pytest.raises(Exception, match="store"):
            world.erase("meeting", talk.id)
    world.store.locked.remove(f"meetings/{talks[1].id}/20261101T000000Z_talk.mp3")
    with pytest.raises(Exception, match="store"):
        sweep(deps=world.erasing, has_time=lambda: True)
    assert world.one("select count(*) from meetings") == 1
