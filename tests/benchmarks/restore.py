"""Coming back: from an empty database to a checked one, with as much as demos leave, and by the gigabyte."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text

from aam_local.ports import free_port
from tests.benchmarks.figures import Figure
from tests.support.backups import BackupWorld, two_buckets
from tests.support.postgres import fresh_database, running_server

DEMO_MEETINGS = 30
DEMO_LIMIT_S = 15 * 60
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
            for _ in range(DEMO_MEETINGS):
                world.meeting()
            world.backed_up()
            seconds = seconds_back(world)
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


def seconds_back(world: BackupWorld) -> float:
    """The seconds from an empty database to one that is restored, compared and reconciled."""
    world.wipe()
    began = time.monotonic()
    world.restored()
    world.reconciled()
    return round(time.monotonic() - began, 1)
