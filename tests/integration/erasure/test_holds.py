"""A legal hold comes first; what waited for its end goes by itself."""

from __future__ import annotations

from uuid import UUID

import pytest

from aam.retention import holds
from aam.retention.schemas import HoldRequest
from tests.support.erasure import ANNA, ErasureWorld


def release(world: ErasureWorld, **subject: UUID) -> None:
    with world.database.transaction() as session:
        assert holds.release(session, HoldRequest(action="release", **subject))


def test_a_held_client_waits_whole(world: ErasureWorld) -> None:
    talk = world.talk()
    world.place_hold(client_id=talk.client_id)
    preview = world.preview("client", talk.client_id)
    assert (preview.client_held, preview.held, preview.counts.get("meetings", 0)) == (True, (talk.id,), 0)
    before = world.found()
    found = world.erase("client", talk.client_id).certificate
    assert found is not None
    assert (found.state, found.kept) == ("waiting", 1)
    assert world.found() >= {key for key in before if str(talk.id) in key and not key.startswith("temp/")}
    assert world.sweep(minutes=20).erased == 0
    release(world, client_id=talk.client_id)
    assert world.sweep().erased == 1
    assert str(talk.id) not in " ".join(world.found())


def test_of_a_client_only_the_held_meeting_waits(world: ErasureWorld) -> None:
    client_id = world.client()
    held, free = (world.talk(client_id=client_id) for _ in range(2))
    world.place_hold(meeting_id=held.id)
    found = world.erase("client", client_id).certificate
    assert found is not None
    assert (found.state, found.kept, found.counts["meetings"]) == ("waiting", 1, 1)
    assert not [key for key in world.found() if str(free.id) in key]
    assert [key for key in world.found() if str(held.id) in key]
    assert world.sweep().erased == 0
    release(world, meeting_id=held.id)
    assert world.sweep().erased == 1
    assert world.one("select count(*) from clients") == 0
    assert world.one("select report->'counts'->>'meetings' from erasures") == "2"


def test_a_participant_stays_in_the_held_meeting_until_it_ends(world: ErasureWorld) -> None:
    anna = world.directory(ANNA)
    held, free = (world.talk(people=(ANNA,), known=(ANNA,)) for _ in range(2))
    for talk in (held, free):
        world.participant(talk.id, ANNA, of=anna)
    world.place_hold(meeting_id=held.id)
    assert world.preview("participant", anna).held == (held.id,)
    before = {key: world.store.objects[key] for key in world.found() if str(held.id) in key}
    found = world.erase("participant", anna).certificate
    assert found is not None
    assert (found.state, found.kept) == ("waiting", 1)
    assert {key: world.store.objects.get(key) for key in before} == before
    assert "audio.ogg" not in " ".join(key for key in world.found() if str(free.id) in key)
    assert world.sweep().erased == 0
    release(world, meeting_id=held.id)
    assert world.sweep().erased == 1
    assert "petrov" not in world.everything().casefold()


def test_a_user_is_locked_out_while_a_hold_keeps_the_name(world: ErasureWorld) -> None:
    anna = world.user(ANNA, "anna@example.com")
    talk = world.talk(known=(ANNA,))
    world.place_hold(meeting_id=talk.id)
    found = world.erase("user", anna).certificate
    assert found is not None
    assert found.state == "waiting"
    assert world.one(f"select disabled_at is not null from users where id = '{anna}'") is True
    release(world, meeting_id=talk.id)
    assert world.sweep().erased == 1


@pytest.mark.parametrize("kind", ["client", "meeting", "participant"])
def test_a_hold_that_the_backup_does_not_know_is_placed_again(world: ErasureWorld, kind: str) -> None:
    anna = world.directory(ANNA)
    talk = world.talk(people=(ANNA,))
    world.participant(talk.id, ANNA, of=anna)
    world.place_hold(meeting_id=talk.id)
    world.place_hold(meeting_id=(other := world.talk(said=(("A", "Nothing"),), prompt="p")).id)
    subject = {"client": talk.client_id, "meeting": talk.id, "participant": anna}[kind]
    found = world.erase(kind, subject).certificate
    assert found is not None
    assert found.state == "waiting"
    with world.database.transaction() as session:  # the database as it was before hold and erasure
        session.connection().exec_driver_sql("delete from legal_holds")
        session.connection().exec_driver_sql("delete from erasures")
    before = utterances_of(world)
    swept = world.replay()
    assert (swept.erased, swept.waiting) == (0, 1)
    assert utterances_of(world) == before
    assert world.rows("select meeting_id from legal_holds") == [(talk.id,)], f"{other.id} is none of theirs"
    release(world, meeting_id=talk.id)
    assert world.sweep().erased == 1
    assert world.replay().waiting == 0


def utterances_of(world: ErasureWorld) -> list[tuple[object, ...]]:
    return world.rows("select speaker, text from utterances order by transcript_id, number")
