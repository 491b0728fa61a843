"""Destinations of backups outside the stack: a folder, or a prefix of a bucket, by the operator's own AWS settings.

Both hold the names of the stack's own bucket of backups.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

import click

from aam_local.errors import UserError

CHUNK = 1024 * 1024
PATIENCE_S = 300


class Destination(Protocol):
    """A place that holds objects by their keys."""

    def prepare(self) -> None:
        """Make sure that something can be kept here; raises UserError."""

    def sizes(self, prefix: str) -> dict[str, int]:
        """Return the keys under a prefix, each with its size in bytes."""

    def put(self, key: str, content: BinaryIO) -> None:
        """Keep an object; half of one is never seen under its key."""

    def get(self, key: str) -> Any:
        """Open an object for reading, as a context manager."""


class Folder:
    """A folder that only its owner can read."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __str__(self) -> str:
        """Return the destination as an operator would name it."""
        return str(self.root)

    def prepare(self) -> None:
        """Make the folder, and those above it; raises UserError."""
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"{self.root} cannot be made a folder ({error.strerror}); name another.") from None
        if not os.access(self.root, os.W_OK | os.X_OK):
            raise UserError(f"Nothing can be written into {self.root}; name another folder.")

    def sizes(self, prefix: str) -> dict[str, int]:
        """Return the files under a folder; a half-written one of a killed process lies above all of them."""
        files = [path for path in (self.root / prefix).rglob("*") if path.is_file()]
        return {path.relative_to(self.root).as_posix(): path.stat().st_size for path in files}

    def put(self, key: str, content: BinaryIO) -> None:
        """Write to a name that no key has, at the top, then rename: a key may have any ending."""
        target = self.path_of(key)
        for folder in reversed([target.parent, *target.parent.parents]):
            if folder.is_relative_to(self.root) and not folder.exists():
                folder.mkdir(mode=0o700)
        part = self.root / f".{hashlib.sha256(key.encode()).hexdigest()}.part"
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            shutil.copyfileobj(content, file, CHUNK)
        part.replace(target)

    def get(self, key: str) -> BinaryIO:
        """Open the file."""
        try:
            return self.path_of(key).open("rb")
        except FileNotFoundError:
            raise UserError(f"{key} is not in {self.root}; the backup there is not whole.") from None

    def path_of(self, key: str) -> Path:
        """Return the path of a key; raises UserError when that is outside."""
        path = self.root / key
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise UserError(f"{key} would lie outside of {self.root}; nothing was written.")
        return path


class Prefix:
    """A prefix of a bucket of S3's, reached with the person's own AWS settings."""

    def __init__(self, bucket: str, prefix: str) -> None:
        import boto3

        self.bucket, self.prefix = bucket, f"{prefix}/" if prefix else ""
        with self.told():
            self.client = boto3.client("s3")

    def __str__(self) -> str:
        """Return the destination as an operator would name it."""
        return f"s3://{self.bucket}/{self.prefix}"

    def prepare(self) -> None:
        """See whether the bucket answers; raises UserError."""
        with self.told():
            self.client.list_objects_v2(Bucket=self.bucket, Prefix=self.prefix, MaxKeys=1)

    def sizes(self, prefix: str) -> dict[str, int]:
        """Return the sizes that a listing reports."""
        with self.told():
            lister = self.client.get_paginator("list_objects_v2")
            pages = list(lister.paginate(Bucket=self.bucket, Prefix=self.prefix + prefix))
        return {
            each["Key"].removeprefix(self.prefix): each["Size"] for page in pages for each in page.get("Contents", ())
        }

    def put(self, key: str, content: BinaryIO) -> None:
        """Upload, in parts where it is large."""
        with self.told():
            self.client.upload_fileobj(content, self.bucket, self.prefix + key)

    @contextmanager
    def get(self, key: str) -> Iterator[BinaryIO]:
        """Yield the object as it streams."""
        with self.told(), self.client.get_object(Bucket=self.bucket, Key=self.prefix + key)["Body"] as body:
            yield body

    @contextmanager
    def told(self) -> Iterator[None]:
        """Convert refusals of S3 or of the operator's settings into one sentence."""
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            refused = f"refused ({error.response.get('Error', {}).get('Code', 'it gave no reason')})"
            raise UserError(f"The bucket {self.bucket} {refused}; see your own AWS settings.") from None
        except (Boto3Error, BotoCoreError) as error:
            reason = type(error).__name__
            raise UserError(
                f"The bucket {self.bucket} cannot be reached ({reason}); see your own AWS settings."
            ) from None


def backup_name(_context: click.Context, _option: click.Parameter, said: str | None) -> str | None:
    """Return a backup's name or its date, as an option's value."""
    if said is not None and not re.fullmatch(r"\d{4}-\d\d-\d\d(/\d{6}Z)?", said):
        raise click.BadParameter("Say a date such as 2026-11-22, or a name such as 2026-11-22/010000Z.")
    return said


def place_of(said: str) -> Destination:
    """Return the destination that an option names: a folder, or s3://bucket/prefix."""
    if not said.startswith("s3://"):
        return Folder(Path(said).expanduser().resolve())
    bucket, _, prefix = said.removeprefix("s3://").partition("/")
    if not bucket:
        raise UserError("Say s3://bucket/prefix, or a folder.")
    return Prefix(bucket, prefix.strip("/"))


class Hashed:
    """A stream that is counted and hashed while it is read."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        data: bytes = self.stream.read(None if size < 0 else size)
        self.digest.update(data)
        return data


class Gone(UserError):
    """An object went after it had been listed."""


def fetch(destination: Destination, file: dict[str, Any]) -> str:
    """Bring one signed object into a place; its SHA-256.  Raises Gone, UserError."""
    import urllib3

    refused = None
    try:
        retries = urllib3.Retry(connect=0, read=0, redirect=3)
        with (
            urllib3.PoolManager(timeout=PATIENCE_S, retries=retries) as pool,
            pool.request("GET", file["url"], preload_content=False) as answer,
        ):
            content = Hashed(answer)
            if answer.status == HTTPStatus.OK:
                destination.put(file["key"], cast("BinaryIO", content))
            else:
                refused = answer.status
    except (urllib3.exceptions.HTTPError, OSError) as error:
        # urllib3's messages hold the URL, and whoever has that has the object
        why = (
            type(getattr(error, "reason", error)).__name__ if isinstance(error, urllib3.exceptions.HTTPError) else error
        )
        raise UserError(f"{file['key']} could not be fetched ({why}); give the same command again.") from None
    if refused == HTTPStatus.NOT_FOUND:
        raise Gone(f"{file['key']} is gone from the bucket of backups; give the same command again.")
    if refused is not None:
        raise UserError(f"{file['key']} could not be fetched (status {refused}); try again.")
    return content.digest.hexdigest()
