"""What operators and careful clients do: health, cleanup, sweeping, repeated requests, large exports."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aam.foundation.state_table import StateTable
from aam.pipeline.tasks import Task
from aam.vendor_limits.task_claims import Stage, TaskClaims
from aam_local.addresses import api_url
from tests.support.stack import CHECKOUT, Person, Stack

NOTHING = dict.fromkeys(
    (
        "failed_runs",
        "dead_letters",
        "begun_letters",
        "ended_uploads",
        "overdue_runs",
        "silent_tasks",
        "retried_runs",
        "settled_runs",
        "resumed_runs",
    ),
    0,
)
"""What a sweep says that has nothing to do."""

VTT = CHECKOUT / "infra" / "sample" / "standup.vtt"


def sample_event(name: str) -> dict[str, object]:
    event: dict[str, object] = json.loads((CHECKOUT / "events" / f"{name}.json").read_text())
    return event


def test_health_looks_at_everything(person: Person) -> None:
    status, health = person.api.ask("GET", "/health")
    assert (status, health["status"]) == (200, "ok")
    assert set(health["checks"]) == {"database", "queue", "storage", "workers", "deepgram", "openai"}


def test_cleanup_says_first_and_deletes_only_when_told(stack: Stack) -> None:
    storage = stack.aws("s3")
    storage.put_object(Bucket=stack.bucket, Key="temp/uploads/old", Body=b"12345")
    report, failed = stack.invoke("CleanupFunction", sample_event("cleanup/temp-dry-run"))
    assert not failed
    assert (report["dry_run"], report["objects"]) == (True, 0), "it is not a day old"
    now = {"mode": "temp", "older_than_hours": 0}
    assert stack.invoke("CleanupFunction", now)[0]["objects"] >= 1
    storage.head_object(Bucket=stack.bucket, Key="temp/uploads/old")
    report, failed = stack.invoke("CleanupFunction", {**now, "dry_run": False})
    assert not failed
    assert report["objects"] >= 1
    assert "Contents" not in storage.list_objects_v2(Bucket=stack.bucket, Prefix="temp/")


def test_the_sweep_leaves_living_runs_and_fails_lost_ones(stack: Stack, person: Person) -> None:
    meeting_id = person.meeting("Swept")
    with stack.holding("ProbeFunction", "event") as held:
        person.upload(meeting_id, VTT)
        held()
        stack.rows(
            "UPDATE processing_runs SET created_at = now() - interval '1 hour' WHERE meeting_id = %s", meeting_id
        )
        assert stack.invoke("SweepFunction", {}) == (NOTHING, False)
        lost = "replace(execution_arn, 'process-recording:', 'process-recording:lost-')"
        stack.rows(f"UPDATE processing_runs SET execution_arn = {lost} WHERE meeting_id = %s", meeting_id)
        assert stack.invoke("SweepFunction", {}) == ({**NOTHING, "failed_runs": 1}, False)
    meeting = person.look(meeting_id)
    assert (meeting["status"], [error["code"] for error in meeting["errors"]]) == ("failed", ["step_failed"])


@contextlib.contextmanager
def unattended(stack: Stack, function: str) -> Iterator[None]:
    """Nobody takes messages out of the queue of a function."""
    functions = stack.aws("lambda")
    mappings = functions.list_event_source_mappings(FunctionName=stack.functions[function])["EventSourceMappings"]
    (uuid,) = [mapping["UUID"] for mapping in mappings]
    functions.update_event_source_mapping(UUID=uuid, Enabled=False)
    try:
        yield
    finally:
        functions.update_event_source_mapping(UUID=uuid, Enabled=True)


def test_the_sweep_fails_what_a_vendors_queue_gave_up(stack: Stack, person: Person) -> None:
    """The letter stays for an operator, and is told of again without harm."""
    sqs, resources = stack.aws("sqs"), stack.resources
    queue, dead = resources["ArtifactsQueue"], resources["ArtifactsDeadLetters"]
    meeting_id = person.meeting("Given up")
    found: list[dict[str, str]] = []

    def arrived() -> bool:
        found.extend(sqs.receive_message(QueueUrl=queue).get("Messages", []))
        return bool(found)

    with unattended(stack, "ArtifactsWorkerFunction"):
        person.upload(meeting_id, VTT)
        stack.until(arrived, "a message for the worker")
        sqs.send_message(QueueUrl=dead, MessageBody=found[0]["Body"])
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=found[0]["ReceiptHandle"])
        assert stack.invoke("SweepFunction", {}) == ({**NOTHING, "dead_letters": 1}, False)
    meeting, _ = person.follow(meeting_id)
    assert [error["code"] for error in meeting["errors"]] == ["task_given_up"]
    assert not stack.queue_is_empty(dead)
    sqs.purge_queue(QueueUrl=dead)


def test_the_sweep_tells_what_stands_where_only_the_telling_was_lost(stack: Stack, person: Person) -> None:
    sqs, resources, storage = stack.aws("sqs"), stack.resources, stack.aws("s3")
    queue, dead = resources["ArtifactsQueue"], resources["ArtifactsDeadLetters"]
    before, _ = person.process(VTT)
    meeting_id = person.meeting("Told late")
    found: list[dict[str, str]] = []

    def arrived() -> bool:
        found.extend(sqs.receive_message(QueueUrl=queue).get("Messages", []))
        return bool(found)

    with unattended(stack, "ArtifactsWorkerFunction"):
        person.upload(meeting_id, VTT)
        stack.until(arrived, "a message for the worker")
        run = Task.model_validate_json(found[0]["Body"]).run
        (draft,) = [
            entry["Key"]
            for entry in storage.list_objects_v2(Bucket=stack.bucket, Prefix=f"derived/{before['id']}/")["Contents"]
            if entry["Key"].endswith("/draft.json")
        ]
        storage.copy_object(
            Bucket=stack.bucket, Key=run.derived("draft.json"), CopySource={"Bucket": stack.bucket, "Key": draft}
        )
        claims = TaskClaims(StateTable(stack.aws("dynamodb"), stack.state.outputs["StateTableName"]))
        claims.answer(Stage(run.run_id, "artifacts"), "draft.json", now=time.time())
        sqs.send_message(QueueUrl=dead, MessageBody=found[0]["Body"])
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=found[0]["ReceiptHandle"])
        assert stack.invoke("SweepFunction", {}) == ({**NOTHING, "dead_letters": 1}, False)
    meeting, _ = person.follow(meeting_id)
    assert (meeting["status"], meeting["errors"]) == ("review", [])
    sqs.purge_queue(QueueUrl=dead)


def test_a_repeated_request_is_done_once(person: Person) -> None:
    url = api_url(person.stack.state.endpoint, person.stack.state.outputs)
    answers = [
        person.api.http.request(
            "POST",
            f"{url}/clients",
            json={"name": "Once"},
            headers={"Authorization": f"Bearer {person.api.token}", "Idempotency-Key": "e2e-once"},
        )
        for _ in range(2)
    ]
    assert [answer.status for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


def test_logging_in_again_and_out(stack: Stack) -> None:
    api = stack.new_client()
    user = {"email": "again@example.com", "password": "correct horse battery staple"}
    api.call("POST", "/auth/register", {**user, "full_name": "A", "organization_name": "B"})
    assert api.ask("POST", "/auth/login", {**user, "password": "wrong"})[0] == 401
    session = api.call("POST", "/auth/login", user)
    status, fresh = api.ask("POST", "/auth/refresh", {"refresh_token": session["refresh_token"]})
    assert status == 200
    assert api.ask("POST", "/auth/logout", {"refresh_token": fresh["refresh_token"]})[0] in {200, 204}
    assert api.ask("POST", "/auth/refresh", {"refresh_token": fresh["refresh_token"]})[0] == 401


@pytest.fixture
def four_hours(tmp_path: Path) -> Path:
    """A transcript of four hours, a cue every two seconds."""
    file = tmp_path / "long.vtt"
    cues = []
    for second in range(0, 4 * 3600, 2):
        begins, ends = (f"{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}.000" for at in (second, second + 1))
        words = f"We went through point {second} of the long list and decided to keep it as it is for now." * 2
        cues.append(f"{begins} --> {ends}\n<v Speaker {second % 3}>{words}\n")
    file.write_text("WEBVTT\n\n" + "\n".join(cues))
    return file


def test_four_hours_leave_by_the_store_where_a_reply_would_be_too_large(
    stack: Stack, person: Person, four_hours: Path
) -> None:
    meeting, _ = person.process(four_hours)
    assert meeting["status"] == "review", meeting["errors"]
    path = f"/meetings/{meeting['id']}/transcript"
    whole = person.api.fetch("GET", f"{path}?format=vtt")
    assert len(whole) > 1_000_000
    assert whole.count(b" --> ") == 7200
    assert (
        stack.aws("s3").list_objects_v2(Bucket=stack.bucket, Prefix=f"temp/exports/{meeting['id']}/")["KeyCount"] == 1
    )
    page = person.api.call("GET", f"{path}?limit=1000")
    assert (len(page["utterances"]), page["next_from"]) == (1000, 1001)
    person.api.call("DELETE", f"/meetings/{meeting['id']}")
    assert (
        stack.aws("s3").list_objects_v2(Bucket=stack.bucket, Prefix=f"temp/exports/{meeting['id']}/")["KeyCount"] == 0
    )
