"""Extracted audio into S3, by multipart upload."""

from __future__ import annotations

import contextlib
from typing import Any

from aam.foundation.storage import translated

PART_BYTES = 8 * 1024 * 1024
"""AWS asks for 5 MiB at least; 10,000 parts of this size are 80 GB."""


class S3PartSink:
    """A `PartSink` on one S3 object: parts of 8 MiB, or a single PUT when the whole is smaller.

    ``client`` is a boto3 S3 client.  Memory is one part.  Raises `StorageUnavailable`.
    """

    def __init__(self, client: Any, *, bucket: str, key: str, content_type: str, part_bytes: int = PART_BYTES) -> None:
        self._client = client
        self._place = {"Bucket": bucket, "Key": key}
        self._content_type = content_type
        self._part_bytes = part_bytes
        self._held = bytearray()
        self._upload_id: str | None = None
        self._parts: list[dict[str, Any]] = []
        self._size = 0
        self._completed = False

    @property
    def key(self) -> str:
        """Return the object's key."""
        return self._place["Key"]

    def write(self, data: bytes) -> int:
        """Take the next bytes; every full part is sent at once."""
        self._held += data
        self._size += len(data)
        while len(self._held) >= self._part_bytes:
            self._send_part(self._part_bytes)
        return len(data)

    def complete(self) -> int:
        """Make the object visible; returns its size in bytes."""
        with translated():
            if self._upload_id is None:
                self._client.put_object(**self._place, Body=bytes(self._held), ContentType=self._content_type)
            else:
                if self._held:
                    self._send_part(len(self._held))
                self._client.complete_multipart_upload(
                    **self._place, UploadId=self._upload_id, MultipartUpload={"Parts": self._parts}
                )
        self._completed = True
        self._held.clear()
        return self._size

    def abort(self) -> None:
        """Forget the parts sent; the bucket's lifecycle removes what this cannot."""
        self._held.clear()
        if self._upload_id is None or self._completed:
            return
        # It runs while another error is on its way, which must not be hidden.
        with contextlib.suppress(Exception):
            self._client.abort_multipart_upload(**self._place, UploadId=self._upload_id)
        self._upload_id = None

    def _send_part(self, size: int) -> None:
        with translated():
            if self._upload_id is None:
                begun = self._client.create_multipart_upload(**self._place, ContentType=self._content_type)
                self._upload_id = begun["UploadId"]
            number = len(self._parts) + 1
            sent = self._client.upload_part(
                **self._place, UploadId=self._upload_id, PartNumber=number, Body=bytes(self._held[:size])
            )
        self._parts.append({"ETag": sent["ETag"], "PartNumber": number})
        del self._held[:size]
