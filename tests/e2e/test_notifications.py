"""What the store says about one upload comes often, late, out of order, or by a webhook."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aam_cli.uploading import send
from tests.support.stack import CHECKOUT, Person, Stack

VTT = CHECKOUT / "infra" / "sample" / "standup.vtt"


def notification(stack: Stack, upload_id: str, *, sequencer: str, case: str = "on_upload/put") -> dict[str, Any]:
    """A sample event, told of this upload's object as the store has it."""
    ((key,),) = stack.rows("SELECT key FROM upload_blobs WHERE id = %s", upload_id)
    stored = stack.aws("s3").head_object(Bucket=stack.bucket, Key=key)
    event: dict[str, Any] = json.loads((CHECKOUT / "events" / f"{case}.json").read_text())
    said = event["Records"][0]["s3"]
    said["bucket"]["name"] = stack.bucket
    said["object"].update(key=key, size=stored["ContentLength"], eTag=stored["ETag"].strip('"'), sequencer=sequencer)
    said["object"].pop("versionId", None)
    return event


def runs_of(stack: Stack, meeting_id: str) -> list[tuple[Any, ...]]:
    return stack.rows("SELECT attempt, status FROM processing_runs WHERE meeting_id = %s ORDER BY attempt", meeting_id)


def counts_of(stack: Stack, meeting_id: str) -> dict[str, int]:
    """How many rows of each kind a meeting has."""
    tables = ("processing_runs", "transcripts", "artifacts", "processing_errors")
    return {
        table: stack.rows(f"SELECT count(*) FROM {table} WHERE meeting_id = %s", meeting_id)[0][0] for table in tables
    }


ONCE = {"processing_runs": 1, "transcripts": 1, "artifacts": 1, "processing_errors": 0}


def test_ten_duplicates_at_once_and_a_reordering_make_one_run(stack: Stack, person: Person) -> None:
    meeting_id = person.meeting("Duplicates")
    upload_id = person.upload(meeting_id, VTT)
    newer = notification(stack, upload_id, sequencer="0055AED6DCD90281E9")
    older = notification(stack, upload_id, sequencer="0055AED6DCD90281E1")
    with ThreadPoolExecutor(max_workers=5) as pool:
        answers = list(pool.map(lambda event: stack.invoke("OnUploadFunction", event), [newer] * 9 + [older]))
    assert answers == [({"queued": 1}, False)] * 10
    meeting, _ = person.follow(meeting_id)
    assert meeting["status"] == "review"
    stack.invoke("OnUploadFunction", older)
    stack.quiet()
    assert counts_of(stack, meeting_id) == ONCE
    assert runs_of(stack, meeting_id) == [(1, "succeeded")]
    assert person.look(meeting_id)["status"] == "review"
    machine = stack.aws("stepfunctions").list_executions(stateMachineArn=stack.state.outputs["StateMachineArn"])
    names = {
        row[0] for row in stack.rows("SELECT execution_arn FROM processing_runs WHERE meeting_id = %s", meeting_id)
    }
    assert len([entry for entry in machine["executions"] if entry["executionArn"] in names]) == 1


def test_a_late_put_for_a_deleted_meeting_is_deleted(stack: Stack, person: Person) -> None:
    meeting_id = person.meeting("Deleted")
    begun = person.begin(meeting_id, VTT)
    person.api.call("DELETE", f"/meetings/{meeting_id}")
    send(person.api, begun["put"], VTT.read_bytes())

    def nothing_left() -> bool:
        return "Contents" not in stack.aws("s3").list_objects_v2(Bucket=stack.bucket, Prefix=f"meetings/{meeting_id}/")

    stack.until(nothing_left, "the late object is deleted")
    stack.quiet()
    assert runs_of(stack, meeting_id) == []


def test_an_upload_given_up_takes_its_late_object_along(stack: Stack, person: Person) -> None:
    meeting_id = person.meeting("Given up")
    begun = person.begin(meeting_id, VTT)
    person.api.call("DELETE", f"/uploads/{begun['id']}")
    assert person.look(meeting_id)["status"] == "created"
    send(person.api, begun["put"], VTT.read_bytes())
    stack.until(
        lambda: stack.aws("s3").list_objects_v2(Bucket=stack.bucket, Prefix=f"meetings/{meeting_id}/")["KeyCount"] == 0,
        "the late object is deleted",
    )
    assert runs_of(stack, meeting_id) == []


def test_a_store_without_lambda_tells_by_webhook(stack: Stack, person: Person) -> None:
    storage = stack.aws("s3")
    wiring = storage.get_bucket_notification_configuration(Bucket=stack.bucket)
    wiring.pop("ResponseMetadata")
    storage.put_bucket_notification_configuration(Bucket=stack.bucket, NotificationConfiguration={})
    try:
        meeting_id = person.meeting("By webhook")
        upload_id = person.upload(meeting_id, VTT)
        event = notification(stack, upload_id, sequencer="17A5B5A9D3F2C6E1", case="on_upload/minio-webhook")
    finally:
        storage.put_bucket_notification_configuration(Bucket=stack.bucket, NotificationConfiguration=wiring)
    assert person.look(meeting_id)["status"] == "uploading"
    store = person.stack.new_client()
    status, problem = store.ask("POST", "/storage-events", event)
    assert (status, problem["code"]) == (401, "bad_webhook_secret")
    secret = stack.aws("secretsmanager").get_secret_value(SecretId=stack.state.outputs["StorageEventsSecretArn"])
    store.token = secret["SecretString"]
    assert store.ask("POST", "/storage-events", event) == (200, {"queued": 1, "replies": 0})
    assert person.follow(meeting_id)[0]["status"] == "review"
    assert counts_of(stack, meeting_id) == ONCE
