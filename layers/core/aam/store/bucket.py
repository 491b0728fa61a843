"""The bucket: list and delete versions, tag objects, end unfinished uploads; a thousand keys at a time.

Everything speaks of versions: a bucket that never had any calls its only one ``null``, and deleting that deletes.  Such
a bucket is listed the plain way, whose answers are two thirds as long.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import groupby, islice, pairwise
from pathlib import Path
from typing import Any, TypeVar

from aam.foundation.storage import ObjectMissing, ObjectStore, translated

BATCH = 1_000  # what one DeleteObjects call takes
PARALLEL = 8

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stored:
    """One version of an object, or a delete marker (``size`` 0); ``modified`` is when it was written.

    ``useless_since`` is when a newer version or a marker replaced it, or for a marker that hides nothing when it was
    put there; None for what a reader gets.  What is ``hidden`` lies below a marker, and may be the last of its kind.
    """

    key: str
    version: str
    size: int
    modified: datetime
    useless_since: datetime | None = None
    hidden: bool = False


Entry = tuple[Stored, bool, bool]
"""An entry of a listing, whether it is a delete marker, and whether it is the newest of its key."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A multipart upload that is neither completed nor aborted."""

    key: str
    upload_id: str
    begun: datetime


@dataclass(frozen=True)
class Bucket:
    """One bucket; every method raises StorageUnavailable when it does not answer."""

    store: ObjectStore

    @cached_property
    def has_versions(self) -> bool:
        """Whether versioning is or ever was on."""
        with translated():
            return "Status" in self.store.client.get_bucket_versioning(Bucket=self.store.bucket)

    def versions(self, prefix: str) -> Iterator[Stored]:
        """Every version and delete marker under a prefix, by key; memory holds one page."""
        if self.has_versions:
            for _, found in groupby(self._listed("list_object_versions", prefix), key=lambda each: each[0].key):
                yield from with_history(found)
        else:
            yield from (stored for stored, _, _ in self._listed("list_objects_v2", prefix))

    def _listed(self, operation: str, prefix: str) -> Iterator[Entry]:
        last = None
        for page in self._pages(operation, prefix):
            entries = [
                (
                    Stored(each["Key"], each.get("VersionId", "null"), each.get("Size", 0), each["LastModified"]),
                    kind == "DeleteMarkers",
                    each.get("IsLatest", True),
                )
                for kind in ("Contents", "Versions", "DeleteMarkers")
                for each in page.get(kind, ())
            ]
            for entry in sorted(entries, key=lambda each: each[0].key.encode()):
                here = (entry[0].key, entry[0].version)
                if here != last:  # some stores begin a page with the last one's end
                    last = here
                    yield entry

    def unfinished(self, prefix: str) -> Iterator[Unfinished]:
        """Every multipart upload under a prefix that is still open."""
        for page in self._pages("list_multipart_uploads", prefix):
            for each in page.get("Uploads", ()):
                yield Unfinished(each["Key"], each["UploadId"], each["Initiated"])

    def _pages(self, operation: str, prefix: str) -> Iterator[dict[str, Any]]:
        pages = iter(self.store.client.get_paginator(operation).paginate(Bucket=self.store.bucket, Prefix=prefix))
        while True:
            with translated():
                page = next(pages, None)
            if page is None:
                return
            yield page

    def delete(self, batches: Sequence[Sequence[tuple[str, str]]]) -> set[str]:
        """Delete batches of (key, version) side by side; returns the keys that the store refused to delete."""
        with ThreadPoolExecutor(max_workers=PARALLEL) as pool:
            return {key for refused in pool.map(self._delete, batches) for key in refused}

    def _delete(self, batch: Sequence[tuple[str, str]]) -> list[str]:
        if not batch:
            return []
        named = [{"Key": key, "VersionId": version} for key, version in batch]
        with translated():
            answer = self.store.client.delete_objects(
                Bucket=self.store.bucket, Delete={"Objects": named, "Quiet": True}
            )
        return [each["Key"] for each in answer.get("Errors", ()) if each.get("Code") != "NoSuchVersion"]

    def tag(self, wanted: Iterable[tuple[str, str | None]], *, name: str) -> int:
        """Give objects (by key) this value of a tag, or with None take it off; how many changed.

        Other tags stay.  What is gone meanwhile is passed over.
        """
        with ThreadPoolExecutor(max_workers=PARALLEL) as pool:
            return sum(pool.map(lambda each: self._tag(each[0], name, each[1]), wanted))

    def _tag(self, key: str, name: str, value: str | None) -> bool:
        at = {"Bucket": self.store.bucket, "Key": key}
        try:
            with translated():
                found = self.store.client.get_object_tagging(**at)["TagSet"]
                others = [each for each in found if each["Key"] != name]
                tags = others if value is None else [*others, {"Key": name, "Value": value}]
                if tags == found or sorted(map(str, tags)) == sorted(map(str, found)):
                    return False
                self.store.client.put_object_tagging(**at, Tagging={"TagSet": tags})
                return True
        except ObjectMissing:
            return False

    def abort(self, key: str, upload_id: str) -> None:
        """Abort a multipart upload; nothing happens when there is none."""
        try:
            with translated():
                self.store.client.abort_multipart_upload(Bucket=self.store.bucket, Key=key, UploadId=upload_id)
        except ObjectMissing:
            return

    def delete_prefix(self, prefix: str) -> tuple[int, set[str]]:
        """Delete everything under a prefix, every version of it; how many, and the keys that were refused."""
        gone, refused = 0, set[str]()
        versions = self.versions(prefix)
        while batch := [(each.key, each.version) for each in islice(versions, BATCH)]:
            failed = self.delete([batch])
            refused |= failed
            gone += len(batch) - len(failed)
        return gone, refused

    def put_file(self, key: str, path: Path) -> None:
        """Store a file as it is."""
        with path.open("rb") as body, translated():
            self.store.client.put_object(Bucket=self.store.bucket, Key=key, Body=body)

    def get_file(self, key: str, path: Path) -> None:
        """Fetch an object into a file; raises ObjectMissing."""
        with path.open("wb") as file:
            for chunk in self.store.stream(key):
                file.write(chunk)


def with_history(entries: Iterable[Entry]) -> Iterator[Stored]:
    """The versions of one key, the newest first, each with what became of it."""
    newest_first = sorted(entries, key=lambda each: (each[2], each[0].modified), reverse=True)
    top, marked, _ = newest_first[0]
    yield replace(top, useless_since=top.modified) if marked and len(newest_first) == 1 else top
    for (newer, _, _), (each, _, _) in pairwise(newest_first):
        yield replace(each, useless_since=newer.modified, hidden=marked)


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most ``size``."""
    waiting = iter(items)
    while batch := list(islice(waiting, size)):
        yield batch
