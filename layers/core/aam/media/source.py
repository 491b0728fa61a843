"""A recording in storage, read by HTTP ranges as if it were a file.

FFmpeg is given this object and never an address, so it can neither follow one that a hostile file names nor repeat
ours, which is presigned, in an error.
"""

from __future__ import annotations

import http.client
import io
import ssl
from urllib.parse import SplitResult, urlsplit

from aam.foundation.errors import AppError
from aam.media.errors import (
    Corrupt,
    EmptyFile,
    RangesUnsupported,
    SourceChanged,
    SourceLinkRefused,
    SourceMissing,
    SourceNotAllowed,
    SourceUnavailable,
)

READ_THROUGH_BYTES = 4 * 1024 * 1024
"""Gaps up to this size are read and dropped: cheaper than a new request, which costs a handshake."""
_SKIP_BYTES = 256 * 1024
_HEAD_BYTES = 64 * 1024
_SPARE_BYTES = 64 * 1024 * 1024


class RangeSource(io.RawIOBase):
    """A seekable, read-only view of ``url``, an http(s) address of our own storage.

    A connection that breaks is resumed where it stopped as long as that brings new bytes; redirects are not followed.
    Raises the leaves named in `aam.media.errors`; whatever was raised first stays in ``failure``.
    """

    def __init__(self, url: str, *, timeout_s: float) -> None:
        super().__init__()
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SourceNotAllowed
        self.failure: Exception | None = None
        self._address = parts
        self._timeout_s = timeout_s
        self._connection: http.client.HTTPConnection | None = None
        self._reply: http.client.HTTPResponse | None = None
        self._reply_at = 0
        self._position = 0
        self._tag: str | None = None
        self._fetched = 0
        self._head = b""
        self.size = 0
        self._request(0)

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position, in bytes."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move without a request; the next read makes one if need be."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Up to ``size`` bytes from the position; empty only at the end."""
        wanted = self.size - self._position
        if size >= 0:
            wanted = min(wanted, size)
        if wanted <= 0:
            return b""
        data = self._head[self._position : self._position + wanted]
        if not data:
            try:
                data = self._read(wanted)
            except Exception as error:
                self.failure = self.failure or error
                raise
            if self._position == 0:
                # The first bytes are looked at more than once, and going back would cost a request.
                self._head = data[:_HEAD_BYTES]
        self._position += len(data)
        return data

    def close(self) -> None:
        """Drop the connection."""
        self._drop()
        super().close()

    def _read(self, wanted: int) -> bytes:
        fresh = False
        while True:
            if self._reply is None or not 0 <= self._position - self._reply_at <= READ_THROUGH_BYTES:
                self._request(self._position)
                fresh = True
            data = self._receive(wanted)
            if data:
                return data
            self._drop()
            if fresh:  # a new connection brought nothing either
                raise SourceUnavailable

    def _receive(self, wanted: int) -> bytes:
        """Return the next bytes of the reply under way, or nothing if it broke."""
        reply = self._reply
        if reply is None:
            return b""
        try:
            while self._reply_at < self._position:
                skipped = len(reply.read(min(self._position - self._reply_at, _SKIP_BYTES)))
                if not skipped:
                    return b""
                self._count(skipped)
            data = reply.read(wanted)
        except (OSError, http.client.HTTPException):
            return b""
        self._count(len(data))
        return data

    def _count(self, received: int) -> None:
        self._reply_at += received
        self._fetched += received
        # A file that sends its reader to and fro is no recording.
        if self._fetched > 4 * self.size + _SPARE_BYTES:
            raise Corrupt

    def _request(self, first: int) -> None:
        """Ask for everything from ``first`` on; the body is read as it is needed."""
        self._drop()
        address = self._address
        target = address.path or "/"
        if address.query:
            target += f"?{address.query}"
        try:
            self._connection = _connection(address, self._timeout_s)
            self._connection.request("GET", target, headers={"Range": f"bytes={first}-", "Accept-Encoding": "identity"})
            reply = self._connection.getresponse()
        except (OSError, http.client.HTTPException):
            self._drop()
            raise SourceUnavailable from None
        try:
            self._check(reply, first)
        except AppError:
            self._drop()
            raise
        self._reply, self._reply_at = reply, first

    def _check(self, reply: http.client.HTTPResponse, first: int) -> None:
        """Raise unless the reply is the requested part of the same object as before."""
        status = reply.status
        span, _, total = (reply.headers.get("Content-Range") or "").removeprefix("bytes ").partition("/")
        if status == 416 or (status == 200 and reply.headers.get("Content-Length") == "0"):
            raise SourceChanged if self.size else EmptyFile
        if status in (404, 410):
            raise SourceMissing
        if status in (400, 401, 403):
            raise SourceLinkRefused
        if status >= 500 or status == 429:
            raise SourceUnavailable
        if status != 206 or not total.isdigit() or not span.startswith(f"{first}-"):
            raise RangesUnsupported
        tag = reply.headers.get("ETag")
        if self.size and (int(total), tag) != (self.size, self._tag):
            raise SourceChanged
        self.size, self._tag = int(total), tag

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._reply = None


def _connection(address: SplitResult, timeout_s: float) -> http.client.HTTPConnection:
    host = str(address.hostname)
    if address.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, address.port, timeout=timeout_s, context=context)
    return http.client.HTTPConnection(host, address.port, timeout=timeout_s)
