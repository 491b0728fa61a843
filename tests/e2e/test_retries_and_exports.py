"""What goes wrong, and is mended: retries that pay nothing twice, sweeps, diagnoses, exports."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aam.workflow.stalled import LOST_AFTER_S
from aam_fakes.openai_replies import completion
from aam_fakes.scripted_server import FakeServer, Reply, scripted_server
from tests.e2e.test_operations import NOTHING, unattended
from tests.e2e.test_vendors import KEY, READ, SAID, changed, minutes
from tests.support.recordings import cut
from tests.support.stack import CHECKOUT, Person, Stack

VTT = CHECKOUT / "infra" / "sample" / "standup.vtt"
REFUSED = Reply(401, {"error": {"message": "no"}})


@pytest.fixture
def vendors(stack: Stack) -> Iterator[tuple[FakeServer, FakeServer]]:
    """Deepgram and OpenAI on the loopback; OpenAI refuses the key once."""
    secrets, arn = stack.aws("secretsmanager"), stack.state.outputs["VendorKeysSecretArn"]
    before = secrets.get_secret_value(SecretId=arn)["SecretString"]
    with contextlib.ExitStack() as done:
        deepgram, openai = (done.enter_context(scripted_server()) for _ in range(2))
        secrets.put_secret_value(SecretId=arn, SecretString=json.dumps({"deepgram": KEY, "openai": KEY}))
        done.callback(secrets.put_secret_value, SecretId=arn, SecretString=before)
        done.enter_context(changed(stack, "ExtractAudioFunction", TRANSCRIPTION_ENGINE="deepgram"))
        done.enter_context(changed(stack, "TranscriptionWorkerFunction", DEEPGRAM_BASE_URL=deepgram.url))
        settings = {"OPENAI_BASE_URL": f"{openai.url}/v1", "ARTIFACTS_ENGINE": "openai"}
        done.enter_context(changed(stack, "ArtifactsWorkerFunction", **settings))
        deepgram.script, openai.script = [Reply(body=SAID)], [REFUSED, completion(minutes()), completion(READ)]
        yield deepgram, openai


def operate(stack: Stack, **asked: Any) -> Any:
    answer, failed = stack.invoke("OperationsFunction", asked)
    assert not failed, answer
    return answer


def test_a_retry_after_the_minutes_failed_asks_deepgram_once_and_needs_no_recording(
    stack: Stack, person: Person, vendors: tuple[FakeServer, FakeServer], tmp_path: Path
) -> None:
    """ResumeFunction is its first step, and the original lies in the archive meanwhile."""
    deepgram, openai = vendors
    clip = tmp_path / "clip.wav"
    clip.write_bytes(cut((CHECKOUT / "infra" / "sample" / "standup.ogg").read_bytes(), seconds=5))
    meeting, _ = person.process(clip)
    meeting_id = meeting["id"]
    assert [error["code"] for error in meeting["errors"]] == ["model_credentials_refused"]
    ((key,),) = stack.rows("SELECT key FROM upload_blobs WHERE meeting_id = %s", meeting_id)
    stack.aws("s3").put_object(Bucket=stack.bucket, Key=key, Body=b"x", StorageClass="GLACIER")

    told = operate(stack, action="diagnose", meeting_id=meeting_id)
    assert told["uploads"][0]["reach"] == "archived"
    assert [each["command"] for each in told["advice"]] == [
        "aam keys set",
        f"aam retry --meeting {meeting_id}",
        f"aam retry --meeting {meeting_id} --restore",
    ]
    assert operate(stack, action="retry", meeting_id=meeting_id, from_stage="probe")["error"] == "recording_archived"
    status, problem = person.api.ask("POST", f"/meetings/{meeting_id}/retry", {"from_stage": "extract_audio"})
    assert (status, problem["code"]) == (409, "recording_archived")
    assert operate(stack, action="restore", meeting_id=meeting_id) == {"reach": "archived"}
    failed = operate(stack, action="failed")["meetings"]
    assert (meeting_id, True) in [(each["meeting_id"], each["helps"]) for each in failed]

    begun = operate(stack, action="retry", meeting_id=meeting_id)
    assert (begun["from_stage"], begun["paid_again"]) == ("write_artifacts", [])
    meeting, _ = person.follow(meeting_id, attempt=2)
    assert meeting["status"] == "review", meeting["errors"]
    assert [stage["stage"] for stage in meeting["timings"]["stages"]] == [
        "probe",
        "write_artifacts",
        "verify_evidence",
        "confirm_meaning",
        "finish",
    ]
    assert (len(deepgram.asked), len(openai.asked)) == (1, 3), "heard once, and after a refusal written and read once"
    paid = stack.rows(
        "SELECT count(*) FROM cost_entries WHERE meeting_id = %s AND kind = 'actual' AND vendor = 'deepgram'",
        meeting_id,
    )
    assert paid == [(1,)]
    assert person.api.call("GET", f"/meetings/{meeting_id}/transcript")["version"] == 1


def test_sweep_ends_abandoned_uploads_and_begins_undelivered_ones(stack: Stack, person: Person) -> None:
    sqs, dead = stack.aws("sqs"), stack.resources["ProcessingDeadLetters"]
    single, parts = person.meeting("Never sent"), person.meeting("Never put together")
    person.begin(single, VTT)
    person.begin(parts, VTT, size=200_000_000)
    stack.rows(
        "UPDATE upload_blobs SET created_at = now() - interval '2 days' WHERE meeting_id IN (%s, %s)", single, parts
    )
    assert stack.invoke("SweepFunction", {}) == ({**NOTHING, "ended_uploads": 2}, False)
    for meeting_id in (single, parts):
        meeting = person.look(meeting_id)
        assert (meeting["status"], [error["code"] for error in meeting["errors"]]) == (
            "created",
            ["upload_never_finished"],
        )
    open_parts = stack.aws("s3").list_multipart_uploads(Bucket=stack.bucket, Prefix=f"meetings/{parts}/")
    assert not open_parts.get("Uploads")

    ((late,),) = stack.rows("SELECT key FROM upload_blobs WHERE meeting_id = %s", single)
    arrived = person.meeting("Given up")
    with unattended(stack, "StartProcessingFunction"):
        person.upload(arrived, VTT)
        stack.until(lambda: not stack.queue_is_empty(stack.resources["ProcessingQueue"]), "the notification's message")
        sqs.purge_queue(QueueUrl=stack.resources["ProcessingQueue"])
    ((key,),) = stack.rows("SELECT key FROM upload_blobs WHERE meeting_id = %s", arrived)
    for each in (late, key):
        letter = {"bucket": stack.bucket, "key": each, "size": VTT.stat().st_size, "etag": "e"}
        sqs.send_message(QueueUrl=dead, MessageBody=json.dumps(letter))
    assert stack.invoke("SweepFunction", {}) == ({**NOTHING, "begun_letters": 2}, False)
    assert person.follow(arrived)[0]["status"] == "review"
    assert stack.queue_is_empty(dead)


def test_a_stage_that_hangs_is_stopped_and_begun_again(stack: Stack, person: Person) -> None:
    meeting_id = person.meeting("Hangs")
    with unattended(stack, "ArtifactsWorkerFunction"):
        person.upload(meeting_id, VTT)
        stack.until(lambda: person.look(meeting_id)["stage"] == "write_artifacts", "the artifacts' stage")
        began = "jsonb_build_object('write_artifacts', to_jsonb(now() - interval '{}'))"
        ago = f"UPDATE processing_runs SET stage_started = stage_started || {began} WHERE meeting_id = %s"
        stack.rows(ago.format("1 hour"), meeting_id)
        assert stack.invoke("SweepFunction", {}) == (NOTHING, False), "its message waits in the queue"
        stack.rows(ago.format("2 days"), meeting_id)
        assert stack.invoke("SweepFunction", {}) == ({**NOTHING, "overdue_runs": 1, "retried_runs": 1}, False)
    meeting, _ = person.follow(meeting_id, attempt=2)
    assert meeting["status"] == "review", meeting["errors"]
    rows = stack.rows(
        "SELECT status, failure_code, trigger, from_stage FROM processing_runs WHERE meeting_id = %s ORDER BY attempt",
        meeting_id,
    )
    assert rows == [
        ("failed", "stage_overdue", "upload", "probe"),
        ("succeeded", None, "stall", "write_artifacts"),
    ]
    stack.quiet()


def test_work_that_vanished_from_its_queue_is_lost_after_two_looks_and_begun_again(
    stack: Stack, person: Person
) -> None:
    sqs, queue = stack.aws("sqs"), stack.resources["ArtifactsQueue"]
    taken: list[str] = []

    def take() -> bool:
        for message in sqs.receive_message(QueueUrl=queue).get("Messages", []):
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            taken.append(json.loads(message["Body"])["run"]["run_id"])
        return bool(taken)

    meeting_id = person.meeting("Lost on its way")
    with unattended(stack, "ArtifactsWorkerFunction"):
        person.upload(meeting_id, VTT)
        stack.until(take, "the task's message")
        stack.rows(
            "UPDATE processing_runs SET stage_started = stage_started || "
            "jsonb_build_object('write_artifacts', to_jsonb(now() - interval '1 hour')) WHERE meeting_id = %s",
            meeting_id,
        )
        assert stack.invoke("SweepFunction", {}) == (NOTHING, False), "counts of queues are approximate"
        assert stack.invoke("SweepFunction", {}) == (NOTHING, False), "the second look comes minutes later"
        stack.aws("dynamodb").update_item(
            TableName=stack.resources["StateTable"],
            Key={"pk": {"S": f"silent#stage#{taken[0]}#artifacts"}},
            UpdateExpression="SET #at = :at",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames={"#at": "at"},
            ExpressionAttributeValues={":at": {"S": str(time.time() - LOST_AFTER_S)}},
        )
        assert stack.invoke("SweepFunction", {}) == ({**NOTHING, "silent_tasks": 1, "retried_runs": 1}, False)
    meeting, _ = person.follow(meeting_id, attempt=2)
    assert meeting["status"] == "review", meeting["errors"]
    rows = stack.rows(
        "SELECT status, failure_code, trigger, from_stage FROM processing_runs WHERE meeting_id = %s ORDER BY attempt",
        meeting_id,
    )
    assert rows == [("failed", "task_lost", "upload", "probe"), ("succeeded", None, "stall", "write_artifacts")]
    person.api.call("DELETE", f"/meetings/{meeting_id}")
    told = operate(stack, action="diagnose", meeting_id=meeting_id)
    assert told["departure"]["gone_at"]
    assert told["departure"]["by"] == "a user, over the API"
    stack.quiet()


def test_services_and_queues_are_looked_at(stack: Stack, person: Person) -> None:
    stack.invoke("SweepFunction", {})
    sqs, resources = stack.aws("sqs"), stack.resources
    letters = [resources[f"{name}DeadLetters"] for name in ("Processing", "Transcription", "Artifacts")]
    for url in letters:
        sqs.send_message(QueueUrl=url, MessageBody="what somebody put there")
    told = operate(stack, action="diagnose", queue=True)
    assert [(queue["name"], queue["dead"]) for queue in told["queues"]] == [
        ("processing", 1),
        ("transcription", 1),
        ("artifacts", 1),
    ]
    for url in letters:
        sqs.purge_queue(QueueUrl=url)
    told = operate(stack, action="diagnose", services=True)
    assert set(told["checks"].values()) == {"ok"}, told
    assert told["database"]["revision"] == told["database"]["newest_revision"]
    assert told["schedules"][0]["last"]
    assert operate(stack, action="diagnose")["meetings"]
    for event in sorted((CHECKOUT / "events" / "operations").glob("*.json")):
        answer = operate(stack, **json.loads(event.read_text("utf-8")))
        assert answer.get("error") in (None, "meeting_unknown", "unknown_id", "error_not_found", "session_gone"), (
            event.name
        )


def test_an_export_is_whole_and_says_who_has_read(stack: Stack, person: Person) -> None:
    somebody = Person.registered(stack)
    meeting, _ = somebody.process(VTT, people=("Anna",))
    somebody.api.call("GET", f"/meetings/{meeting['id']}/transcript")
    somebody.api.fetch("GET", f"/meetings/{meeting['id']}/artifacts?format=md")
    made, failed = stack.invoke("ExportFunction", {"subject": "client", "id": somebody.client_id})
    assert not failed, made
    with urllib.request.urlopen(made["url"], timeout=30) as answer:
        body = answer.read()
    assert hashlib.sha256(body).hexdigest() == made["sha256"]
    archive = zipfile.ZipFile(io.BytesIO(body))
    manifest = json.loads(archive.read("manifest.json"))
    for member in manifest["members"]:
        assert hashlib.sha256(archive.read(member["name"])).hexdigest() == member["sha256"], member["name"]
    (recording,) = [name for name in archive.namelist() if "/recordings/" in name]
    assert archive.read(recording) == VTT.read_bytes()
    assert [each["what"] for each in manifest["left_out"]] == ["derived"]
    assert made["not_packed"] == manifest["left_out"][0]["objects"] > 2
    reads = json.loads(archive.read(f"meetings/{meeting['id']}/access.json"))["reads"]
    assert sorted(read["what"] for read in reads) == ["artifacts", "transcript"]
    for event in sorted((CHECKOUT / "events" / "export").glob("*.json")):
        assert stack.invoke("ExportFunction", json.loads(event.read_text("utf-8")))[0]["error"] == "subject_unknown"
