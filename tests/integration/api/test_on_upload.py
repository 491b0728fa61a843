"""The function that S3 wakes."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.support.api import QUEUE, Api
from tests.support.apps import app_of

ROOT = Path(__file__).resolve().parents[3]


def load_handler() -> Any:
    """The function's handler."""
    return app_of("on_upload").handler


def event(name: str) -> Any:
    """A sample event."""
    return json.loads((ROOT / "events" / "on_upload" / f"{name}.json").read_text())


def test_an_arrived_object_becomes_a_message(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIA_BUCKET", "aam-media")
    assert load_handler()(event("put"), None) == {"queued": 1}
    assert load_handler()(event("other-prefix"), None) == {"queued": 0}
    sqs = boto3.client("sqs")
    (message,) = sqs.receive_message(QueueUrl=sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"])["Messages"]
    assert json.loads(message["Body"])["key"].endswith("_Планёрка_a+b.m4a")
