"""A loopback HTTP server that serves bytes or files by Range, as S3 does, and remembers what was asked."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_CHUNK = 256 * 1024


@dataclass
class RangeServer:
    """Server of files by path: its faults, and its requests (method, path, Range)."""

    address: str
    objects: dict[str, bytes | Path] = field(default_factory=dict)
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    status: int | None = None
    """Answer everything with this status."""
    fails_after: int | None = None
    """Answer 503 from this many requests on."""
    without_ranges: bool = False
    break_after: int | None = None
    """Close each connection after so many body bytes."""
    tags: list[str] = field(default_factory=list)
    """ETags to answer one after the other; the last one stays."""

    def put(self, name: str, content: bytes | Path) -> str:
        """Serve ``content``; the URL carries what a presigned one does."""
        self.objects[f"/{name}"] = content
        return f"{self.address}/{name}?X-Amz-Signature=secret"

    def refusal(self) -> int | None:
        """Return the status to answer in place of a body, if any."""
        if self.fails_after is not None and len(self.asked) > self.fails_after:
            return 503
        return self.status


def _span(header: str | None, size: int) -> tuple[int, int]:
    first, _, last = (header or "bytes=0-").removeprefix("bytes=").partition("-")
    return int(first), min(int(last) if last else size - 1, size - 1)


def _handler(server: RangeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            wanted = self.headers.get("Range")
            server.asked.append(("GET", path, wanted))
            content = server.objects.get(path)
            refusal = server.refusal()
            if refusal or content is None:
                self._empty(refusal or 404)
                return
            size = content.stat().st_size if isinstance(content, Path) else len(content)
            first, last = _span(wanted, size)
            if first >= size:
                self._empty(416)
                return
            if server.without_ranges:
                first, last = 0, size - 1
                self.send_response(200)
            else:
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
            if server.tags:
                self.send_header("ETag", server.tags.pop(0) if len(server.tags) > 1 else server.tags[0])
            self.send_header("Content-Length", str(last - first + 1))
            self.end_headers()
            # The reader may leave when it has what it wants.
            with contextlib.suppress(OSError):
                self._body(content, first, last)

        def _body(self, content: bytes | Path, first: int, last: int) -> None:
            if server.break_after is not None:
                last = min(last, first + server.break_after - 1)
                self.close_connection = True
            if isinstance(content, bytes):
                self.wfile.write(content[first : last + 1])
                return
            with content.open("rb") as stream:
                stream.seek(first)
                left = last - first + 1
                while left > 0:
                    left -= self.wfile.write(stream.read(min(left, _CHUNK)))

        def _empty(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Say nothing."""

    return Handler


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore a reader that hangs up."""


@contextlib.contextmanager
def range_server() -> Iterator[RangeServer]:
    """Yield a server on a free port for as long as the block lasts."""
    server = RangeServer("")
    http = _Quiet(("127.0.0.1", 0), _handler(server))
    server.address = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join(5)
        http.server_close()


@contextlib.contextmanager
def serve_folder(folder: Path) -> Iterator[str]:
    """Yield the address of a server of a folder's files, in a process of its own: it takes no time from the reader."""
    command = [sys.executable, "-m", "tests.support.ranges", str(folder)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def _main(folder: Path) -> None:
    with range_server() as server:
        for path in folder.iterdir():
            server.put(path.name, path)
        sys.stdout.write(f"{server.address}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
