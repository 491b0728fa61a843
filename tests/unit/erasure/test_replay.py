"""After a restore the ledger of erasures is replayed to its end, however little one call does."""

from __future__ import annotations

import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest

from aam.backups import ledger_replay
from aam.backups.dependencies import Step
from aam.backups.errors import ErasuresUnavailable
from aam.erasure.errors import LedgerForged
from aam.foundation.aws import LIVES_AT_MOST_S, patient_lambda


@pytest.mark.parametrize(
    ("calls", "has_time", "told"),
    [
        ([Step(67, finished=False), Step(0, finished=False, failed=2), Step(3)], True, Step(70)),
        ([Step(67, finished=False, failed=2), Step(1, failed=1, held=2)], True, Step(68, failed=1, held=2)),
        ([Step(67, finished=False)], False, Step(67, finished=False)),
        ([Step(0, finished=False)] * 12, True, Step(0, finished=False)),
    ],
)
def test_it_is_called_until_it_is_done(
    monkeypatch: pytest.MonkeyPatch, calls: list[Step], has_time: bool, told: Step
) -> None:
    left = iter(calls)
    monkeypatch.setattr(ledger_replay, "replay", lambda _function: next(left))
    assert ledger_replay.erase_again("erasure", lambda: has_time) == told
    assert list(left) == []


def test_unreadable_entry_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trying again does not help against that."""
    told = {"error": "ledger_forged", "detail": "x", "finished": True}
    answer = {"Payload": io.BytesIO(json.dumps(told).encode())}
    monkeypatch.setattr(ledger_replay, "patient_lambda", lambda: SimpleNamespace(invoke=lambda **_asked: answer))
    with pytest.raises(LedgerForged):
        ledger_replay.replay("erasure")


def test_a_call_is_waited_for_and_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of them at the same work would take it out of each other's hands."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(503)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_said: Any) -> None:
            """Nothing."""

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", f"http://127.0.0.1:{server.server_address[1]}")
        patient_lambda.cache_clear()
        with pytest.raises(ErasuresUnavailable):
            ledger_replay.replay("erasure")
        assert patient_lambda().meta.config.read_timeout == LIVES_AT_MOST_S
        patient_lambda.cache_clear()
        server.shutdown()
    assert asked == [b'{"action": "replay", "seconds": 30}']
