"""Cleaning up: what would go, and then what went."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from aam.foundation.schemas import Value
from aam.foundation.storage import ObjectStore, translated

TEMP_PREFIX = "temp/"
BATCH = 1_000  # objects that one DeleteObjects call takes
NAMED_AT_MOST = 100


class CleanupRequest(Value):
    """What to clean; without ``dry_run: false`` nothing is deleted."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["temp"]
    dry_run: bool = True
    older_than_hours: int = Field(default=24, ge=0)


class StoredObject(BaseModel):
    """An object that is due."""

    key: str
    size_bytes: int
    modified_at: datetime


class CleanupReport(BaseModel):
    """What went, or would go: count, bytes, the largest first by name (at most a hundred)."""

    mode: str
    dry_run: bool
    objects: int
    size_bytes: int
    largest: tuple[StoredObject, ...]


def clean_up(request: CleanupRequest, *, store: ObjectStore, now: datetime) -> CleanupReport:
    """Delete temporary objects older than asked for, or only say which they are.

    A real run deletes exactly what a dry run at the same moment reports.  Memory holds at most one page of keys and
    the largest objects.
    """
    before = now - timedelta(hours=request.older_than_hours)
    count, size = 0, 0
    largest: list[StoredObject] = []
    for batch in batches(due(store, before)):
        count += len(batch)
        size += sum(item.size_bytes for item in batch)
        largest = sorted([*largest, *batch], key=lambda item: (-item.size_bytes, item.key))[:NAMED_AT_MOST]
        if not request.dry_run:
            delete(store, batch)
    return CleanupReport(
        mode=request.mode, dry_run=request.dry_run, objects=count, size_bytes=size, largest=tuple(largest)
    )


def due(store: ObjectStore, before: datetime) -> Iterator[StoredObject]:
    """The temporary objects that are older."""
    pages: Any = store.client.get_paginator("list_objects_v2").paginate(Bucket=store.bucket, Prefix=TEMP_PREFIX)
    with translated():
        for page in pages:
            for found in page.get("Contents", ()):
                if found["LastModified"] < before:
                    yield StoredObject(key=found["Key"], size_bytes=found["Size"], modified_at=found["LastModified"])


def batches(items: Iterator[StoredObject]) -> Iterator[list[StoredObject]]:
    """The items in lists of at most a thousand."""
    while batch := list(islice(items, BATCH)):
        yield batch


def delete(store: ObjectStore, batch: list[StoredObject]) -> None:
    """Delete a batch in one call."""
    with translated():
        store.client.delete_objects(
            Bucket=store.bucket, Delete={"Objects": [{"Key": item.key} for item in batch], "Quiet": True}
        )
