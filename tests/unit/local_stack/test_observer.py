"""The tests' observer reaches a worker only when somebody names it, and never stands in its way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.observe.records import Observer

WORKER = """
import json, sys
out, sys.stdout = sys.stdout, sys.stderr
json.loads(sys.stdin.readline())
for line in sys.stdin.readline, sys.stdin.readline:
    event = json.loads(line())["event"]
    out.write(json.dumps({"status": "ok", "result": event}) + "\\n")
    out.flush()
"""


@pytest.fixture
def observer(tmp_path: Path) -> Observer:
    return Observer.prepared(tmp_path / "observer")


def start(observer: Observer, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER],
        env={"PYTHONPATH": str(observer.folder), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def converse(worker: subprocess.Popen[str], *events: object) -> list[object]:
    said, _ = worker.communicate(
        "".join(f"{json.dumps(line)}\n" for line in [{}, *({"event": event} for event in events)]), timeout=30
    )
    return [json.loads(line)["result"] for line in said.splitlines()]


def test_a_worker_is_seen_and_says_what_it_would_have_said(observer: Observer) -> None:
    worker = start(observer, AWS_LAMBDA_FUNCTION_NAME="f", AWS_LAMBDA_FUNCTION_MEMORY_SIZE="128")
    assert converse(worker, {"warm": True}, {"n": 1}) == [{"warm": True}, {"n": 1}]
    warm, called = observer.lines("answered")
    assert (warm["function"], warm["memory_mb"], warm["pid"]) == ("f", 128, worker.pid)
    assert 0 < called["peak_kb"] < 128 * 1024
    assert called["reply"] == len('{"status": "ok", "result": {"n": 1}}\n')


def test_a_program_that_is_no_worker_is_left_alone(observer: Observer) -> None:
    assert converse(start(observer), {"n": 1}, {"n": 2}) == [{"n": 1}, {"n": 2}]
    assert list(observer.lines("answered")) == []


def test_a_worker_that_is_to_stop_stops_once(observer: Observer) -> None:
    (observer.holds / "f.reply").touch()
    worker = start(observer, AWS_LAMBDA_FUNCTION_NAME="f")
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write('{}\n{"event": 1}\n{"event": 2}\n')
    worker.stdin.flush()
    held = observer.holds / "f.reply.held"
    from aam_local.waiting import wait_until

    assert wait_until(held.exists, seconds=30)
    assert int(held.read_text()) == worker.pid
    os.set_blocking(worker.stdout.fileno(), False)
    assert not worker.stdout.readline(), "nothing is said while it is held"
    os.set_blocking(worker.stdout.fileno(), True)
    held.unlink()
    assert worker.communicate(timeout=30)[0].count("ok") == 2
