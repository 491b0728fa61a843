"""Coming back from nothing to rows and objects that fit: with as much as demos leave, and by the gigabyte.

The database and every recording are lost.  The ledger holds what a busy year leaves and some of the demo's meetings,
which are erased again; moto answers at once, so it is this machine's work that is measured, and no distance.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from aam.backups.dependencies import RestoreDeps, Step
from aam.backups.reconcile import copy_back, reconcile
from aam.backups.restore import restore
from aam.erasure.dependencies import ErasureDeps
from aam.erasure.erasure_ledger import Ledger
from aam.erasure.replay import replay
from aam.foundation.clock import new_id
from aam.foundation.storage import ObjectStore
from aam.redaction.schemas import SubjectKind
from aam.store.bucket import Bucket
from aam_local.ports import free_port
from tests.benchmarks.figures import Figure
from tests.support.backups import BackupWorld, two_buckets
from tests.support.erasure import MessageQueues
from tests.support.postgres import fresh_database, running_server

DEMO_MEETINGS = 30
DEMO_ERASED = 3
DEMO_LIMIT_S = 15 * 60
ENTRIES = 500
LEDGER = "aam-ledger-test"
UTTERANCES = 200_000
"""Of 600 characters each, as many as several hundred meetings of an hour have."""

SEED = """
insert into utterances (organization_id, transcript_id, number, speaker, text, words)
select t.organization_id, t.id, n + 1, 'A', string_agg(md5(n::text || i::text), ' '), '[]'
from (select * from transcripts limit 1) t, generate_series(1, :count) n, generate_series(1, 18) i
group by t.organization_id, t.id, n
"""


def measure() -> Iterator[Figure]:
    """The figures."""
    with tempfile.TemporaryDirectory(prefix="aam-bench-") as name, two_buckets() as s3:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "postgres").mkdir()
        with running_server(folder / "postgres", free_port()) as port, fresh_database(port, "bench") as database:
            world = BackupWorld(database, folder, s3=s3)
            made = [world.meeting().id for _ in range(DEMO_MEETINGS)]
            world.backed_up()
            fill_ledger(world, made[:DEMO_ERASED])
            seconds = seconds_back(world)
            left = len(world.rows("select id from meetings"))
            if left != DEMO_MEETINGS - DEMO_ERASED or not world.found():
                raise RuntimeError(f"{left} meetings and {len(world.found())} objects are back: not what was measured")
            yield Figure("restore.demo", seconds, "s", DEMO_LIMIT_S, seconds <= DEMO_LIMIT_S)
            with database.admin.begin() as connection:
                connection.execute(text("set local session_replication_role = replica"))  # as fast as it goes
                connection.execute(text(SEED), {"count": UTTERANCES})
            ((size,),) = database.rows("select pg_database_size(current_database())")
            gigabytes = float(str(size)) / 1e9
            began = time.monotonic()
            world.backed_up()
            backup = (time.monotonic() - began) / gigabytes
            yield Figure("restore.backup_per_gb", round(backup, 1), "s/GB", 60, backup <= 60)
            per_gb = seconds_back(world) / gigabytes
            yield Figure("restore.per_gb", round(per_gb, 1), "s/GB", 90, per_gb <= 90)


def ledger_of(world: BackupWorld) -> Ledger:
    """The ledger, in a bucket of its own."""
    return Ledger(ObjectStore(world.s3, LEDGER), lambda: "s" * 64)


def fill_ledger(world: BackupWorld, again: list[UUID]) -> None:
    """Enter those who are to be erased again, among many whom no database knows."""
    world.s3.create_bucket(Bucket=LEDGER)
    ledger = ledger_of(world)
    for subject_id in [*(new_id() for _ in range(ENTRIES - len(again))), *again]:
        ledger.enter(SubjectKind.MEETING, subject_id, at=world.now)


def with_replay(world: BackupWorld) -> RestoreDeps:
    """What restores are given, the ledger's replay with it."""
    erasing = ErasureDeps(
        bucket=world.bucket,
        backups=Bucket(world.backup_store),
        ledger=ledger_of(world),
        open_transaction=world.database.transaction,
        table=world.table,  # type: ignore[arg-type]
        message_queues=MessageQueues(),
        clock=lambda: world.now,
        stop_execution=world.stopped.append,
        revoke=lambda _run: None,
        url_life=timedelta(minutes=75),
    )

    def erase_again(_has_time: object) -> Step:
        done = replay(deps=erasing)
        return Step(done.erased, finished=done.finished, failed=done.failed, held=done.waiting)

    deps = world.restore_deps
    return replace(deps, after={**deps.after, "erased": erase_again})


def seconds_back(world: BackupWorld) -> float:
    """The seconds from nothing to a database and a bucket that are restored, compared and reconciled."""
    world.wipe()
    world.bucket.delete_prefix("")
    deps = with_replay(world)
    began = time.monotonic()
    restore(None, deps=deps, has_time=lambda: True)
    copy_back(deps=deps, has_time=lambda: True)
    done = reconcile(point=None, deps=deps, has_time=lambda: True)
    seconds = time.monotonic() - began
    if not done.finished or done.integrity is None or not done.integrity.ok or "not_erased" in done.changed:
        raise RuntimeError(f"what came back does not fit: {done}")
    return round(seconds, 1)
