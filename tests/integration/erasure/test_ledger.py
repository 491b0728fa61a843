"""What the ledger knows is erased again after a restore: a dump from before is restored and brings nobody back."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, text

from aam.erasure.erasure_ledger import PREFIX
from aam.erasure.errors import LedgerForged
from aam.erasure.replay import replay
from aam.foundation.clock import new_id
from aam.redaction.schemas import SubjectKind
from aam.store.manifest import LedgerFacts
from aam_local import postgres, postgres_place
from aam_local.paths import Home
from tests.support.erasure import ANNA, MINE, ErasureWorld
from tests.support.postgres import PASSWORD, Database, admin_engine


def postgres_program(database: Database, program: str, *arguments: str) -> bytes:
    """What a program of PostgreSQL's says of a database."""
    home = Home(root=Path(__file__).resolve().parents[3], folder=Path("/nonexistent"))
    done = subprocess.run(
        [
            str(postgres_place.place(home).binaries / program),
            *("--host", "127.0.0.1", "--port", str(database.port), "--username", postgres.SUPERUSER),
            *arguments,
        ],
        env={"PGPASSWORD": PASSWORD, "PATH": os.environ["PATH"]},
        capture_output=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def dumped(database: Database) -> str:
    """A whole database as text, in lower case."""
    return postgres_program(database, "pg_dump", database.name).decode().casefold()


@contextmanager
def restored(database: Database, dump: Path) -> Iterator[Database]:
    """A database restored from a dump, dropped afterwards."""
    name = f"r{new_id().hex[:16]}"
    autocommit = admin_engine(database.port, "postgres").execution_options(isolation_level="AUTOCOMMIT")
    with autocommit.connect() as connection:
        connection.execute(text(f"create database {name}"))
    engine = create_engine(URL.create("postgresql+pg8000", "aam_app", PASSWORD, "127.0.0.1", database.port, name))
    try:
        postgres_program(database, "pg_restore", "--dbname", name, str(dump))
        yield Database(database.port, name, engine, admin_engine(database.port, name))
    finally:
        engine.dispose()
        with autocommit.connect() as connection:
            connection.execute(text(f"drop database {name} with (force)"))


def test_replay_erases_people_of_a_restored_dump(world: ErasureWorld, tmp_path: Path) -> None:
    stays = world.talk(said=(("A", "This stays"),), title="Stays")
    client_id = world.client(name="Canary Ltd")
    world.talk(client_id=client_id, title="Canary talk", said=(("A", "canary words"),))
    meeting = world.talk(title="Canary meeting", said=(("A", "canary words"),))
    user = world.user("Canary User", "canary@example.com")
    anna = world.directory(ANNA)
    world.participant(world.talk(people=(ANNA,)).id, ANNA, of=anna)
    guest_at = world.talk(said=(("Guest Canary", MINE),))
    guest = world.participant(guest_at.id, "Guest Canary")
    dump = tmp_path / "older.dump"
    dump.write_bytes(postgres_program(world.database, "pg_dump", "--format", "custom", world.database.name))
    # a person who is written down anew gets another id; the name in its meeting is known all the same
    with world.database.transaction() as session:
        session.execute(text(f"update meeting_participants set id = '{(again := new_id())}' where id = '{guest}'"))
    for kind, subject in (
        ("client", client_id),
        ("meeting", meeting.id),
        ("user", user),
        ("participant", anna),
        ("participant", again),
    ):
        world.erased(kind, subject)
    plain = dumped(world.database)
    assert [word for word in ("canary", "petrov", MINE) if word in plain] == []
    assert "this stays" in plain
    with restored(world.database, dump) as older:
        assert "canary" in dumped(older)
        deps = replace(world.erasing, open_transaction=older.transaction)
        swept = world.replay(deps)
        assert (swept.found, swept.erased, swept.finished) == (5, 5, True)
        again_plain = dumped(older)
        assert [word for word in ("canary", "petrov", MINE) if word in again_plain] == []
        assert "this stays" in again_plain
        assert str(stays.id) in again_plain
        assert older.rows("select distinct trigger from erasures") == [("replay",)]
        assert world.replay(deps).found == 0
    assert "this stays" in world.everything().casefold()


def test_the_ledger_holds_hmacs_and_nothing_else(world: ErasureWorld) -> None:
    anna = world.directory(ANNA, email="anna@example.com")
    talk = world.talk(people=(ANNA,))
    copy = world.participant(talk.id, ANNA, of=anna)
    world.erased("participant", anna)
    ((key, versions),) = world.books.objects.items()
    written = f"{key} {versions[-1].body!r}".casefold()
    for word in (anna, copy, talk.id, anna.hex, "anna", "petrov", "meetings/"):
        assert str(word) not in written
    (entry,) = world.ledger.entries()
    assert len(entry.marks) == 3
    assert world.ledger.mark_of(entry.subject, anna) == entry.marks[0]
    assert all(len(mark) == 64 for mark in entry.marks)


def test_an_erasure_is_in_the_ledger_before_anything_goes(world: ErasureWorld) -> None:
    talk = world.talk()
    seen: list[int] = []
    world.store.before = lambda operation: seen.append(len(world.books.objects)) if "delete" in operation else None
    world.erased("client", talk.client_id)
    assert set(seen) == {1}


def test_ledger_facts_identify_the_ledger_and_no_subject(world: ErasureWorld) -> None:
    empty = world.ledger.facts()
    world.ledger.enter(SubjectKind.MEETING, world.talk().id, at=world.now)
    assert world.ledger.facts() == LedgerFacts(fingerprint=empty.fingerprint, entries=1)
    assert replace(world.ledger, secret=lambda: "t" * 64).facts().fingerprint != empty.fingerprint
    assert "s" * 9 not in empty.model_dump_json()


def test_a_foreign_entry_stops_a_replay(world: ErasureWorld) -> None:
    world.books.put_object(Bucket="b", Key=f"{PREFIX}x.json", Body=b"{}")
    assert world.ledger.facts().entries == 1, "a backup says whose it is all the same"
    for act in (world.replay, lambda: world.ledger.facts(read=True)):
        with pytest.raises(LedgerForged):
            act()


def test_a_replay_that_runs_out_of_time_is_called_again(world: ErasureWorld) -> None:
    for _ in range(2):
        world.ledger.enter(SubjectKind.MEETING, world.talk().id, at=world.now)
    turns = iter([True, True, False])
    first = replay(deps=world.erasing, has_time=lambda: next(turns))
    assert (first.finished, first.found, first.erased, first.going) == (False, 2, 1, 1)
    assert world.replay().erased == 1
    assert world.one("select count(*) from meetings") == 0


def test_one_that_fails_does_not_stop_a_replay(world: ErasureWorld) -> None:
    talks = [world.talk() for _ in range(3)]
    for talk in talks:
        world.ledger.enter(SubjectKind.MEETING, talk.id, at=world.now)
    key = f"meetings/{min(talks, key=lambda each: each.id).id}/20261101T000000Z_talk.mp3"
    world.store.locked.add(key)
    swept = world.replay()
    assert (swept.found, swept.erased, swept.failed, swept.finished) == (3, 2, 1, True)
    world.store.locked.remove(key)
    assert world.sweep().erased == 1
