"""A stack's functions, bucket of backups and ledger as `aam backup` and `aam restore` see them."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from click.testing import CliRunner, Result

import aam_local.buckets
import aam_local.invoking
import aam_local.lock
from aam_cli import ledger_transfer
from aam_cli.main import main
from aam_local.paths import Home

NAME = "2026-11-22/010000Z"
DUMP = b"PGDMP" + bytes(range(256)) * 9
CONFIG = b'{"stack": {}}'
MANIFEST = {
    "backup": NAME,
    "taken_at": "2026-11-22T01:00:00Z",
    "store_id": "0190a1b2-0000-7000-8000-000000000001",
    "revision": "0007",
    "server_version": "18.4",
    "dump_bytes": len(DUMP),
    "dump_sha256": hashlib.sha256(DUMP).hexdigest(),
    "config_sha256": hashlib.sha256(CONFIG).hexdigest(),
    "counts": {"meetings": 2, "users": 1},
}


def entry(mark: str, certificate: str | None = None) -> tuple[str, bytes]:
    """Return an entry of the ledger under its key."""
    said = {"subject": "user", "marks": [mark * 64], "at": "2026-11-22T00:00:00Z", "certificate": certificate}
    return f"erasures/{mark * 64}.json", json.dumps(said).encode()


ENTRIES = dict([entry("a"), entry("b", "c" * 64)])
LEDGER = {"ledger/key": b"k" * 64, **{f"ledger/{key}": body for key, body in ENTRIES.items()}}
CHANGED = {"failed_runs": 1, "erased": 2}
FITS = {"rows_without_object": 0, "objects_without_row": 0, "waiting": 1}
STORED = {
    f"backups/database/{NAME}.dump": DUMP,
    f"backups/config/{NAME}.json": CONFIG,
    f"backups/database/{NAME}.json": json.dumps(MANIFEST).encode(),
    "objects/meetings/m/a.mp3": b"sound",
    "objects/meetings/m/b.mp3": b"more",
    "objects/meetings/m/c.mp3.part": b"somebody's file is called so",
}
Asked = list[dict[str, Any]]


class Ledger:
    """The stack's ledger of erasures."""

    def __init__(self, key: str = "k" * 64) -> None:
        self.secret, self.said = key, dict(ENTRIES)

    def key(self) -> str:
        """Return its key."""
        return self.secret

    def set_key(self, key: str) -> None:
        """Replace the key."""
        assert not self.said, "only an empty one gets another"
        self.secret = key

    def entries(self) -> dict[str, bytes]:
        """Return the entries."""
        return dict(self.said)

    def add(self, entries: dict[str, bytes]) -> None:
        """Add entries."""
        self.said |= entries


class Store:
    """The stack's bucket of backups, read over HTTP, and the functions that sign for it."""

    def __init__(self, address: str, content: dict[str, bytes]) -> None:
        self.address, self.content, self.asked, self.finished = address, content, Asked(), True
        self.ledger = Ledger()
        self.changed = dict(CHANGED)
        self.refused: dict[str, str] | None = None
        self.passed_over: list[str] = []
        self.wanted, self.state = {key for key in content if key.startswith("objects/")}, "settled"

    def signed(self, *names: str) -> list[dict[str, Any]]:
        """Return signed URLs of objects."""
        return [
            {"key": key, "url": f"{self.address}/{key}", "size_bytes": len(self.content.get(key, b""))} for key in names
        ]

    def answer(self, _home: Home, output: str, payload: dict[str, Any], *, what: str, seconds: int) -> dict[str, Any]:
        """Return the functions' answer."""
        assert seconds > 900, "a backup may take as long as its function lives"
        self.asked.append({"to": output.removesuffix("FunctionName"), **payload})
        copied = {"objects": 1, "size_bytes": 5, "gone": 0, "failed": 1}
        objects = sorted(key for key in self.content if key.startswith("objects/") and key > payload.get("after", ""))
        answers: dict[str, Any] = {
            "backup": {"backup": NAME, "rows": 3, "dump_bytes": len(DUMP), "objects": copied, "finished": False},
            "copy": {"objects": copied, "finished": True},
            "list": {
                "backups": [MANIFEST | {"backup": "2026-11-23/010000Z"}, MANIFEST],
                "broken": ["2026-11-21/010000Z"],
            },
            "fetch": {"manifest": MANIFEST, "files": self.signed(*list(STORED)[:3])},
            "fetch_objects": {"files": self.signed(*objects[:1]), "after": objects[0] if objects[1:] else None},
            "look": {
                "backup": MANIFEST,
                "passed_over": self.passed_over,
                "refused": self.refused if "coming" in payload else None,
                "restored": {"state": self.state},
                "quarantined": [{"key": "quarantine/meetings/x", "size_bytes": 7}],
            },
            "restore": {
                "backup": NAME,
                "rows_in_backup": 3,
                "changed": self.changed,
                "finished": self.finished,
                "ledger": "same",
                "integrity": FITS,
            },
            "copy_back": {"brought_back": 2, "finished": True},
            "reconcile": {
                "quarantined": 1,
                "quarantined_bytes": 7,
                "changed": self.changed,
                "finished": True,
                "integrity": FITS,
            },
            "wanted": {"keys": [key for key in payload.get("keys", ()) if key in self.wanted]},
            "release": {"upload_id": "u", "meeting_id": "m"},
        }
        found: dict[str, Any] = answers[payload["action"]]
        return found

    def put(self, key: str, content: BinaryIO, *, seen: Callable[[int], Any]) -> None:
        """Store an object."""
        self.asked.append({"action": f"put {key}"})
        self.content[key] = content.read()
        seen(len(self.content[key]))

    def actions(self) -> list[str]:
        """Return the requests, in order."""
        return [each["action"] for each in self.asked]


@contextmanager
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Yield the stack, until the end."""
    content = dict(STORED)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = content.get(self.path.removeprefix("/"))
            if body is None:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: Any) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        made = Store(f"http://127.0.0.1:{server.server_address[1]}", content)
        monkeypatch.setattr(aam_local.invoking, "call_function", made.answer)
        monkeypatch.setattr(aam_local.buckets, "stack_bucket", lambda _home, _output: made)
        monkeypatch.setattr(ledger_transfer, "stack_ledger", lambda: made.ledger)
        monkeypatch.setattr(aam_local.lock, "exclusive", lambda _home, _tell: nullcontext())
        yield made
        server.shutdown()


def aam(*arguments: str, typed: str = "") -> Result:
    """Run the command line and return the result."""
    return CliRunner().invoke(main, arguments, input=typed)


def files(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder with their content."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
