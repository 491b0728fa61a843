"""A stack's own buckets, reached as its administrator: for what no function could carry in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from aam_local.errors import UserError
from aam_local.target import Target

PART_BYTES = 32 * 1024 * 1024
PARTS_AT_ONCE = 4
"""An upload has 10,000 parts at most, so a stream of unknown length may have 320 GB, and 128 MB of it are in memory."""

PATIENCE_S = 300


@dataclass(frozen=True)
class StackBucket:
    """One bucket; methods raise UserError."""

    client: Any
    name: str
    silence: str

    def put(self, key: str, content: BinaryIO, *, seen: Callable[[int], Any] | None = None) -> None:
        """Upload, in parts where it is large; ``seen`` is told of bytes as they leave."""
        from boto3.s3.transfer import TransferConfig

        config = TransferConfig(multipart_chunksize=PART_BYTES, max_concurrency=PARTS_AT_ONCE)
        with self.told():
            self.client.upload_fileobj(content, self.name, key, Callback=seen, Config=config)

    def keys(self, prefix: str) -> list[str]:
        """Return the keys under a prefix."""
        with self.told():
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
            return [found["Key"] for page in pages for found in page.get("Contents", ())]

    def read(self, key: str) -> bytes:
        """Return a small object."""
        with self.told():
            body: bytes = self.client.get_object(Bucket=self.name, Key=key)["Body"].read()
            return body

    def write(self, key: str, body: bytes) -> None:
        """Put a small JSON document; S3 wants a checksum where Object Lock is on."""
        with self.told():
            self.client.put_object(
                Bucket=self.name, Key=key, Body=body, ContentType="application/json", ChecksumAlgorithm="SHA256"
            )

    @contextmanager
    def told(self) -> Iterator[None]:
        """Convert refusals of the store into one sentence."""
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except (Boto3Error, BotoCoreError, ClientError) as error:
            raise UserError(f"The bucket {self.name} failed ({type(error).__name__}). {self.silence}") from None


def stack_bucket(target: Target, output: str) -> StackBucket:
    """Return the bucket whose name stands in this output of a stack; raises UserError."""
    name = target.output(output)
    return StackBucket(target.client("s3", read_timeout=PATIENCE_S), name, target.silence)
