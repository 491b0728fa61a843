"""Messages of meetings that go: the same on moto's queues and on those in memory."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from uuid import UUID, uuid4

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from aam.foundation.settings import QueueSettings
from aam.retention.errors import QueuesUnavailable
from aam.retention.queues import Queues
from tests.support.memory_sqs import MemorySqs

GOING, STAYING = uuid4(), uuid4()


@pytest.fixture(params=["moto", "memory"])
def queues(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queues]:
    if request.param == "memory":
        yield MemorySqs().queues()
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        sqs = boto3.client("sqs", region_name="us-east-1")
        yield Queues(sqs, tuple(sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("one", "two")), wait_s=0)


def gone(ids: Collection[UUID]) -> set[UUID]:
    return {GOING} & set(ids)


def test_what_names_a_meeting_that_goes_is_dropped_and_the_rest_stays(queues: Queues) -> None:
    url, other = queues.urls[:2]
    for number in range(25):
        run = {"run_id": str(uuid4()), "meeting_id": str(GOING if number % 2 else STAYING)}
        queues.sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"run": run, "token": "t"}))
    nested = json.dumps({"Records": [{"s3": {"object": {"key": f"meetings/{GOING}/20261101T000000Z_a.mp3"}}}]})
    queues.sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"requestPayload": nested}))
    queues.sqs.send_message(QueueUrl=url, MessageBody="nonsense")
    queues.sqs.send_message(QueueUrl=other, MessageBody=json.dumps({"meeting_id": str(GOING)}))
    assert queues.drop(queues.names[0], gone=gone) == 13
    assert queues.drop(queues.names[0], gone=gone) == 0, "what stays is hidden for a moment"
    assert queues.drop(queues.names[1], gone=gone) == 1
    assert queues.drop("of an older template", gone=gone) == 0


def test_what_stays_is_there_afterwards() -> None:
    sqs = MemorySqs()
    queues = sqs.queues()
    for meeting in (GOING, STAYING):
        sqs.send_message(QueueUrl=queues.urls[0], MessageBody=json.dumps({"meeting_id": str(meeting)}))
    assert queues.drop(queues.names[0], gone=gone) == 1
    sqs.show()
    assert queues.drop(queues.names[0], gone=gone) == 0
    assert sqs.bodies() == [json.dumps({"meeting_id": str(STAYING)})]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (EndpointConnectionError(endpoint_url="u"), QueuesUnavailable),
        (ClientError({"Error": {"Code": "X"}, "ResponseMetadata": {"HTTPStatusCode": 503}}, "x"), QueuesUnavailable),  # type: ignore[typeddict-item]
        (ClientError({"Error": {"Code": "X"}, "ResponseMetadata": {"HTTPStatusCode": 403}}, "x"), ClientError),  # type: ignore[typeddict-item]
    ],
)
def test_faults_that_pass_are_told_from_mistakes(fault: Exception, told: type[Exception]) -> None:
    def broken(_operation: str) -> None:
        raise fault

    queues = MemorySqs(before=broken).queues()
    with pytest.raises(told):
        queues.drop(queues.names[0], gone=gone)


def test_the_settings_name_the_queues() -> None:
    names = ("PROCESSING", "TRANSCRIPTION", "ARTIFACTS")
    settings = QueueSettings.model_validate(
        {f"{name}_{end}_URL": f"u/{name}/{end}" for name in names for end in ("QUEUE", "DEAD_LETTERS")}
    )
    assert list(settings.work.values()) == [f"u/{name}/QUEUE" for name in names]
    assert list(settings.dead_letters.values()) == [f"u/{name}/DEAD_LETTERS" for name in names]
