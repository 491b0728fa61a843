"""A restore's replay as both functions do it together: to its end, and what it could not do is told."""

from __future__ import annotations

import json
import threading
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from aam.backups import ledger_replay
from aam.backups.dependencies import Step
from aam.deletion.legal_holds import release
from aam.deletion.schemas import HoldRequest
from aam.foundation import deadline
from aam.redaction.schemas import SubjectKind
from tests.support.apps import app_of
from tests.support.erasure import ErasureWorld, Talk

READ_S = 0.025
MANY = 300


class Replays:
    """`RestoreFunction`'s step and the function that it calls, without Lambda between them."""

    def __init__(self, world: ErasureWorld, monkeypatch: pytest.MonkeyPatch) -> None:
        self.erasure, self.calls = app_of("erasure"), 0
        monkeypatch.setattr(self.erasure, "erasure_deps", lambda: world.erasing)
        monkeypatch.setattr(ledger_replay, "ask_erasures", self.ask)

    def ask(self, _function: str, asked: dict[str, Any], **_how: Any) -> Any:
        """One call, its answer as it comes over the wire."""
        self.calls += 1
        return json.loads(json.dumps(self.erasure.handler(asked, None)))

    def __call__(self) -> Step:
        """What a restore does."""
        return ledger_replay.erase_again("erasure", lambda: True)


@pytest.fixture
def replays(world: ErasureWorld, monkeypatch: pytest.MonkeyPatch) -> Replays:
    return Replays(world, monkeypatch)


def enter(world: ErasureWorld, talk: Talk) -> Talk:
    world.ledger.enter(SubjectKind.MEETING, talk.id, at=world.now)
    return talk


def fill(world: ErasureWorld, entries: int) -> None:
    """Entries of somebody whom no database knows."""
    ((_, (kept,)),) = list(world.books.objects.items())[:1]
    for number in range(entries):
        world.books.put_object(Bucket="b", Key=f"erasures/{number:064x}.json", Body=kept.body)


def test_a_large_ledger_on_a_slow_store_is_replayed_to_its_end(
    world: ErasureWorld, replays: Replays, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading the ledger takes longer than one call may erase: the clock counts what comes after."""
    enter(world, world.talk())
    fill(world, MANY)
    reads = count()
    now = [0.0]

    def slow(operation: str) -> None:
        if operation == "get_object":
            now[0] = next(reads) * READ_S * 10  # as slow as if nothing were read side by side

    world.books.before = slow
    monkeypatch.setattr(deadline, "time", SimpleNamespace(monotonic=lambda: now[0]))
    assert replays() == Step(changed=1)
    assert now[0] > ledger_replay.REPLAY_S, "or it shows nothing"
    assert (replays.calls, world.one("select count(*) from meetings")) == (1, 0)


def test_entries_are_read_side_by_side(world: ErasureWorld) -> None:
    enter(world, world.talk())
    fill(world, 15)
    both = threading.Barrier(2, timeout=10)
    world.books.before = lambda operation: both.wait() and None if operation == "get_object" else None
    assert len(world.ledger.entries()) == 16


def test_what_could_not_be_erased_again_is_told(world: ErasureWorld, replays: Replays) -> None:
    talks = sorted((enter(world, world.talk()) for _ in range(3)), key=lambda each: each.id)
    world.store.locked.add(f"meetings/{talks[0].id}/20261101T000000Z_talk.mp3")
    assert replays() == Step(changed=2, failed=1)
    world.store.locked.clear()
    assert replays() == Step(changed=1), "and that it is done later, too"


def test_what_a_hold_keeps_is_told(world: ErasureWorld, replays: Replays) -> None:
    talk = world.talk()
    world.ledger.enter(
        SubjectKind.MEETING, talk.id, kept=[world.ledger.mark_of(SubjectKind.MEETING, talk.id)], at=world.now
    )
    assert replays() == Step(changed=0, held=1)
    with world.database.transaction() as session:
        release(session, HoldRequest.model_validate({"action": "release", "meeting_id": talk.id}))
    assert world.sweep().erased == 1
