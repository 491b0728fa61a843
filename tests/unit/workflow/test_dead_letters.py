"""Dead letters of the vendors' queues fail their executions and stay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from aam.foundation.aws import client
from aam.foundation.clock import new_id
from aam.foundation.state_table import StateUnavailable
from aam.pipeline import tasks
from aam.pipeline.executions import ExecutionsUnavailable
from aam.pipeline.schemas import RunInput
from aam.pipeline.tasks import Task
from aam.uploads.schemas import ReceivedObject
from aam.vendor_limits.task_claims import Stage, StageName, TaskClaims
from aam.workflow import dead_letters
from aam.workflow.dead_letters import begin_dead_letters, give_up_dead_letters
from tests.support.limits import HandClock, moto_table


@pytest.fixture
def claims(monkeypatch: pytest.MonkeyPatch) -> Iterator[TaskClaims]:
    with moto_table() as table:
        sqs = boto3.client("sqs", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        monkeypatch.setattr(dead_letters, "client", lambda _service: sqs)
        yield TaskClaims(table)
    client.cache_clear()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    class StepFunctions:
        def send_task_failure(self, **arguments: Any) -> None:
            found.append(arguments)

        def send_task_success(self, **arguments: Any) -> None:
            found.append(arguments)

    monkeypatch.setattr(tasks, "client", lambda _service: StepFunctions())
    return found


def always() -> bool:
    return True


def task(token: str) -> Task:
    run = RunInput(
        run_id=new_id(), meeting_id=new_id(), organization_id=new_id(), upload_id=new_id(), correlation_id="c"
    )
    return Task(run=run, task_token=token)


def test_each_dead_letter_fails_its_execution_and_stays(claims: TaskClaims, told: list[dict[str, Any]]) -> None:
    sqs = dead_letters.client("sqs")
    names: tuple[StageName, ...] = ("transcription", "artifacts")
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in names}
    letters = {name: [task(f"{name}-{number}") for number in range(12)] for name in names}
    for name, of_stage in letters.items():
        for letter in of_stage:
            sqs.send_message(QueueUrl=urls[name], MessageBody=letter.model_dump_json())
    sqs.send_message(QueueUrl=urls["artifacts"], MessageBody="what somebody put there")
    assert give_up_dead_letters(urls, claims=claims, clock=HandClock(), has_time=always) == 24
    assert {arguments["taskToken"] for arguments in told} == {
        letter.task_token for of_stage in letters.values() for letter in of_stage
    }
    assert {arguments["error"] for arguments in told} == {"TaskGivenUp"}
    for name, of_stage in letters.items():
        record = claims.read(Stage(of_stage[0].run.run_id, name))
        assert record.failed == "TaskGivenUp", "redriven, it pays for nothing"
        attributes = sqs.get_queue_attributes(QueueUrl=urls[name], AttributeNames=["All"])["Attributes"]
        assert int(attributes["ApproximateNumberOfMessagesNotVisible"]) >= 12


def test_both_queues_get_a_share_of_the_time_although_one_fails(
    claims: TaskClaims, told: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    sqs = dead_letters.client("sqs")
    names: tuple[StageName, ...] = ("transcription", "artifacts")
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in names}
    for name in names:
        for number in range(3):
            sqs.send_message(QueueUrl=urls[name], MessageBody=task(f"{name}-{number}").model_dump_json())
    fail, trouble = claims.fail, iter([StateUnavailable()])

    def once_away(*arguments: Any, **named: Any) -> Any:
        for error in trouble:
            raise error
        return fail(*arguments, **named)

    monkeypatch.setattr(claims, "fail", once_away)
    time = iter([True] * 4 + [False])
    assert give_up_dead_letters(urls, claims=claims, clock=HandClock(), has_time=lambda: next(time)) == 3
    assert sorted(arguments["taskToken"].partition("-")[0] for arguments in told) == [
        "artifacts",
        "artifacts",
        "transcription",
    ]


def test_a_dead_letter_does_not_fail_a_stage_with_an_answer(claims: TaskClaims, told: list[dict[str, Any]]) -> None:
    sqs = dead_letters.client("sqs")
    url, letter = sqs.create_queue(QueueName="artifacts")["QueueUrl"], task("token")
    stage = Stage(letter.run.run_id, "artifacts")
    claims.answer(stage, "draft.json", now=1.0)
    sqs.send_message(QueueUrl=url, MessageBody=letter.model_dump_json())
    give_up_dead_letters({"artifacts": url}, claims=claims, clock=HandClock(), has_time=always)
    assert claims.read(stage).answered == "draft.json"
    assert told == [{"taskToken": "token", "output": '{"name":"draft.json"}'}], "only the telling was lost"


def test_a_dead_letter_fails_the_stage_that_it_names(claims: TaskClaims, told: list[dict[str, Any]]) -> None:
    sqs = dead_letters.client("sqs")
    url, letter = sqs.create_queue(QueueName="artifacts")["QueueUrl"], task("token")
    drafted = Stage(letter.run.run_id, "artifacts")
    claims.answer(drafted, "draft.json", now=1.0)
    body = {**json.loads(letter.model_dump_json()), "stage": "meaning"}
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body))
    give_up_dead_letters({"artifacts": url}, claims=claims, clock=HandClock(), has_time=always)
    assert claims.read(Stage(letter.run.run_id, "meaning")).failed == "TaskGivenUp"
    assert claims.read(drafted).answered == "draft.json"
    assert [arguments["error"] for arguments in told] == ["TaskGivenUp"]


ARRIVED = ReceivedObject(bucket="media", key="meetings/m/a b.mp3", size=3, etag="e")
EVENT = {
    "Records": [
        {
            "eventName": "ObjectCreated:Put",
            "s3": {"bucket": {"name": "media"}, "object": {"key": "meetings/m/a+b.mp3", "size": 3, "eTag": '"e"'}},
        }
    ]
}


def test_a_dead_notification_begins_its_run_and_is_deleted(claims: TaskClaims) -> None:
    sqs = dead_letters.client("sqs")
    url = sqs.create_queue(QueueName="processing-dead")["QueueUrl"]
    for body in (
        ARRIVED.model_dump_json(),
        json.dumps({"requestContext": {"condition": "RetriesExhausted"}, "requestPayload": EVENT}),
        "what somebody put there",
        json.dumps({"requestPayload": {"Records": "nonsense"}}),
        json.dumps(["a list"]),
    ):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    begun: list[ReceivedObject] = []
    assert begin_dead_letters(url, bucket="media", begin=begun.append, has_time=always) == 2
    assert begun == [ARRIVED, ARRIVED]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert int(attributes["ApproximateNumberOfMessagesNotVisible"]) == 3, "what is none of ours stays for people"


def test_a_dead_notification_stays_while_its_run_cannot_begin(claims: TaskClaims) -> None:
    sqs = dead_letters.client("sqs")
    url = sqs.create_queue(QueueName="processing-dead")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=ARRIVED.model_dump_json())

    def begin(_received: ReceivedObject) -> None:
        raise ExecutionsUnavailable

    with pytest.raises(ExecutionsUnavailable):
        begin_dead_letters(url, bucket="media", begin=begin, has_time=always)
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert int(attributes["ApproximateNumberOfMessagesNotVisible"]) == 1
