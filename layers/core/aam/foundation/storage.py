"""The object store: S3, or anything that speaks like it.

Path-style addresses and SigV4 everywhere an endpoint of our own is named, because that is what S3-compatible stores
understand.  URLs for people and vendors are signed for the public endpoint, since the signature covers the host.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, SecretStr, ValidationError

from aam.foundation.errors import NotFound, Transient
from aam.foundation.schemas import Value
from aam.foundation.secrets import read_secret
from aam.foundation.settings import BackupSettings, BadConfiguration, StorageSettings, load

if TYPE_CHECKING:
    from botocore.client import BaseClient

CHUNK_BYTES = 1024 * 1024


class ObjectMissing(NotFound):
    """The store has no such object."""

    code = "object_missing"
    sentence = "The file is not in the store (any more); upload it again."


class StorageUnavailable(Transient):
    """The store did not answer."""

    code = "storage_unavailable"
    sentence = "The object store did not answer; try again in a moment."


class StoreKeys(Value):
    """The keys of an S3-compatible store, as its secret holds them."""

    model_config = ConfigDict(extra="ignore")

    access_key: str
    secret_key: SecretStr


def make_client(endpoint: str, *, secret_arn: str = "") -> BaseClient:
    """Return an S3 client for this endpoint, or for AWS itself when it is empty.

    It signs with the keys in the secret, or as the function's role where none is named.  Raises BadConfiguration.
    """
    import boto3
    from botocore.config import Config
    from botocore.session import get_session

    own_endpoint = bool(endpoint or os.environ.get("AWS_ENDPOINT_URL"))
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path" if own_endpoint else "virtual"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        connect_timeout=5,
        read_timeout=60,
        retries={"total_max_attempts": 3, "mode": "standard"},
    )
    keys = store_keys(secret_arn) if secret_arn else None
    core = get_session()
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=parse_time)
    return boto3.Session(botocore_session=core).client(
        "s3",
        config=config,
        endpoint_url=endpoint or None,
        aws_access_key_id=keys.access_key if keys else None,
        aws_secret_access_key=keys.secret_key.get_secret_value() if keys else None,
    )


def parse_time(written: Any) -> datetime:
    """Return a time as S3 writes it, parsed by hand: a third of the work of a listing is in this otherwise."""
    from botocore.utils import parse_timestamp

    if isinstance(written, str) and written.endswith("Z"):
        with suppress(ValueError):
            return datetime.fromisoformat(written)
    found: datetime = parse_timestamp(written)  # a header, say
    return found


def store_keys(secret_arn: str) -> StoreKeys:
    """Return the keys in a secret; raises BadConfiguration when it is not of this form."""
    try:
        return StoreKeys.model_validate_json(read_secret(secret_arn))
    except ValidationError:
        raise BadConfiguration('The store\'s secret must be JSON like {"access_key": "", "secret_key": ""}.') from None


@lru_cache(maxsize=1)
def s3() -> BaseClient:
    """Return the client that reads and writes."""
    settings = load(StorageSettings)
    return make_client(settings.storage_endpoint, secret_arn=settings.storage_secret_arn)


@lru_cache(maxsize=1)
def public_s3() -> BaseClient:
    """Return the client that signs URLs for the outside; it makes no calls itself."""
    settings = load(StorageSettings)
    endpoint = settings.storage_public_endpoint or settings.storage_endpoint
    return make_client(endpoint, secret_arn=settings.storage_secret_arn)


class ObjectStore:
    """Objects of one bucket; translates the store's errors into ours."""

    def __init__(self, client: BaseClient, bucket: str) -> None:
        self.client: Any = client
        self.bucket = bucket

    def read(self, key: str) -> bytes:
        """Return the content of a small object; raises ObjectMissing, StorageUnavailable."""
        with translated():
            body: bytes = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
            return body

    def read_range(self, key: str, first: int, last: int) -> bytes:
        """Return the bytes from ``first`` to ``last``, both included; raises ObjectMissing, StorageUnavailable."""
        with translated():
            answer = self.client.get_object(Bucket=self.bucket, Key=key, Range=f"bytes={first}-{last}")
            body: bytes = answer["Body"].read()
            return body

    def stream(self, key: str) -> Iterator[bytes]:
        """Yield an object in chunks of 1 MiB; memory stays flat."""
        with translated():
            body = self.client.get_object(Bucket=self.bucket, Key=key)["Body"]
        yield from body.iter_chunks(CHUNK_BYTES)

    def size(self, key: str) -> int:
        """Return an object's size in bytes; raises ObjectMissing, StorageUnavailable."""
        with translated():
            return int(self.client.head_object(Bucket=self.bucket, Key=key)["ContentLength"])

    def copy(self, key: str, target: str) -> None:
        """Copy an object within the bucket (up to 5 GB), without its tags; raises ObjectMissing, StorageUnavailable.

        Tags would need rights of their own (https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html).
        """
        source = {"Bucket": self.bucket, "Key": key}
        with translated():
            self.client.copy_object(Bucket=self.bucket, Key=target, CopySource=source, TaggingDirective="REPLACE")

    def holds(self, key: str) -> bool:
        """Return whether there is such an object; raises StorageUnavailable."""
        try:
            self.size(key)
        except ObjectMissing:
            return False
        return True

    def keys(self, prefix: str) -> list[str]:
        """Return the keys under a prefix that holds few objects."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        with translated():
            return [found["Key"] for page in pages for found in page.get("Contents", ())]

    def write(self, key: str, body: bytes, *, content_type: str) -> None:
        """Put a small object, replacing what stood there."""
        with translated():
            self.client.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType=content_type)

    def delete(self, key: str) -> None:
        """Delete an object; nothing happens when there is none."""
        with translated():
            self.client.delete_object(Bucket=self.bucket, Key=key)

    def presigned_get(self, key: str, *, expires_s: int) -> str:
        """Return a URL that reads one object until it expires (seconds)."""
        url: str = self.client.generate_presigned_url(
            "get_object", Params={"Bucket": self.bucket, "Key": key}, ExpiresIn=expires_s
        )
        return url

    def presigned_put(self, key: str, *, expires_s: int) -> str:
        """Return a URL that writes one object until it expires (seconds), any number of times."""
        url: str = self.client.generate_presigned_url(
            "put_object", Params={"Bucket": self.bucket, "Key": key}, ExpiresIn=expires_s
        )
        return url


@lru_cache(maxsize=1)
def media_store() -> ObjectStore:
    """Return the bucket of recordings and derived objects."""
    return ObjectStore(s3(), load(StorageSettings).media_bucket)


@lru_cache(maxsize=1)
def public_store() -> ObjectStore:
    """Return the same bucket by its public address; it signs, and makes no calls itself."""
    return ObjectStore(public_s3(), load(StorageSettings).media_bucket)


@lru_cache(maxsize=1)
def backup_store() -> ObjectStore:
    """Return the bucket of backups."""
    return ObjectStore(s3(), load(BackupSettings).backup_bucket)


@lru_cache(maxsize=1)
def public_backup_store() -> ObjectStore:
    """Return the same bucket by its public address; it signs, and makes no calls itself."""
    return ObjectStore(public_s3(), load(BackupSettings).backup_bucket)


class translated:  # noqa: N801 - reads as a statement: with translated()
    """Turns botocore's errors into ObjectMissing or StorageUnavailable."""

    def __enter__(self) -> None:
        """Do nothing on the way in."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Raise ours in place of theirs; a refusal (403) stays as it is, because it is a mistake of ours."""
        if error is None:
            return
        from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 - botocore's own

        if isinstance(error, ClientError):
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if status == 404:
                raise ObjectMissing from None
            if status >= 500 or error.response["Error"]["Code"] in {"SlowDown", "RequestTimeout"}:
                raise StorageUnavailable from None
        elif isinstance(error, (ConnectionError, HTTPClientError)):
            raise StorageUnavailable from None
