"""An object store in memory that speaks as much of boto3's S3 client as cleanups use, versions included.

It runs the same contract tests as moto's S3, and is fast enough for thousands of random histories.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from botocore.exceptions import ClientError


class Body(io.BytesIO):
    """An object's content, as botocore streams it."""

    def iter_chunks(self, size: int) -> Iterator[bytes]:
        """Yield the content in pieces."""
        while chunk := self.read(size):
            yield chunk


@dataclass
class Kept:
    """One version of an object; None is a delete marker."""

    version: str
    body: bytes | None
    modified: datetime


@dataclass
class MemoryClient:
    """One bucket; ``clock`` tells the time of writes, ``before`` is called before each operation and may raise.

    ``locked`` keys cannot be deleted; ``sizes`` is what listings say of objects that are too large to make.
    """

    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    versioned: bool = False
    page: int = 1_000
    before: Callable[[str], None] = field(default=lambda _operation: None)
    objects: dict[str, list[Kept]] = field(default_factory=dict)
    uploads: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    locked: set[str] = field(default_factory=set)
    sizes: dict[str, int] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    # ------------------------------------------------------------------ what cleanups call

    def put_object(self, *, Bucket: str, Key: str, Body: Any, **_more: Any) -> dict[str, Any]:  # noqa: N803
        """Write a version, or the only one."""
        self.before("put_object")
        data = Body if isinstance(Body, bytes) else Body.read()
        version = self._add(Key, data)
        return {"VersionId": version} if self.versioned else {}

    def get_object(self, *, Bucket: str, Key: str, Range: str = "") -> dict[str, Any]:  # noqa: N803
        """Return the newest version, or a range of its bytes."""
        self.before("get_object")
        body = self._newest(Key)
        if body is None:
            raise missing("GetObject")
        if Range:
            first, last = map(int, Range.removeprefix("bytes=").split("-"))
            body = body[first : last + 1]
        return {"Body": Body(body)}

    def head_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        """Return its size."""
        self.before("head_object")
        body = self._newest(Key)
        if body is None:
            raise missing("HeadObject")
        return {"ContentLength": len(body)}

    def delete_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        """Delete, or put a marker on top."""
        self.before("delete_object")
        if self.versioned:
            self._add(Key, None)
        else:
            self.objects.pop(Key, None)
        return {}

    def delete_objects(self, *, Bucket: str, Delete: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        """Delete versions by their id."""
        self.before("delete_objects")
        assert len(Delete["Objects"]) <= 1_000
        errors = []
        for each in Delete["Objects"]:
            if each["Key"] in self.locked:
                errors.append({"Key": each["Key"], "Code": "AccessDenied"})
                continue
            kept = [one for one in self.objects.get(each["Key"], []) if one.version != each["VersionId"]]
            if kept:
                self.objects[each["Key"]] = kept
            else:
                self.objects.pop(each["Key"], None)
        return {"Errors": errors} if errors else {}

    def get_object_tagging(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        """Return the tags of the newest version."""
        self.before("get_object_tagging")
        if self._newest(Key) is None:
            raise missing("GetObjectTagging")
        return {"TagSet": [{"Key": name, "Value": value} for name, value in self.tags.get(Key, {}).items()]}

    def put_object_tagging(self, *, Bucket: str, Key: str, Tagging: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        """Replace them."""
        self.before("put_object_tagging")
        if self._newest(Key) is None:
            raise missing("PutObjectTagging")
        self.tags[Key] = {each["Key"]: each["Value"] for each in Tagging["TagSet"]}
        return {}

    def create_multipart_upload(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        """Begin an upload in parts."""
        upload_id = f"upload-{next(self.numbers)}"
        self.uploads[upload_id] = (Key, self.clock())
        return {"UploadId": upload_id}

    def abort_multipart_upload(self, *, Bucket: str, Key: str, UploadId: str) -> dict[str, Any]:  # noqa: N803
        """Forget an upload in parts."""
        self.before("abort_multipart_upload")
        if self.uploads.pop(UploadId, None) is None:
            raise missing("AbortMultipartUpload", code="NoSuchUpload")
        return {}

    def get_bucket_versioning(self, *, Bucket: str) -> dict[str, str]:  # noqa: N803
        """Return whether versions were ever on."""
        return {"Status": "Enabled"} if self.versioned else {}

    def put_bucket_versioning(self, *, Bucket: str, VersioningConfiguration: dict[str, str]) -> None:  # noqa: N803
        """Turn versions on."""
        self.versioned = VersioningConfiguration["Status"] == "Enabled"

    def get_paginator(self, operation: str) -> Pages:
        """Return listings, a page at a time."""
        return Pages(self, operation)

    # ------------------------------------------------------------------ inside

    def _add(self, key: str, body: bytes | None) -> str:
        self.tags.pop(key, None)
        kept = Kept(f"v{next(self.numbers)}" if self.versioned else "null", body, self.clock())
        older = [one for one in self.objects.get(key, []) if one.version != kept.version]
        self.objects[key] = [*older, kept]
        return kept.version

    def _newest(self, key: str) -> bytes | None:
        kept = self.objects.get(key)
        return kept[-1].body if kept else None


@dataclass(frozen=True)
class Pages:
    """A paginator of one operation."""

    client: MemoryClient
    operation: str

    def paginate(self, *, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        """Yield the pages, as the bucket is when each is asked for."""
        client = self.client
        if self.operation == "list_multipart_uploads":
            client.before(self.operation)
            found = [
                {"Key": key, "UploadId": upload_id, "Initiated": begun}
                for upload_id, (key, begun) in client.uploads.items()
                if key.startswith(Prefix)
            ]
            yield {"Uploads": sorted(found, key=lambda each: str(each["Key"]))}
            return
        last = b""
        while True:
            client.before(self.operation)
            keys = sorted((key for key in list(client.objects) if key.startswith(Prefix)), key=str.encode)
            keys = [key for key in keys if key.encode() > last][: client.page]
            yield self.page(keys)
            if len(keys) < client.page:
                return
            last = keys[-1].encode()

    def page(self, keys: list[str]) -> dict[str, Any]:
        """Return one page of these keys."""
        if self.operation == "list_objects_v2":
            newest = [(key, self.client.objects[key][-1]) for key in keys]
            return {"Contents": [self.entry(key, kept) for key, kept in newest if kept.body is not None]}
        every = [(key, kept) for key in keys for kept in reversed(self.client.objects[key])]
        return {
            "Versions": [self.entry(key, kept) for key, kept in every if kept.body is not None],
            "DeleteMarkers": [self.entry(key, kept) for key, kept in every if kept.body is None],
        }

    def entry(self, key: str, kept: Kept) -> dict[str, Any]:
        """Return a listing's entry."""
        sized = {} if kept.body is None else {"Size": self.client.sizes.get(key, len(kept.body))}
        latest = {"IsLatest": kept is self.client.objects[key][-1]} if self.operation == "list_object_versions" else {}
        return {"Key": key, "VersionId": kept.version, "LastModified": kept.modified, **sized, **latest}


def missing(operation: str, *, code: str = "NoSuchKey") -> ClientError:
    """Return botocore's error for a missing object."""
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 404}}, operation)  # type: ignore[typeddict-item]
