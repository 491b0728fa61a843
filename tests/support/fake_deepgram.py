"""Deepgram's /v1/listen on the loopback: scripted replies, recorded requests."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    hang_up: bool = False
    silent: bool = False


@dataclass
class Asked:
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


class ScriptedServer(ThreadingHTTPServer):
    """Answers each POST with the next reply of its script; the last one stays."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script: list[Reply] = []
        self.asked: list[Asked] = []
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ScriptedServer

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        headers = {k.lower(): v for k, v in self.headers.items()}
        self.server.asked.append(Asked(parts.path, parse_qs(parts.query), headers, self._body()))
        reply = self.server.script.pop(0) if len(self.server.script) > 1 else self.server.script[0]
        if reply.silent:
            self.server.released.wait(10)
        if reply.hang_up or reply.silent:
            self.close_connection = True
            return
        body = reply.raw if reply.raw is not None else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in {"content-type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        pieces = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def log_message(self, *args: object) -> None:
        """Nothing on the test's screen."""


@contextmanager
def scripted_server() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def listen_reply(*utterances: tuple[int, float, float, str]) -> dict[str, Any]:
    """A whole reply for (speaker, start s, end s, text), with evenly spread words."""
    made = []
    for speaker, start, end, text in utterances:
        spoken = text.split()
        step = (end - start) / len(spoken)
        words = [
            {
                "word": w.strip(".,?!").lower(),
                "start": round(start + n * step, 3),
                "end": round(start + (n + 1) * step, 3),
                "confidence": 0.9,
                "speaker": speaker,
                "punctuated_word": w,
            }
            for n, w in enumerate(spoken)
        ]
        made.append(
            {
                "start": start,
                "end": end,
                "confidence": 0.9,
                "channel": 0,
                "transcript": text,
                "words": words,
                "speaker": speaker,
                "id": "2c1f6f0e-0000-4000-8000-000000000000",
            }
        )
    model = "1abfe86b-e047-4eed-858a-35e5625b41ee"
    return {
        "metadata": {
            "transaction_key": "deprecated",
            "request_id": "0b0c6a4e-0000-4000-8000-000000000000",
            "sha256": "0" * 64,
            "created": "2026-11-21T10:00:00.000Z",
            "duration": max((u[2] for u in utterances), default=0.0),
            "channels": 1,
            "models": [model],
            "model_info": {model: {"name": "general-nova-3", "version": "2025-07-31.0", "arch": "nova-3"}},
        },
        "results": {
            "channels": [
                {
                    "alternatives": [
                        {
                            "transcript": " ".join(u[3] for u in utterances),
                            "confidence": 0.9 if utterances else 0.0,
                            "words": [w for u in made for w in u["words"]],
                        }
                    ]
                }
            ],
            "utterances": made,
        },
    }
