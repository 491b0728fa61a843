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


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an object as a listing shows it; a delete marker has no size."""

    key: str
    version: str
    size: int | None
    modified: datetime
    newest: bool


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
        """Return whether versioning is or ever was on."""
        with translated():
            return "Status" in self.store.client.get_bucket_versioning(Bucket=self.store.bucket)

    def versions(self, prefix: str) -> Iterator[Stored]:
        """Yield every version and delete marker under a prefix, by key; memory holds one page."""
        if self.has_versions:
            for history in self.histories(prefix):
                yield from with_history(history)
        else:
            yield from map(stored, self.current(prefix))

    def current(self, prefix: str, *, after: str = "") -> Iterator[Version]:
        """Return the objects under a prefix as a reader gets them, by key, from ``after`` on; memory holds one page."""
        return self._listed("list_objects_v2", prefix, **({"StartAfter": after} if after else {}))

    def histories(self, prefix: str) -> Iterator[list[Version]]:
        """Yield every version and delete marker under a prefix, a key at a time, the newest first."""
        for _, found in groupby(self._listed("list_object_versions", prefix), key=lambda each: each.key):
            yield sorted(found, key=lambda each: (each.newest, each.modified), reverse=True)

    def _listed(self, operation: str, prefix: str, **more: str) -> Iterator[Version]:
        last = None
        for page in self._pages(operation, prefix, **more):
            entries = [
                Version(
                    each["Key"],
                    each.get("VersionId", "null"),
                    each.get("Size"),
                    each["LastModified"],
                    each.get("IsLatest", True),
                )
                for kind in ("Contents", "Versions", "DeleteMarkers")
                for each in page.get(kind, ())
            ]
            for entry in sorted(entries, key=lambda each: each.key.encode()):
                here = (entry.key, entry.version)
                if here != last:  # some stores begin a page with the last one's end
                    last = here
                    yield entry

    def unfinished(self, prefix: str) -> Iterator[Unfinished]:
        """Yield every multipart upload under a prefix that is still open."""
        for page in self._pages("list_multipart_uploads", prefix):
            for each in page.get("Uploads", ()):
                yield Unfinished(each["Key"], each["UploadId"], each["Initiated"])

    def _pages(self, operation: str, prefix: str, **more: str) -> Iterator[dict[str, Any]]:
        paginator = self.store.client.get_paginator(operation)
        pages = iter(paginator.paginate(Bucket=self.store.bucket, Prefix=prefix, **more))
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


def stored(each: Version) -> Stored:
    """Return a version of which nothing else is known."""
    return Stored(each.key, each.version, each.size or 0, each.modified)


def with_history(newest_first: Sequence[Version]) -> Iterator[Stored]:
    """Yield the versions of one key, the newest first, each with its fate."""
    top, marked = stored(newest_first[0]), newest_first[0].size is None
    yield replace(top, useless_since=top.modified) if marked and len(newest_first) == 1 else top
    for newer, each in pairwise(newest_first):
        yield replace(stored(each), useless_since=newer.modified, hidden=marked)


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of at most ``size``."""
    waiting = iter(items)
    while batch := list(islice(waiting, size)):
        yield batch
