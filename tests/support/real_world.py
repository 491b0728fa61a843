"""The small world of cleanups on services that listen on ports, where no object's time can be set.

So the clock is set instead: everything is looked at from forty days later.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aam.foundation.clock import utc_now
from aam.foundation.state_table import StateTable
from aam.foundation.storage import ObjectStore
from aam.retention.dependencies import CleanupDeps
from aam.retention.queues import Queues
from aam.store.bucket import Bucket
from aam_local.ports import free_port
from aam_local.secrets import load_secrets
from tests.support.dying_process import Dying, Place, database_of, dying_process
from tests.support.postgres import fresh_database, running_server
from tests.support.retention import World
from tests.support.stack import Stack

LATER = timedelta(days=40)
OF_CLEANUPS = ("cleanup/", "system/")


@dataclass
class RealWorld(World):
    """The world on a bucket, a table and a queue of its own in the stack's emulator, and on its own PostgreSQL."""

    place: Place = field(kw_only=True)
    dying: Dying = field(kw_only=True)

    def __post_init__(self) -> None:
        """Make the clients."""
        super().__post_init__()
        self.s3, self.dynamodb, self.queue = (self.place.aws(each) for each in ("s3", "dynamodb", "sqs"))

    @property
    def bucket(self) -> Bucket:
        """Return the bucket."""
        return Bucket(ObjectStore(self.s3, self.place.bucket))

    @property
    def deps(self) -> CleanupDeps:
        """Return the dependencies of the use cases."""
        return replace(
            super().deps,
            table=StateTable(self.dynamodb, self.place.table),
            queues=Queues(self.queue, (self.place.queue_url,), wait_s=0),
        )

    def put(self, key: str, *, size: int = 10, at: datetime | None = None) -> str:
        """Write an object; it is as old as everything else."""
        self.s3.put_object(Bucket=self.place.bucket, Key=key, Body=b"x" * size)
        return key

    def found(self) -> set[str]:
        """Return every key, but those of cleanups themselves."""
        return {each.key for each in self.bucket.versions("") if not each.key.startswith(OF_CLEANUPS)}

    def begin_parts(self, key: str) -> None:
        """Begin an upload in parts and abandon it."""
        self.s3.create_multipart_upload(Bucket=self.place.bucket, Key=key)

    def parts(self) -> list[str]:
        """Return the open uploads in parts."""
        return [each.key for each in self.bucket.unfinished("")]

    def fact(self, pk: str, *, expired: bool) -> None:
        """Store a short-lived fact."""
        at = int(self.now.timestamp()) + (-60 if expired else 86_400)
        StateTable(self.dynamodb, self.place.table).write(pk, {"a": "b"}, expires_at=at)

    def facts(self) -> set[str]:
        """Return the short-lived facts."""
        return {item["pk"]["S"] for item in self.dynamodb.scan(TableName=self.place.table)["Items"]}

    def send(self, body: str) -> None:
        """Send a message."""
        self.queue.send_message(QueueUrl=self.place.queue_url, MessageBody=body)

    def waiting(self) -> int:
        """Return the number of waiting messages."""
        name = "ApproximateNumberOfMessages"
        told = self.queue.get_queue_attributes(QueueUrl=self.place.queue_url, AttributeNames=[name])
        return int(told["Attributes"][name])

    def clean_in_a_process(self, request: dict[str, Any], *, die_at: int = 0) -> dict[str, Any]:
        """Run a cleanup in a process of its own and return its answer."""
        return self.dying.clean(request, now=self.now, die_at=die_at)


@contextmanager
def real_world(stack: Stack, folder: Path) -> Iterator[RealWorld]:
    """Yield a world beside whatever else the stack does; deleted with the stack."""
    name = f"aam-cleanups-{free_port()}"
    stack.aws("s3").create_bucket(Bucket=name)
    stack.aws("dynamodb").create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    queue_url = stack.aws("sqs").create_queue(QueueName=name)["QueueUrl"]
    for each in ("postgres", "plans", "world"):
        (folder / each).mkdir()
    with ExitStack() as done:
        port = done.enter_context(running_server(folder / "postgres", free_port()))
        database = done.enter_context(fresh_database(port, "cleanups"))
        place = Place(
            endpoint=stack.state.endpoint,
            secret_access_key=load_secrets(stack.home.secrets).emulator_secret_access_key,
            bucket=name,
            table=name,
            queue_url=queue_url,
            folder=str(folder / "plans"),
            **database_of(database),
        )
        dying = done.enter_context(dying_process(place))
        done.callback(stack.aws("sqs").delete_queue, QueueUrl=queue_url)  # others wait for all queues to be empty
        yield RealWorld(database, folder / "world", now=utc_now() + LATER, place=place, dying=dying)
