"""Deleting 30,000 objects with their rows: beside `aws s3 rm`, beside a bare loop, at a tenth of the size; and memory.

All of it on one emulator and one PostgreSQL of its own, started here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
import tracemalloc
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import boto3
from botocore.config import Config
from sqlalchemy import text

from aam.foundation.clock import new_id, utc_now
from aam.foundation.storage import ObjectStore
from aam.retention.objects import Bucket
from aam.retention.planning import make_plan
from aam.retention.schemas import CleanupRequest
from aam.retention.service import clean_up
from aam.retention.tools import Tools
from aam_local.environments import ensure_environment
from aam_local.paths import find_home
from aam_local.ports import free_port
from aam_local.waiting import wait_until
from tests.benchmarks.figures import Figure
from tests.support.postgres import fresh_database, running_server
from tests.support.retention import World

MANY, FEW = 30_000, 3_000
PER_MEETING = 10
KEYS = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_DEFAULT_REGION": "us-east-1"}
SEED = """
insert into upload_blobs
  (id, organization_id, meeting_id, key, filename, content_type, size_bytes, status, received_at)
select gen_random_uuid(), :organization, m.id, 'meetings/' || m.id || '/' || n || '.mp3', 'a.mp3', 'audio/mpeg', 1,
  'received', now()
from meetings m, generate_series(1, :per_meeting) n where m.client_id = :client
"""


def measure() -> Iterator[Figure]:
    """The figures."""
    with tempfile.TemporaryDirectory(prefix="aam-bench-") as folder, surroundings(Path(folder)) as (world, client):
        ours_few = timed(lambda: ours(world, client, seeded(world, client, "ours-few", FEW)))
        ours_many = timed(lambda: ours(world, client, seeded(world, client, "ours-many", MANY)))
        bare_many = timed(lambda: bare(world, client, seeded(world, client, "bare-many", MANY)))
        theirs = timed(lambda: by_command_line(client, seeded(world, client, "cli-few", FEW)))
        yield Figure("retention.clean_30000", ours_many, "s", 120, ours_many <= 120)
        faster = theirs * MANY / FEW / ours_many
        yield Figure("retention.times_faster_than_aws_s3_rm", round(faster, 1), "x", 5, faster >= 5)
        slower = ours_many / bare_many
        yield Figure("retention.times_slower_than_bare_loop", round(slower, 2), "x", 2, slower <= 2)
        growth = ours_many / (ours_few * MANY / FEW)
        yield Figure("retention.growth_3000_to_30000", round(growth, 2), "x linear", 1.2, growth <= 1.2)
        small, large = (memory_of(world, count) for count in (10_000, 100_000))
        yield Figure("retention.memory_100000_over_10000", round(large / small, 2), "x", 1.2, large / small <= 1.2)


class Timed:
    """Seconds of the last part of a benchmark; making its data does not count."""

    began = 0.0


def timed(work: Any) -> float:
    """The seconds of the work, counted from when its data stood."""
    work()
    return time.monotonic() - Timed.began


@contextmanager
def surroundings(folder: Path) -> Iterator[tuple[World, Any]]:
    """An emulator and a database."""
    home = find_home()
    program = ensure_environment(home, "emulator") / "ministack"
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
    }
    log = (folder / "emulator.log").open("w")
    emulator = subprocess.Popen([str(program)], env=environment, stdout=log, stderr=log)
    endpoint = f"http://127.0.0.1:{port}"
    try:
        assert wait_until(lambda: answers(endpoint), seconds=30)
        client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
            config=Config(s3={"addressing_style": "path"}, max_pool_connections=16),
        )
        (folder / "world").mkdir()
        (folder / "postgres").mkdir()
        folder.chmod(0o755)
        with (
            running_server(folder / "postgres", free_port()) as database_port,
            fresh_database(database_port, "bench") as database,
        ):
            yield World(database, folder / "world", now=utc_now()), client
    finally:
        emulator.terminate()
        emulator.wait(20)
        log.close()


def answers(endpoint: str) -> bool:
    """Whether the emulator listens."""
    try:
        with urllib.request.urlopen(endpoint, timeout=1):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def seeded(world: World, client: Any, bucket: str, count: int) -> tuple[str, UUID]:
    """A bucket with so many objects, ten a meeting, and their rows; the clock starts when all of it stands."""
    client.create_bucket(Bucket=bucket)
    owner = world.client()
    with world.database.transaction() as session:
        session.execute(
            text(
                "insert into meetings (id, organization_id, owner_id, client_id, title, language, status)"
                " select gen_random_uuid(), :organization, :user, :client, 'T', 'en', 'review'"
                " from generate_series(1, :meetings)"
            ),
            {
                "organization": world.organization_id,
                "user": world.user_id,
                "client": owner,
                "meetings": count // PER_MEETING,
            },
        )
        session.execute(
            text(SEED), {"organization": world.organization_id, "client": owner, "per_meeting": PER_MEETING}
        )
    keys = [
        str(row[0])
        for row in world.rows(
            f"select key from upload_blobs u join meetings m on m.id = u.meeting_id where m.client_id = '{owner}'"
        )
    ]
    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(lambda key: client.put_object(Bucket=bucket, Key=key, Body=b"x"), keys))
    Timed.began = time.monotonic()
    return bucket, owner


def tools_for(world: World, client: Any, bucket: str) -> Tools:
    """Cleanups of this bucket."""
    return replace(world.tools, bucket=Bucket(ObjectStore(client, bucket)), clock=utc_now)


def ours(world: World, client: Any, data: tuple[str, UUID]) -> None:
    """Everything of the client, as `aam cleanup meetings --client` does it."""
    bucket, owner = data
    with world.database.transaction() as session:
        session.execute(text("update store_identity set store_id = gen_random_uuid()"))
    request = CleanupRequest.model_validate(
        {
            "mode": "meetings",
            "dry_run": False,
            "no_backup": True,
            "allow": ["objects", "bytes", "meetings"],
        }
    )
    report = clean_up(request, tools=tools_for(world, client, bucket), has_time=lambda: True)
    assert report.finished
    left = client.list_objects_v2(Bucket=bucket, Prefix="meetings/")["KeyCount"]
    assert (left, world.rows(f"select count(*) from meetings where client_id = '{owner}'")) == (0, [(0,)])


def bare(world: World, client: Any, data: tuple[str, UUID]) -> None:
    """List, delete a thousand a call, one DELETE per 1,000 rows: nothing is looked at twice, nothing is noted."""
    bucket, owner = data
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="meetings/"):
        named = [{"Key": found["Key"]} for found in page.get("Contents", ())]
        if named:
            client.delete_objects(Bucket=bucket, Delete={"Objects": named, "Quiet": True})
    while True:
        with world.database.transaction() as session:
            gone = session.execute(
                text("delete from meetings where id in (select id from meetings where client_id = :client limit 1000)"),
                {"client": owner},
            )
            if not gone.rowcount:  # type: ignore[attr-defined]
                return


def by_command_line(client: Any, data: tuple[str, UUID]) -> None:
    """`aws s3 rm --recursive`, or what it does where there is none: a DELETE for each object, ten at once."""
    bucket, _ = data
    endpoint = client.meta.endpoint_url
    program = shutil.which("aws")
    if program and subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0:
        subprocess.run(
            [program, "--endpoint-url", endpoint, "s3", "rm", f"s3://{bucket}/", "--recursive", "--only-show-errors"],
            env={**os.environ, **KEYS},
            check=True,
        )
        return
    keys = [
        found["Key"]
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        for found in page.get("Contents", ())
    ]
    with ThreadPoolExecutor(max_workers=10) as pool:
        list(pool.map(lambda key: client.delete_object(Bucket=bucket, Key=key), keys))


class Listing:
    """A bucket of so many temporary objects that are made while they are listed."""

    def __init__(self, count: int) -> None:
        self.count = count

    def get_bucket_versioning(self, **_bucket: str) -> dict[str, str]:
        """It has no versions."""
        return {}

    def get_paginator(self, operation: str) -> Listing:
        """Listings."""
        self.operation = operation
        return self

    def paginate(self, *, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        """Pages of a thousand."""
        old = utc_now() - timedelta(days=9)
        if self.operation != "list_objects_v2" or Prefix != "temp/":
            return
        for first in range(0, self.count, 1_000):
            yield {
                "Contents": [
                    {"Key": f"temp/{number:012}-{new_id()}", "Size": number, "LastModified": old}
                    for number in range(first, first + 1_000)
                ]
            }


def memory_of(world: World, count: int) -> int:
    """The most memory that planning so many objects took, in bytes."""
    tools = replace(world.tools, bucket=Bucket(ObjectStore(Listing(count), "b")))  # type: ignore[arg-type]
    request = CleanupRequest.model_validate({"mode": "temp"})
    tracemalloc.start()
    plan = make_plan(request, tools=tools, now=utc_now())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert plan.summary.objects == count
    return peak
