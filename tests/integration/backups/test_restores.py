"""Restoring: row by row the same, and all or nothing."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import textwrap
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from aam.backups import restore
from aam.backups.errors import (
    BackupBroken,
    BackupTooNew,
    DatabaseNotEmpty,
    ForeignBackup,
    ForeignLedger,
    LedgerUnavailable,
    ManifestBroken,
    NoSuchBackup,
    RestoreFailed,
    RestoreInProgress,
)
from aam.backups.manifest import LedgerFacts, choose, dump_key, keys_of, manifest_key
from aam.backups.restore import chosen
from aam.backups.restore_handlers import perform
from aam.backups.schemas import parse_restore
from aam.erasure.errors import LedgerForged
from aam.foundation.errors import AppError
from aam.foundation.operator import as_json
from aam.foundation.storage import StorageUnavailable
from aam.store import identity
from aam.store.restore_marker import RestoreState, read_marker
from tests.support.backups import MEDIA, BackupWorld, login_to
from tests.support.postgres import PASSWORD
from tests.support.template import ROOT

STANDS_BESIDE = {"maintenance_log"}
"""A restore notes itself there."""


def with_everything(world: BackupWorld) -> None:
    """Rows that are hard to carry: quotes, other scripts, nothing, new lines."""
    made = world.meeting()
    odd = "Größe \\\\ ''щось'' \t\n\"x\" \U0001f600"
    with world.database.transaction() as session:
        session.execute(text("update utterances set text = :odd"), {"odd": odd})
    world.meeting(status="failed", upload_status="pending")
    world.token(expires_at=world.now)
    world.error(made, at=world.now, is_read=False)
    world.place_hold(client_id=made.client_id)
    world.put(f"meetings/{made.id}/part.mp3")
    world.clean("temp", dry_run=False)  # the bucket is this database's


def test_a_restored_database_is_the_same_row_by_row(world: BackupWorld) -> None:
    with_everything(world)
    rows, catalogue = world.everything(), world.catalogue()
    assert sum(len(each) > 0 for each in rows.values()) >= 14
    world.backed_up()
    world.wipe()
    assert world.everything() == {}
    report = world.restored()
    again = world.everything()
    assert {name for name in rows if rows[name] != again[name]} == STANDS_BESIDE
    assert rows.keys() == again.keys()
    assert world.catalogue() == catalogue
    assert report.rows - report.rows_in_backup == len(again["maintenance_log"]) - len(rows["maintenance_log"]) == 1
    assert (report.changed, report.integrity.rows_without_object) == ({"failed_runs": 0}, 0)
    world.meeting()  # the application's role may write again


def test_a_database_that_was_only_migrated_counts_as_empty(world: BackupWorld) -> None:
    made = world.meeting()
    world.backed_up()
    world.wipe()
    world.restore_deps.schema.bring_up()
    new = world.rows("select store_id from store_identity")
    assert world.restored().integrity.rows_without_object == 0
    assert world.rows("select id from meetings") == [(made.id,)]
    assert world.rows("select store_id from store_identity") != new


def test_the_date_chooses(world: BackupWorld) -> None:
    world.meeting()
    first = world.backed_up()
    world.now += timedelta(days=1)
    world.meeting()
    world.backed_up()
    world.wipe()
    assert world.restored(first.backup.partition("/")[0]).backup == first.backup
    assert world.rows("select count(*) from meetings") == [(1,)]


def test_a_broken_newest_backup_is_named_and_so_is_the_one_to_choose(world: BackupWorld) -> None:
    world.meeting()
    kept = world.backed_up().backup
    world.wipe()
    later, without = "2099-01-01/000000Z", "2098-01-01/000000Z"
    bare = choose(world.backup_store, kept).model_copy(update={"backup": without}).model_dump_json().encode()
    world.backup_store.write(manifest_key(without), bare, content_type="application/json")  # and no dump
    for said in (b"[]", world.backup_store.read(manifest_key(kept))):  # none at all, and another one's under this name
        world.backup_store.write(manifest_key(later), said, content_type="application/json")
        for wanted in (None, later, "2099-01-01"):
            with pytest.raises(ManifestBroken, match=f"{later} is cut or was changed; .+ {kept}, by its name"):
                world.restored(wanted)
    assert world.restored(kept).backup == kept


# ---------------------------------------------------------------------- refusals


def unchanged(world: BackupWorld, error: type[AppError], wanted: str | None = None) -> None:
    """A restore is refused with one sentence, and nothing is different."""
    before = world.everything(), read_marker(world.bucket), world.catalogue()
    with pytest.raises(error) as refused:
        world.restored(wanted)
    note = read_marker(world.bucket)
    assert (world.everything(), world.catalogue()) == (before[0], before[2])
    assert note == before[1] or (note is not None and note.state is RestoreState.SETTLED)
    assert refused.value.detail.count(". ") <= 1
    assert refused.value.detail.endswith(".")


def honest(changed: bytes) -> dict[str, object]:
    """What a manifest says of a dump that was spoilt before it was hashed."""
    return {"dump_bytes": len(changed), "dump_sha256": hashlib.sha256(changed).hexdigest()}


def test_what_cannot_be_restored_changes_nothing(world: BackupWorld) -> None:
    world.meeting()
    world.backed_up()
    store, manifest = world.backup_store, choose(world.backup_store, None)
    body = store.read(manifest.dump_key)
    cut, turned = body[: len(body) // 2], body[:-20] + bytes([body[-20] ^ 1]) + body[-19:]
    world.wipe()
    world.restore_deps.schema.bring_up()  # the stronger case: there is something to lose

    def write(dump: bytes, **facts: object) -> None:
        said = manifest.model_copy(update=facts).model_dump_json().encode()
        store.write(manifest.dump_key, dump, content_type="x")
        store.write(manifest_key(manifest.backup), said, content_type="x")

    write(cut)
    unchanged(world, BackupBroken)
    write(turned)
    unchanged(world, BackupBroken)
    write(cut, **honest(cut))
    unchanged(world, RestoreFailed)
    write(b"hello", **honest(b"hello"))
    unchanged(world, RestoreFailed)
    write(body, revision="9999")
    unchanged(world, BackupTooNew)
    write(body, format=2)
    unchanged(world, ManifestBroken)
    write(body)
    world.bucket.store.write(identity.KEY, f'{{"store_id": "{uuid4()}"}}'.encode(), content_type="x")
    unchanged(world, ForeignBackup)
    store.delete(manifest.dump_key)
    unchanged(world, BackupBroken)
    for key in world.found():
        world.s3.delete_object(Bucket=MEDIA, Key=key)
    write(body)
    assert world.restored().rows > 0, "a bucket without recordings is given to whom it is restored for"
    with world.database.transaction() as session:
        assert identity.label_of(world.bucket) == identity.store_id(session)


def test_restore_under_another_ledger_is_refused_unless_confirmed(world: BackupWorld) -> None:
    world.meeting()
    ours = world.ledger
    assert ours is not None
    first = world.backed_up().backup
    world.wipe()
    for other in (LedgerFacts(fingerprint="b" * 64, entries=9), ours.model_copy(update={"entries": 1})):
        world.ledger = other
        unchanged(world, ForeignLedger)
    world.ledger = None
    unchanged(world, LedgerUnavailable)
    assert world.restored(without_ledger=True).ledger == "left_out"
    world.wipe()
    world.ledger = ours.model_copy(update={"entries": 3})  # somebody was erased since
    assert world.restored(first).ledger == "same"


def test_unreadable_ledger_entry_stops_the_restore_before_rows_are_back(world: BackupWorld) -> None:
    world.meeting()
    world.backed_up()
    world.wipe()
    world.forged = True
    unchanged(world, LedgerForged)
    with pytest.raises(LedgerForged):
        world.restored(without_ledger=True)
    assert world.everything() == {}


def test_backup_without_ledger_facts_can_be_restored(world: BackupWorld) -> None:
    world.ledger = None
    assert world.backed_up().finished
    assert choose(world.backup_store, None).ledger is None
    world.wipe()
    assert world.restored().ledger == "unknown"


def test_only_an_empty_database_is_restored_into(world: BackupWorld) -> None:
    world.meeting()
    world.backed_up()
    unchanged(world, DatabaseNotEmpty)
    unchanged(world, NoSuchBackup, "1999-01-01")
    world.wipe()
    with world.database.admin.begin() as connection:
        connection.exec_driver_sql("create table public.stranger (id int)")
    unchanged(world, DatabaseNotEmpty)


def test_what_comes_from_elsewhere_is_refused_before_it_is_brought(world: BackupWorld) -> None:
    world.meeting()
    name = world.backed_up().backup
    coming = choose(world.backup_store, name).model_dump(mode="json")

    def refused(**other: object) -> str | None:
        request = parse_restore({"action": "look", "coming": coming | other})
        told = as_json(perform(request, deps=world.restore_deps, has_time=lambda: True))["refused"]
        return told and str(told["code"])

    for key in keys_of(name):
        world.backup_store.delete(key)  # nothing of it is here yet
    assert refused() == "database_not_empty"
    world.wipe()
    assert (refused(), refused(revision="9999")) == (None, "backup_too_new")
    world.bucket.store.write(identity.KEY, f'{{"store_id": "{uuid4()}"}}'.encode(), content_type="x")
    assert refused() == "foreign_backup"


def test_the_newest_is_one_of_whose_recordings_these_are(world: BackupWorld) -> None:
    world.meeting()
    world.clean("temp", dry_run=False)  # the bucket is this database's
    name = world.backed_up().backup
    other, store = "2099-01-01/000000Z", world.backup_store
    said = choose(store, name).model_copy(update={"backup": other, "store_id": uuid4()})
    store.write(manifest_key(other), said.model_dump_json().encode(), content_type="x")
    store.write(dump_key(other), store.read(dump_key(name)), content_type="x")
    world.wipe()
    found, passed_over = chosen(None, deps=world.restore_deps)
    assert (found.backup, passed_over) == (name, [other])
    unchanged(world, ForeignBackup, other)
    assert world.restored().backup == name


def test_two_restores_do_not_fight(world: BackupWorld) -> None:
    world.meeting()
    world.backed_up()
    world.wipe()
    with world.database.admin.connect() as connection:
        connection.exec_driver_sql(f"select pg_advisory_lock({world.restore_deps.schema.advisory_lock})")
        unchanged(world, RestoreInProgress)


def test_a_database_that_fills_meanwhile_stays_as_it_is(world: BackupWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last look is in the transaction that loads."""
    world.meeting()
    world.backed_up()
    monkeypatch.setattr(restore, "require_empty", lambda *_given: None)
    unchanged(world, DatabaseNotEmpty)


def test_a_store_that_goes_away_meanwhile_changes_nothing(world: BackupWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.meeting()
    world.backed_up()
    world.wipe()

    def breaks(*_given: object) -> object:
        yield b"PGDMP"
        raise StorageUnavailable

    monkeypatch.setattr(restore, "checked", breaks)
    unchanged(world, StorageUnavailable)


KILLED = """
import os, sys
sys.path[:0] = {path!r}
from aam.backups.load_dump import load
from aam.backups.pg_connection import Login
from aam.backups.dependencies import Schema
from aam.migrations.roles import OWNER, STATEMENTS
dump = open({dump!r}, "rb").read()
def chunks():
    yield dump[:{cut}]
    print("waiting", flush=True)
    sys.stdin.read()  # until it is killed, or nobody is there any more
login = Login(host="127.0.0.1", port={port}, database={name!r}, user={user!r}, password={password!r})
load(chunks(), login=login, schema=Schema(OWNER, STATEMENTS, 1, frozenset(), print))
"""


def test_a_restore_killed_while_it_loads_leaves_an_empty_database(world: BackupWorld) -> None:
    world.meeting()
    rows = world.everything()
    world.backed_up()
    body = world.backup_store.read(choose(world.backup_store, None).dump_key)
    world.wipe()
    file = world.new_folder() / "dump"
    file.write_bytes(body)
    login = login_to(world.database, "aam_admin")
    program = KILLED.format(
        path=[str(ROOT / "layers" / "core")], dump=str(file), cut=len(body) - 100, port=login.port, name=login.database,
        user=login.user, password=PASSWORD,
    )  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(world.new_folder())},  # whoever is killed leaves files
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"waiting\n"
        os.kill(process.pid, signal.SIGKILL)
    assert world.everything() == {}
    assert world.restored().rows > 0
    assert world.everything()["meetings"] == rows["meetings"]
