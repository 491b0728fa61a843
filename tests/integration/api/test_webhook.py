"""Notifications of stores that cannot invoke functions."""

from __future__ import annotations

import json
import sys
from typing import Any

import boto3
import pytest

from tests.support.api import (
    BUCKET,
    QUEUE,
    WEBHOOK_SECRET,
    Api,
    each,
    reset_caches,
)


def put_event(key: str, bucket: str = BUCKET) -> dict[str, Any]:
    """What an S3-compatible store posts."""
    entry = {"key": key, "size": 5, "eTag": "abc", "sequencer": "01"}
    return {"Records": [{"eventName": "s3:ObjectCreated:Put", "s3": {"bucket": {"name": bucket}, "object": entry}}]}


def test_the_webhook_queues_what_arrived(api: Api) -> None:
    event = put_event("meetings/1/20261121_a%2Bb+%D0%B6.mp3")
    answer = api.call("POST", "/storage-events", event, by=WEBHOOK_SECRET)
    assert (answer.status, answer.json) == (200, {"queued": 1, "replies": 0})
    sqs = boto3.client("sqs")
    (message,) = sqs.receive_message(QueueUrl=sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"])["Messages"]
    assert json.loads(message["Body"]) == {
        "bucket": BUCKET,
        "key": "meetings/1/20261121_a+b ж.mp3",
        "size": 5,
        "etag": "abc",
        "version_id": None,
        "sequencer": "01",
    }


@each([None, "", "wrong", WEBHOOK_SECRET[:-1], f"{WEBHOOK_SECRET}x", "ж"])
def test_the_webhook_wants_its_secret(api: Api, secret: str | None) -> None:
    answer = api.call("POST", "/storage-events", put_event("meetings/1/a"), by=secret)
    assert (answer.status, answer.code) == (401, "bad_webhook_secret")


def test_without_a_secret_there_is_no_webhook(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_EVENTS_SECRET_ARN", "")
    reset_caches()
    assert api.call("POST", "/storage-events", put_event("meetings/1/a"), by="").status == 404


@each(["[]", "{", '{"Records": 1}', '{"Records": [{}]}'])
def test_the_webhook_refuses_what_is_no_notification(api: Api, body: str) -> None:
    assert api.call("POST", "/storage-events", body, by=WEBHOOK_SECRET).status in {400, 422}


def test_a_vendors_reply_is_passed_on_to_the_function_that_takes_it(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[dict[str, Any]] = []

    class Lambda:
        def invoke(self, **arguments: Any) -> None:
            called.append(arguments)

    monkeypatch.setenv("ON_VENDOR_REPLY_FUNCTION", "on-vendor-reply")
    reset_caches()
    monkeypatch.setattr(sys.modules["routes.system"], "client", lambda _service: Lambda())
    event = put_event("callbacks/run/nonce.json")
    answer = api.call("POST", "/storage-events", event, by=WEBHOOK_SECRET)
    assert (answer.status, answer.json) == (200, {"queued": 0, "replies": 1})
    ((function, how, payload),) = [(call["FunctionName"], call["InvocationType"], call["Payload"]) for call in called]
    assert (function, how, json.loads(payload)) == ("on-vendor-reply", "Event", event)
    api.call("POST", "/storage-events", put_event("callbacks/x", bucket="another"), by=WEBHOOK_SECRET)
    assert len(called) == 1
