"""A legal hold comes first; what waited for its end goes by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from aam.deletion import legal_holds
from aam.deletion.schemas import HoldRequest
from aam.redaction.schemas import SubjectKind
from tests.support.erasure import ANNA, TALK, ErasureWorld
from tests.support.killer import Killed


def release(world: ErasureWorld, **subject: UUID) -> None:
    with world.database.transaction() as session:
        assert legal_holds.release(session, HoldRequest(action="release", **subject))


def test_a_held_client_waits_whole(world: ErasureWorld) -> None:
    talk = world.talk()
    world.place_hold(client_id=talk.client_id)
    preview = world.preview("client", talk.client_id)
    assert (preview.held_clients, preview.held) == ((talk.client_id,), (talk.id,))
    assert preview.counts.get("meetings", 0) == 0
    before = world.found()
    found = world.erase("client", talk.client_id).certificate
    assert found is not None
    assert (found.state, found.kept) == ("waiting", 2)
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


def test_a_held_clients_own_row_keeps_the_name(world: ErasureWorld) -> None:
    anna = world.directory(ANNA)
    held, free = (world.client(name=f"{ANNA} Ltd", notes=f"Ask {ANNA}") for _ in range(2))
    world.place_hold(client_id=held)
    assert world.preview("participant", anna).held_clients == (held,)
    found = world.erase("participant", anna).certificate
    assert found is not None
    assert (found.state, found.kept) == ("waiting", 1)
    assert world.rows(f"select name, notes from clients where id = '{held}'") == [(f"{ANNA} Ltd", f"Ask {ANNA}")]
    assert ANNA not in str(world.rows(f"select name, notes from clients where id = '{free}'"))
    assert world.sweep().erased == 0
    release(world, client_id=held)
    assert world.sweep().erased == 1
    assert "petrov" not in world.everything().casefold()


@pytest.mark.parametrize(
    "statement",
    [
        "update meetings set owner_id = '{user}' where id = '{meeting}'",
        "update clients set created_by = '{user}' where id = '{client}'",
        "update validations set user_id = '{user}' where meeting_id = '{meeting}'",
        "insert into speaker_names (organization_id, transcript_id, label, named_by)"
        " values ('{organization}', '{transcript}', 'A', '{user}')",
        "insert into access_log (organization_id, meeting_id, user_id, what, day, first_at, last_at)"
        " values ('{organization}', '{meeting}', '{user}', 'transcript', '2026-11-01', now(), now())",
    ],
    ids=["owner", "creator", "verdict", "naming", "reading"],
)
def test_user_referred_to_by_a_held_row_waits(world: ErasureWorld, statement: str) -> None:
    user = world.user("Somebody Else", "else@example.com")
    talk = world.talk(said=(("A", "Nothing"),))
    ids = {"user": user, "meeting": talk.id, "client": talk.client_id, "transcript": talk.transcript_id}
    with world.database.transaction() as session:
        session.execute(text(statement.format(**ids, organization=world.organization_id)))
    world.place_hold(client_id=talk.client_id)
    preview = world.preview("user", user)
    assert preview.held == (talk.id,) or preview.held_clients == (talk.client_id,)
    before = rows_of(world)
    found = world.erase("user", user).certificate
    assert found is not None
    assert found.state == "waiting"
    assert rows_of(world) == before
    release(world, client_id=talk.client_id)
    assert world.sweep().erased == 1
    assert world.one(f"select count(*) from users where id = '{user}'") == 0


def test_the_last_user_stays_with_a_client_that_is_held(world: ErasureWorld) -> None:
    client_id = world.client(name="Held Ltd")
    world.place_hold(client_id=client_id)
    found = world.erase("user", world.user_id).certificate
    assert found is not None
    assert (found.state, found.kept) == ("waiting", 1)
    assert world.one("select name from organizations") == "O"
    release(world, client_id=client_id)
    assert world.sweep().erased == 1
    assert world.one("select count(*) from clients") == 0


@pytest.mark.parametrize("own", [True, False])
def test_a_hold_that_comes_between_a_meetings_rows_and_its_objects_keeps_these(
    world: ErasureWorld, *, own: bool
) -> None:
    anna = world.directory(ANNA)
    talk = world.talk(people=(ANNA,) if own else (), known=(ANNA,), said=TALK if own else (("A", f"Ask {ANNA}."),))
    if own:
        world.participant(talk.id, ANNA, of=anna)
    before = {key for key in world.found() if f"/{talk.id}/" in key}
    with pytest.raises(Killed):
        world.erase("participant", anna, deps=replace(world.erasing, open_transaction=dies_after_rows(world)))
    assert "Petrova" not in str(utterances_of(world))
    world.place_hold(meeting_id=talk.id)
    assert world.sweep(minutes=10).erased == 0
    assert {key for key in world.found() if f"/{talk.id}/" in key} == before
    release(world, meeting_id=talk.id)
    assert world.sweep().erased == 1
    assert "petrov" not in world.everything().casefold()


def dies_after_rows(world: ErasureWorld) -> Callable[[], AbstractContextManager[Session]]:
    """Transactions of an erasure that is killed once a meeting's rows say that it is at work."""

    @contextmanager
    def transaction() -> Iterator[Session]:
        if world.one("select count(*) from erasures where trail->'current' <> 'null'"):
            raise Killed
        with world.database.transaction() as session:
            yield session

    return transaction


@pytest.mark.parametrize("kind", ["client", "participant"])
def test_a_hold_that_is_placed_while_an_erasure_waits_is_in_the_ledger(world: ErasureWorld, kind: str) -> None:
    anna = world.directory(ANNA)
    talk = world.talk(people=(ANNA,))
    world.participant(talk.id, ANNA, of=anna)
    world.place_hold(meeting_id=talk.id)
    world.erase(kind, anna if kind == "participant" else talk.client_id)
    world.place_hold(client_id=talk.client_id)
    world.place_hold(client_id=world.client(name="None of theirs"))
    before = entered(world)
    assert world.sweep(minutes=20).erased == 0
    marks = {
        world.ledger.mark_of(SubjectKind.CLIENT, talk.client_id),
        world.ledger.mark_of(SubjectKind.MEETING, talk.id),
    }
    assert set(world.ledger.entries()[0].kept) == marks
    assert (written := entered(world)) > before
    assert world.sweep(minutes=20).waiting == 1
    assert entered(world) == written, "what has not changed is not written again"
    with world.database.transaction() as session:  # the database as it was before holds and erasure
        session.connection().exec_driver_sql("delete from legal_holds")
        session.connection().exec_driver_sql("delete from erasures")
    assert world.replay().waiting == 1
    release(world, meeting_id=talk.id)
    assert world.sweep().erased == 0
    release(world, client_id=talk.client_id)
    assert world.sweep().erased == 1


def utterances_of(world: ErasureWorld) -> list[tuple[object, ...]]:
    return world.rows("select speaker, text from utterances order by transcript_id, number")


def entered(world: ErasureWorld) -> int:
    """How often the one erasure was entered into the ledger."""
    (versions,) = world.books.objects.values()
    return len(versions)


def rows_of(world: ErasureWorld) -> list[list[tuple[object, ...]]]:
    tables = ("meetings", "clients", "validations", "speaker_names", "access_log")
    return [world.rows(f"select row_to_json(t)::text from {table} t order by 1") for table in tables]


def test_a_hold_that_is_placed_while_contexts_are_rewritten_keeps_those_of_its_meeting(world: ErasureWorld) -> None:
    anna = world.directory(ANNA)
    first, second = (world.talk(known=(ANNA,), said=(("A", "Nothing"),), prompt="p") for _ in range(2))
    with world.database.transaction() as session:
        session.connection().exec_driver_sql("update meetings set speech = '{}'")
        session.connection().exec_driver_sql("update validations set comment = ''")
    contexts = [f"derived/{talk.id}/{talk.run_id}/context.json" for talk in (first, second)]
    before = [world.bucket.store.read(key) for key in contexts]

    def place(operation: str) -> None:
        if operation == "put_object":  # the first context, when the second run has been read with it
            world.store.before = lambda _operation: None
            world.place_hold(meeting_id=second.id)

    world.store.before = place
    found = world.erase("participant", anna).certificate
    assert found is not None
    assert (found.state, found.kept) == ("waiting", 1)
    after = [world.bucket.store.read(key) for key in contexts]
    assert (after[0] != before[0], after[1] == before[1]) == (True, True)
    release(world, meeting_id=second.id)
    assert world.sweep().erased == 1
    assert "petrov" not in world.everything().casefold()


def test_a_hold_waits_for_the_context_that_is_being_written(world: ErasureWorld) -> None:
    anna = world.directory(ANNA)
    talk = world.talk(known=(ANNA,), said=(("A", "Nothing"),), prompt="p")
    with world.database.transaction() as session:
        session.connection().exec_driver_sql("update meetings set speech = '{}'")
    refused: list[str] = []

    def try_to_place(operation: str) -> None:
        if operation == "put_object" and not refused:
            with world.database.transaction() as session:
                session.connection().exec_driver_sql("set local lock_timeout = '50ms'")
                try:
                    legal_holds.hold(session, HoldRequest(action="hold", reason="r", meeting_id=talk.id))
                except DBAPIError as error:
                    refused.append(str(error))
                    session.rollback()

    world.store.before = try_to_place
    world.erased("participant", anna)
    assert "lock timeout" in refused[0]
