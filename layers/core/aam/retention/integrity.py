"""Check integrity: no row without its object, no object without its row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import collate, func, select, text
from sqlalchemy.sql.elements import ColumnElement

from aam.foundation.clock import Clock
from aam.foundation.database import Transaction
from aam.foundation.schemas import Value
from aam.pipeline.models import ProcessingRun
from aam.retention import references
from aam.retention.ages import Ages, load_ages
from aam.retention.dependencies import CleanupDeps
from aam.retention.policy import Policy
from aam.store.bucket import BATCH, Bucket, Stored, batched
from aam.transcription.models import TranscriptRow
from aam.uploads.models import UploadBlob
from aam.uploads.status import UploadStatus
from aam.uploads.subject import DERIVED, UPLOADED, place_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

NAMED_AT_MOST = 20


class Integrity(Value):
    """Mismatches between rows and objects: counts, and the first few by key.

    ``waiting`` are objects that are too young to judge, and rows past their age whose object the bucket has expired.
    """

    ok: bool
    rows_without_object: int
    objects_without_row: int
    waiting: int
    named: tuple[str, ...]


class Statistics(Value):
    """Statistics of the store: rows by table, objects and bytes by prefix, runs by status, expired facts."""

    rows: dict[str, int]
    objects: dict[str, int]
    bytes: dict[str, int]
    runs: dict[str, int]
    locks: int
    database_bytes: int


class Compares(Protocol):
    """Dependencies of comparing rows and objects."""

    @property
    def bucket(self) -> Bucket:
        """Return the bucket."""

    @property
    def open_statements(self) -> Transaction:
        """Return a session whose every statement is a transaction of its own."""

    @property
    def policy(self) -> Policy:
        """Return the policy."""

    @property
    def clock(self) -> Clock:
        """Return the clock."""


def check(*, deps: Compares) -> Integrity:
    """Compare every row with its object and every object with its row; memory holds a page of each."""
    young = deps.clock() - deps.policy.grace
    lost, strays, waiting = 0, 0, 0
    named: list[str] = []
    with deps.open_statements() as session:
        ages = load_ages(session, deps.policy)
        for prefix in (UPLOADED, DERIVED):
            listed = (each for each in deps.bucket.versions(prefix))
            for key, has_row, each in joined(session, prefix, listed):
                if each is None and expired(session, key, ages, deps.clock()):
                    waiting += 1
                    continue
                if each is None:
                    lost += 1
                elif has_row:
                    continue
                elif each.modified > young:
                    waiting += 1
                    continue
                else:
                    strays += 1
                if len(named) < NAMED_AT_MOST:
                    named.append(key)
    return Integrity(
        ok=not (lost or strays),
        rows_without_object=lost,
        objects_without_row=strays,
        waiting=waiting,
        named=tuple(named),
    )


def expired(session: Session, key: str, ages: Ages, now: datetime) -> bool:
    """Return whether the bucket may have expired the object of a row, and the next cleanup takes the row too."""
    if not ages.anything_ends:
        return False
    if key.startswith(UPLOADED):
        upload = references.uploads(session, {key}).get(key)
        if upload is None:
            return False
        data_class = ages.policy.class_of_upload(upload.content_type)
        return ages.over(upload.meeting.subject, data_class, upload.since, now) is not None
    place = place_of(key)
    run = references.runs(session, {place.run_id}).get(place.run_id) if place.run_id else None
    data_class = ages.policy.class_of_derived(place.name)
    return run is not None and ages.over(run.meeting.subject, data_class, run.since, now) is not None


def joined(session: Session, prefix: str, listed: Iterator[Stored]) -> Iterator[tuple[str, bool, Stored | None]]:
    """Yield keys of rows and of objects side by side in the order of their bytes: key, has a row, its object.

    A key that only a row names comes without an object.
    """
    expected = expected_keys(session, prefix)
    row = next(expected, None)
    for batch in batched(listed, BATCH):
        known = having_rows(session, prefix, batch)
        for each in batch:
            while row is not None and row.encode() < each.key.encode():
                yield row, True, None
                row = next(expected, None)
            if row == each.key:
                row = next(expected, None)
            yield each.key, each.key in known, each
    while row is not None:
        yield row, True, None
        row = next(expected, None)


def having_rows(session: Session, prefix: str, batch: list[Stored]) -> set[str]:
    """Return the objects that some row refers to."""
    if prefix == UPLOADED:
        uploads = references.uploads(session, {each.key for each in batch})
        return {
            key for key, upload in uploads.items() if upload.status in (UploadStatus.PENDING, UploadStatus.RECEIVED)
        }
    places = {each.key: place_of(each.key) for each in batch}
    runs = references.runs(session, {place.run_id for place in places.values() if place.run_id})
    return {
        key
        for key, place in places.items()
        if place.run_id in runs and runs[place.run_id].meeting.id == place.meeting_id
    }


def expected_keys(session: Session, prefix: str) -> Iterator[str]:
    """Yield the keys that rows expect, in the order of their bytes, a page at a time."""
    column: ColumnElement[str] = collate(UploadBlob.key if prefix == UPLOADED else TranscriptRow.key, "C")
    page = select(column).where(column.startswith(prefix, autoescape=True)).order_by(column).limit(references.PAGE)
    if prefix == UPLOADED:
        page = page.where(UploadBlob.status == UploadStatus.RECEIVED)
    last = ""
    while True:
        keys = session.scalars(page.where(column > last)).all()
        yield from keys
        if len(keys) < references.PAGE:
            return
        last = keys[-1]


def statistics(*, deps: CleanupDeps) -> Statistics:
    """Count everything."""
    objects: dict[str, int] = {}
    sizes: dict[str, int] = {}
    for each in deps.bucket.versions(""):
        prefix = f"{each.key.partition('/')[0]}/"
        objects[prefix] = objects.get(prefix, 0) + 1
        sizes[prefix] = sizes.get(prefix, 0) + each.size
    with deps.open_statements() as session:
        tables = session.scalars(text("select tablename from pg_tables where schemaname = 'public' order by 1")).all()
        rows = {name: session.scalar(text(f'select count(*) from "{name}"')) or 0 for name in tables}  # noqa: S608
        counted = session.execute(select(ProcessingRun.status, func.count()).group_by(ProcessingRun.status))
        runs = {row[0]: row[1] for row in counted}
        size = session.scalar(text("select pg_database_size(current_database())")) or 0
    locks = sum(1 for _ in deps.table.expired(int(deps.clock().timestamp())))
    return Statistics(rows=rows, objects=objects, bytes=sizes, runs=runs, locks=locks, database_bytes=size)
