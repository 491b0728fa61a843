"""Whether the system says what does not answer."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import boto3
import pytest

from aam.foundation.state_table import StateTable
from aam.vendor_limits.limiter_state import LimiterState
from aam.vendor_limits.ports import Vendor
from tests.support.api import (
    QUEUE,
    Api,
    reset_caches,
)
from tests.support.cloud import TABLE


def test_health_when_all_is_well(api: Api) -> None:
    answer = api.call("GET", "/health")
    assert answer.status == 200
    assert set(answer.json) == {"status", "timestamp", "checks", "errors"}
    assert (answer.json["status"], answer.json["errors"]) == ("ok", [])
    assert {name: check["status"] for name, check in answer.json["checks"].items()} == {
        "database": "ok",
        "queue": "ok",
        "storage": "ok",
        "workers": "ok",
        "deepgram": "ok",
        "openai": "ok",
    }


def test_health_warns_past_a_hundred_waiting_jobs(api: Api) -> None:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    entries = [{"Id": str(number), "MessageBody": "x"} for number in range(10)]
    for _ in range(10):
        sqs.send_message_batch(QueueUrl=url, Entries=entries)
    assert api.call("GET", "/health").json["status"] == "ok"
    sqs.send_message(QueueUrl=url, MessageBody="x")
    answer = api.call("GET", "/health")
    assert (answer.status, answer.json["status"]) == (200, "warning")
    assert answer.json["errors"] == ["101 jobs wait."]


def limiter(api: Api, state: LimiterState) -> None:
    table = StateTable(boto3.client("dynamodb"), TABLE)
    table.change(f"gate#{Vendor.DEEPGRAM}", lambda _: state.model_dump_json(), expires_at=2_000_000_000)


def test_health_says_that_a_vendor_is_down_and_that_work_waits(api: Api) -> None:
    soon = time.time() + 100
    limiter(api, LimiterState(faults=4, closings=2, closed_until=soon))
    answer = api.call("GET", "/health")
    assert (answer.status, answer.json["status"]) == (200, "warning")
    (said,) = answer.json["errors"]
    assert re.fullmatch(r"Deepgram failed 4 times in a row; work waits, next try in \d\d+ s\.", said)
    assert answer.json["checks"]["openai"]["status"] == "ok"
    limiter(api, LimiterState(closed_until=soon))
    assert "asked us to slow down" in api.call("GET", "/health").json["checks"]["deepgram"]["detail"]
    limiter(api, LimiterState(leases={"one": soon, "dead": soon - 200}))
    assert api.call("GET", "/health").json["checks"]["deepgram"] == {
        "status": "ok",
        "detail": "Requests on their way to Deepgram: 1.",
    }


def break_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_TABLE", "gone-table")


def break_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_PORT", "1")


def break_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROCESSING_QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/123456789012/gone")


def break_storage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIA_BUCKET", "gone-bucket")


@pytest.mark.parametrize(
    ("breaking", "broken"),
    [
        (break_database, {"database", "workers"}),
        (break_queue, {"queue"}),
        (break_storage, {"storage"}),
        (break_table, {"deepgram", "openai"}),
    ],
)
def test_health_names_what_does_not_answer(
    api: Api, monkeypatch: pytest.MonkeyPatch, breaking: Callable[[pytest.MonkeyPatch], None], broken: set[str]
) -> None:
    breaking(monkeypatch)
    reset_caches()
    answer = api.call("GET", "/health")
    assert (answer.status, answer.json["status"]) == (503, "error")
    assert {name for name, check in answer.json["checks"].items() if check["status"] == "error"} == broken
    assert "amazonaws" not in answer.text
    assert "gone" not in answer.text
