"""Dumping the database: of one moment, streamed to the store in parts, with memory and /tmp flat."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import text

from aam.backups.errors import DatabaseTooLarge, DumpFailed, DumpTooSlow
from aam.backups.pg_connection import Login, reachable
from aam.backups.programs import first_words, running
from aam.foundation.observability import logger
from aam.foundation.storage import ObjectStore, translated
from aam.store.identity import store_id

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


LIMIT_BYTES = 10_000_000_000
LIMIT_S = 600
PART_BYTES = 8 * 1024**2
"""S3 takes 10,000 parts, so dumps of up to 84 GB would fit."""

OF_ONE_MOMENT = (
    "set transaction isolation level repeatable read, read only",
    "set local statement_timeout = '5min'",  # for counting
    "set local idle_in_transaction_session_timeout = '15min'",  # while the dump is written
)


@dataclass(frozen=True)
class Moment:
    """Facts about the database at the moment of its dump."""

    taken_at: datetime
    store_id: UUID
    revision: str
    server_version: str
    counts: dict[str, int]


@dataclass
class Written:
    """A dump that is being, or has been, written."""

    size: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def take(self, part: bytes) -> None:
        """Count a part."""
        self.size += len(part)
        self.digest.update(part)


def refuse_large(session: Session) -> None:
    """Raise DatabaseTooLarge."""
    if (session.scalar(text("select pg_database_size(current_database())")) or 0) > LIMIT_BYTES:
        raise DatabaseTooLarge


def dump_to(
    store: ObjectStore, key: str, *, session: Session, login: Login, limit_s: float = LIMIT_S
) -> tuple[Moment, Written]:
    """Dump the database into an object; what it was at that moment, and what was written.

    ``session`` is a transaction of its own with nothing done in it: the dump sees what it sees.  Raises DumpTooSlow,
    DumpFailed, StorageUnavailable; nothing is left of the object then.
    """
    for statement in OF_ONE_MOMENT:
        session.execute(text(statement))
    snapshot = session.scalar(text("select pg_export_snapshot()"))
    taken_at = session.scalar(text("select now()"))
    assert taken_at is not None  # noqa: S101 - a database knows the time
    written = Written()
    with uploading(store, key) as put, dumping(login, str(snapshot), limit_s=limit_s) as parts:
        moment = look(session, taken_at.astimezone(UTC))
        for part in parts:
            put(part)
            written.take(part)
    return moment, written


def look(session: Session, taken_at: datetime) -> Moment:
    """Read what stands beside the dump, in the same snapshot."""
    tables = session.scalars(text("select tablename from pg_tables where schemaname = 'public' order by 1")).all()
    return Moment(
        taken_at=taken_at,
        store_id=store_id(session),
        revision=str(session.scalar(text("select version_num from alembic_version"))),
        server_version=str(session.scalar(text("show server_version"))),
        counts={name: session.scalar(text(f'select count(*) from "{name}"')) or 0 for name in tables},  # noqa: S608
    )


@contextmanager
def dumping(login: Login, snapshot: str, *, limit_s: float) -> Iterator[Iterator[bytes]]:
    """Run pg_dump and yield its output in parts; raises DumpTooSlow, DumpFailed."""
    late = threading.Event()
    with (
        reachable(login) as environment,
        running(
            "pg_dump",
            *("--format=custom", "--compress=gzip:1", "--no-password", "--lock-wait-timeout=30s"),
            f"--snapshot={snapshot}",
            environment=environment,
        ) as (process, said),
    ):

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(limit_s, stop)
        timer.start()
        try:
            yield parts_of(process.stdout)
            failed = process.wait() != 0
        finally:
            timer.cancel()
        if late.is_set():
            raise DumpTooSlow
        if failed:
            logger().error("pg_dump gave up", said=first_words(said))
            raise DumpFailed


def parts_of(pipe: IO[bytes] | None) -> Iterator[bytes]:
    """Yield a pipe's content in parts of one size; the last may be smaller."""
    assert pipe is not None  # noqa: S101 - opened as a pipe
    while part := pipe.read(PART_BYTES):
        yield part


@contextmanager
def uploading(store: ObjectStore, key: str) -> Iterator[Any]:
    """Open a multipart upload and yield what takes the next part.  Completed at the end, aborted on any failure."""
    where = {"Bucket": store.bucket, "Key": key}
    with translated():
        where["UploadId"] = store.client.create_multipart_upload(**where)["UploadId"]
    parts: list[dict[str, Any]] = []

    def put(part: bytes) -> None:
        number = len(parts) + 1
        with translated():
            made = store.client.upload_part(**where, PartNumber=number, Body=part)
        parts.append({"PartNumber": number, "ETag": made["ETag"]})

    try:
        yield put
        with translated():
            store.client.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
    except BaseException:
        with suppress(Exception):  # the lifecycle and the next backup do it as well
            store.client.abort_multipart_upload(**where)
        raise
