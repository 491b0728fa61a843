"""Deleting 30,000 objects with their rows: beside `aws s3 rm`, beside a bare loop, at a tenth of the size; and memory.

All of it on one emulator and one PostgreSQL of its own, started here; each deletes as many objects as its figure says.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
import tracemalloc
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

import boto3
from botocore.config import Config
from sqlalchemy import text

from aam.foundation.clock import new_id, utc_now
from aam.foundation.storage import ObjectStore, make_client
from aam.retention.build_plan import make_plan
from aam.retention.dependencies import CleanupDeps
from aam.retention.schemas import CleanupRequest
from aam.retention.service import clean_up
from aam.store.bucket import Bucket
from aam_local.environments import ensure_environment
from aam_local.paths import find_home
from aam_local.ports import free_port
from aam_local.waiting import wait_until
from tests.benchmarks.figures import Figure, Skipped
from tests.support.postgres import fresh_database, running_server
from tests.support.retention import World

MANY, LISTED = 30_000, 100_000
PER_MEETING = 10
KEYS = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_DEFAULT_REGION": "us-east-1"}
SEED = """
insert into upload_blobs
  (id, organization_id, meeting_id, key, filename, content_type, size_bytes, status, received_at)
select gen_random_uuid(), :organization, m.id, 'meetings/' || m.id || '/' || n || '.mp3', 'a.mp3', 'audio/mpeg', 1,
  'received', now()
from meetings m, generate_series(1, :per_meeting) n where m.client_id = :client
"""

MEETINGS_LISTED = """
insert into meetings (id, organization_id, owner_id, client_id, title, language, status)
select lpad(to_hex(n), 32, '0')::uuid, :organization, :user, :client, 'T', 'en', 'review'
from generate_series(1, :meetings) n
"""
UPLOADS_LISTED = """
insert into upload_blobs
  (id, organization_id, meeting_id, key, filename, content_type, size_bytes, status, created_at, received_at)
select gen_random_uuid(), :organization, m.id, 'meetings/' || m.id || '/' || mod(n, :per_meeting) || '.mp3', 'a.mp3',
  'audio/mpeg', 1, case when mod(n, 2) = 0 then 'received' else 'expired' end, now() - interval '9 days',
  case when mod(n, 2) = 0 then now() - interval '9 days' end
from generate_series(0, :count - 1) n join meetings m on m.id = lpad(to_hex(1 + n / :per_meeting), 32, '0')::uuid
"""
KEY_OF: dict[str, Callable[[int], str]] = {
    "temp/": lambda number: f"temp/{number:012}-{new_id()}",
    "meetings/": lambda number: f"meetings/{UUID(int=1 + number // PER_MEETING)}/{number % PER_MEETING}.mp3",
}
"""What is listed under a prefix."""


def measure(many: int = MANY, listed: int = LISTED) -> Iterator[Figure | Skipped]:
    """The figures; fewer objects are for trying it out."""
    few = many // 10
    with (
        mock.patch.dict(os.environ, KEYS),
        tempfile.TemporaryDirectory(prefix="aam-bench-") as folder,
        surroundings(Path(folder)) as (world, client),
    ):
        product = make_client(client.meta.endpoint_url)
        ours_few = timed(lambda: ours(world, product, seeded(world, client, "ours-few", few)))
        ours_many = timed(lambda: ours(world, product, seeded(world, client, "ours-many", many)))
        bare_many = timed(lambda: bare(world, client, seeded(world, client, "bare-many", many)))
        yield Figure(f"retention.clean_{many}", round(ours_many, 2), "s", 120, ours_many <= 120)
        name, program = "retention.times_faster_than_aws_s3_rm", command_line()
        if program is None:
            yield Skipped(name, "there is no 'aws' that runs; pip install awscli")
        else:
            theirs = timed(lambda: by_command_line(program, client, seeded(world, client, "cli-many", many)))
            faster = theirs / ours_many
            yield Figure(name, round(faster, 1), "x", 5, faster >= 5)
        slower = ours_many / bare_many
        yield Figure("retention.times_slower_than_bare_loop", round(slower, 2), "x", 2, slower <= 2)
        growth = ours_many / (ours_few * many / few)
        yield Figure(f"retention.growth_{few}_to_{many}", round(growth, 2), "x linear", 1.2, growth <= 1.2)
        seed_listed(world, listed)
        for kind, mode in (("", "temp"), ("_with_rows", "media")):
            small = max(memory_of(world, listed // 10, mode) for _ in range(2))  # the first also imports and prepares
            large = memory_of(world, listed, mode)
            name = f"retention.memory{kind}_{listed}_over_{listed // 10}"
            yield Figure(name, round(large / small, 2), "x", 1.2, large / small <= 1.2)


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


def deps_for(world: World, client: Any, bucket: str) -> CleanupDeps:
    """Cleanups of this bucket."""
    return replace(world.deps, bucket=Bucket(ObjectStore(client, bucket)), clock=utc_now)


def ours(world: World, client: Any, data: tuple[str, UUID]) -> None:
    """Everything of the client, as `aam cleanup meetings --client` does it, through the functions' own client of S3."""
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
    report = clean_up(request, deps=deps_for(world, client, bucket), has_time=lambda: True)
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


def command_line() -> str | None:
    """Where `aws` is, if it runs."""
    program = shutil.which("aws")
    runs = program and subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0
    return program if runs else None


def by_command_line(program: str, client: Any, data: tuple[str, UUID]) -> None:
    """`aws s3 rm --recursive`."""
    bucket, _ = data
    subprocess.run(
        [
            *(program, "--endpoint-url", client.meta.endpoint_url),
            *("s3", "rm", f"s3://{bucket}/", "--recursive", "--only-show-errors"),
        ],
        env={**os.environ, **KEYS},
        check=True,
    )
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def seed_listed(world: World, count: int) -> None:
    """The rows of as many objects as `Listing` lists under meetings/; every other upload was given up."""
    owner = world.client()
    said = {
        "organization": world.organization_id,
        "user": world.user_id,
        "client": owner,
        "meetings": count // PER_MEETING,
        "count": count,
        "per_meeting": PER_MEETING,
    }
    with world.database.transaction() as session:
        session.execute(text(MEETINGS_LISTED), said)
        session.execute(text(UPLOADS_LISTED), said)
        session.execute(text("analyze upload_blobs, meetings"))  # as autovacuum does a minute after so many rows


class Listing:
    """A bucket of so many objects under temp/ and under meetings/ that are made while they are listed."""

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
        if self.operation != "list_objects_v2" or Prefix not in KEY_OF:
            return
        for first in range(0, self.count, 1_000):
            yield {
                "Contents": [
                    {"Key": KEY_OF[Prefix](number), "Size": number, "LastModified": old}
                    for number in range(first, first + 1_000)
                ]
            }


def memory_of(world: World, count: int, mode: str) -> int:
    """The most memory that planning so many objects took, in bytes."""
    deps = replace(world.deps, bucket=Bucket(ObjectStore(Listing(count), "b")))  # type: ignore[arg-type]
    request = CleanupRequest.model_validate({"mode": mode})
    tracemalloc.start()
    plan = make_plan(request, deps=deps, now=utc_now())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert plan.summary.objects == (count if mode == "temp" else count // 2)
    return peak
