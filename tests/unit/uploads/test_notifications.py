"""From the store's events to queue messages."""

import json
from pathlib import Path
from typing import Any

import pytest

from aam.uploads.notifications import BadNotification, queue_notifications
from aam.uploads.schemas import ReceivedObject

EVENTS = Path(__file__).resolve().parents[3] / "events" / "on_upload"


def queued(event: dict[str, Any], bucket: str = "aam-media") -> list[ReceivedObject]:
    """What would go into the queue."""
    sent: list[ReceivedObject] = []
    assert queue_notifications(event, bucket=bucket, send=sent.append) == len(sent)
    return sent


def event(name: str) -> dict[str, Any]:
    """A sample event."""
    loaded: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return loaded


def test_an_upload_to_s3() -> None:
    (notification,) = queued(event("put"))
    assert notification.key == ("meetings/01a1ff00-0000-7000-8000-000000000001/20261121T223001000005Z_Планёрка_a+b.m4a")
    assert notification.model_dump(exclude={"key"}) == {
        "bucket": "aam-media",
        "size": 1048576,
        "etag": "d41d8cd98f00b204e9800998ecf8427e",
        "version_id": None,
        "sequencer": "0055AED6DCD90281E5",
    }


def test_a_versioned_bucket_and_a_multipart_upload() -> None:
    (notification,) = queued(event("multipart-versioned"))
    assert (notification.version_id, notification.etag) == (
        "096fKKXTRTtl3on89fVO.nfljtsv6qko",
        "3858f62230ac3c915f300c664312c11f-9",
    )


def test_a_compatible_store() -> None:
    (notification,) = queued(event("minio-webhook"))
    assert (notification.size, notification.version_id) == (5, None)


@pytest.mark.parametrize("name", ["test-event", "other-prefix", "removed"])
def test_what_is_no_upload_is_passed_over(name: str) -> None:
    assert queued(event(name)) == []


def test_another_bucket_is_passed_over() -> None:
    assert queued(event("put"), bucket="other") == []


def test_a_prefix_hidden_in_encoding_does_not_help() -> None:
    hidden = event("put")
    hidden["Records"][0]["s3"]["object"]["key"] = "temp/../meetings%2Fx"
    assert queued(hidden) == []


@pytest.mark.parametrize("broken", [{"Records": 1}, {"Records": [{}]}, {"Records": [{"s3": {"bucket": {}}}]}])
def test_what_is_no_event_at_all_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(BadNotification):
        queued(broken)


def test_a_failing_queue_is_not_hidden() -> None:
    def failing(_notification: ReceivedObject) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        queue_notifications(event("put"), bucket="aam-media", send=failing)
