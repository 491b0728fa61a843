"""A vendor on the loopback: replies of a script or of its own making, recorded requests, faults on demand."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Self, TypeVar
from urllib.parse import parse_qs, urlsplit

PIECE_BYTES = 256 * 1024
PATIENCE_S = 10.0


@dataclass(frozen=True)
class Reply:
    """One answer, good or bad.

    ``raw`` stands in for the JSON of ``body``.  ``hang_up`` ends the connection without a word, ``silent`` says
    nothing for ten seconds, ``delay_s`` waits before it speaks, ``cut_at`` ends the connection after so many bytes of
    the body, ``pause_s`` waits after the body's first byte.
    """

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    hang_up: bool = False
    silent: bool = False
    delay_s: float = 0.0
    cut_at: int | None = None
    pause_s: float = 0.0

    @property
    def content(self) -> bytes:
        """Return the body as it goes out."""
        return self.raw if self.raw is not None else json.dumps(self.body, ensure_ascii=False).encode()


@dataclass
class Asked:
    """A request as it came.

    ``body`` holds at most what the server keeps; ``size`` and ``sha256`` are of all of it, ``tail`` is its end where
    the body was not kept whole.
    """

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    method: str = "POST"
    size: int = 0
    sha256: str = ""
    tail: bytes = b""
    at: float = 0.0

    def json(self) -> Any:
        """Return the body as JSON, or None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class FakeServer(ThreadingHTTPServer):
    """Answers each request with the next reply of its script, of which the last one stays; without one, by itself.

    ``objections`` is what judges found wrong with requests, or with replies that the fake made by itself.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256
    keeps_bytes: ClassVar[int | None] = None
    """How much of a body is kept in memory; None: all of it."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.script: list[Reply] = []
        self.asked: list[Asked] = []
        self.objections: list[str] = []
        self.released = threading.Event()
        self.lock = threading.Lock()
        self._serving: threading.Thread | None = None

    @property
    def port(self) -> int:
        """Return the port that it listens on."""
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.port}"

    def scripted(self) -> Reply | None:
        """Return the next reply of the script; None without one."""
        with self.lock:
            if not self.script:
                return None
            return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def reply_to(self, asked: Asked) -> Reply:
        """Return the answer to this request."""
        return self.scripted() or self.default_reply(asked)

    def default_reply(self, asked: Asked) -> Reply:
        """Return the answer without a script."""
        return Reply(404, {"error": f"nothing is known of {asked.path}"})

    def report_violation(self, found: Iterable[str]) -> None:
        """Note what a judge found."""
        with self.lock:
            self.objections += found

    def start(self) -> Self:
        """Begin to answer, in a thread of its own."""
        self._serving = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._serving.start()
        return self

    def stop(self) -> None:
        """Stop the server; release waiting clients."""
        self.released.set()
        if self._serving is not None:
            self.shutdown()
            self._serving.join(5)
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a client that went away."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeServer

    def answer(self) -> None:
        parts = urlsplit(self.path)
        asked = Asked(
            path=parts.path,
            query=parse_qs(parts.query, keep_blank_values=True),
            headers={k.lower(): v for k, v in self.headers.items()},
            body=b"",
            method=self.command,
            at=time.monotonic(),
        )
        self._read_into(asked)
        with self.server.lock:
            self.server.asked.append(asked)
        self._send(self.server.reply_to(asked))

    do_GET = do_POST = do_PUT = answer  # noqa: N815 - the names that http.server calls

    def _send(self, reply: Reply) -> None:
        if reply.silent or reply.delay_s:
            self.server.released.wait(PATIENCE_S if reply.silent else reply.delay_s)
        if reply.hang_up or reply.silent:
            self.close_connection = True
            return
        content = reply.content
        self.send_response(reply.status)
        for name, value in {"content-type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if reply.pause_s:
            self.wfile.write(content[:1])
            self.wfile.flush()
            self.server.released.wait(reply.pause_s)
            content = content[1:]
        if reply.cut_at is not None:
            self.close_connection = True
            content = content[: reply.cut_at]
        self.wfile.write(content)

    def _read_into(self, asked: Asked) -> None:
        keeps, kept, tail, digest = self.server.keeps_bytes, bytearray(), b"", hashlib.sha256()
        for piece in self._pieces():
            digest.update(piece)
            asked.size += len(piece)
            if keeps is None or len(kept) < keeps:
                kept += piece
            else:
                tail = (tail + piece)[-PIECE_BYTES:]
        asked.body, asked.tail, asked.sha256 = bytes(kept), tail, digest.hexdigest()

    def _pieces(self) -> Iterator[bytes]:
        if self.headers.get("transfer-encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                yield from self._limited(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            yield from self._limited(int(self.headers.get("content-length", 0)))

    def _limited(self, size: int) -> Iterator[bytes]:
        while size > 0 and (piece := self.rfile.read(min(size, PIECE_BYTES))):
            size -= len(piece)
            yield piece

    def log_message(self, *args: object) -> None:
        """Print nothing to the test's screen."""


F = TypeVar("F", bound=FakeServer)


@contextmanager
def served(fake: F) -> Iterator[F]:
    """Yield a fake that answers until the end of the block."""
    fake.start()
    try:
        yield fake
    finally:
        with suppress(OSError):
            fake.stop()


@contextmanager
def scripted_server() -> Iterator[FakeServer]:
    """Yield a fake without a vendor's manners, on a free port."""
    with served(FakeServer()) as server:
        yield server
