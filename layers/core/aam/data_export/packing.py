"""A zip file that is written to the store while it is made; memory holds one part of it."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, cast
from uuid import UUID

from aam.data_export.errors import ExportTooLarge
from aam.data_export.schemas import Member
from aam.media.s3_sink import S3PartSink

MANIFEST = "manifest.json"


class _Whole:
    """Stream that zipfile writes into: passes on, counts and hashes; it cannot seek, so sizes follow members."""

    def __init__(self, sink: S3PartSink) -> None:
        self._sink = sink
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self._sink.write(bytes(data))

    def flush(self) -> None:
        """Do nothing: nothing is buffered here."""


class Archive:
    """Members are added one after the other; `close` writes the manifest and completes the object.

    ``has_time`` is asked before each chunk.  On any error nothing becomes visible: parts that were sent are ended by
    the bucket's rule for uploads that nobody completes.
    """

    def __init__(self, sink: S3PartSink, *, has_time: Callable[[], bool], now: datetime) -> None:
        self._sink, self._has_time = sink, has_time
        self._whole = _Whole(sink)
        self._zip = zipfile.ZipFile(cast("IO[bytes]", self._whole), "w", allowZip64=True)
        self._moment = (now.year, now.month, now.day, now.hour, now.minute, now.second)
        self.members: list[Member] = []

    def add(self, name: str, chunks: Iterable[bytes], *, packed: bool = True) -> None:
        """Add a file; raises ExportTooLarge when there is no more time."""
        info = zipfile.ZipInfo(name, self._moment)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=True) as member:
            for chunk in chunks:
                if not self._has_time():
                    raise ExportTooLarge
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.members.append(Member(name=name, size_bytes=size, sha256=digest.hexdigest()))

    def add_json(self, name: str, value: Any) -> None:
        """Add a value as JSON."""
        self.add(name, [json.dumps(value, ensure_ascii=False, indent=1, default=as_text).encode()])

    def close(self, manifest: dict[str, Any]) -> tuple[int, str]:
        """Write the manifest with every member's checksum; returns the size and the checksum of the whole."""
        self.add_json(MANIFEST, {**manifest, "members": [each.model_dump() for each in self.members]})
        self._zip.close()
        return self._sink.complete(), self._whole.digest.hexdigest()


def as_text(value: Any) -> str:
    """Return a value that JSON does not know as text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(type(value).__name__)
