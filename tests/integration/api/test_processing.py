"""Watching, retrying and cancelling runs through the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import boto3

from aam.foundation.clock import new_id
from aam.foundation.state_table import state_table
from aam.pipeline.models import ProcessingError, ProcessingRun
from aam.vendor_limits.task_claims import TaskClaims
from tests.support.api import Api, Person

UPLOAD = {"filename": "a.mp3", "content_type": "audio/mpeg", "size": 10}
BEGAN = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def received_upload(api: Api, by: Person, meeting_id: str) -> UUID:
    """An upload whose object has arrived."""
    made = api.call("POST", f"/meetings/{meeting_id}/uploads", UPLOAD, by=by).json
    with api.database.admin.begin() as connection:
        connection.exec_driver_sql(
            f"update upload_blobs set status = 'received', etag = 'e', received_at = now() where id = '{made['id']}'"
        )
    return UUID(made["id"])


def add_run(api: Api, by: Person, meeting_id: str, upload_id: UUID, **fields: Any) -> UUID:
    """A run of this upload."""
    run = ProcessingRun(
        **{
            "id": new_id(),
            "organization_id": UUID(by.organization_id),
            "meeting_id": UUID(meeting_id),
            "upload_id": upload_id,
            "attempt": 1,
            "trigger": "upload",
            "execution_name": str(new_id()),
            "correlation_id": "c",
            **fields,
        }
    )
    with api.database.transaction() as session:
        session.add(run)
    return run.id


def test_a_meeting_tells_how_far_its_run_has_come(api: Api) -> None:
    anna = api.person()
    meeting = api.meeting(anna)
    upload_id = received_upload(api, anna, meeting["id"])
    moments = {
        "probe": BEGAN,
        "extract_audio": BEGAN + timedelta(seconds=1.5),
        "transcribe": BEGAN + timedelta(seconds=4),
    }
    run_id = add_run(
        api,
        anna,
        meeting["id"],
        upload_id,
        status="running",
        stage="transcribe",
        started_at=BEGAN,
        stage_started={stage: moment.isoformat() for stage, moment in reversed(moments.items())},
    )
    with api.database.transaction() as session:
        session.add(
            ProcessingError(
                organization_id=UUID(anna.organization_id),
                meeting_id=UUID(meeting["id"]),
                run_id=run_id,
                stage="transcribe",
                code="engine_rate_limited",
                message="The engine is busy; it is tried again.",
            )
        )
    read = api.call("GET", f"/meetings/{meeting['id']}", by=anna).json
    assert (read["run_id"], read["run_status"], read["attempt"]) == (str(run_id), "running", 1)
    assert (read["stage"], read["progress"]) == ("transcribe", 20)
    stages = read["timings"]["stages"]
    assert [(entry["stage"], entry["seconds"]) for entry in stages] == [
        ("probe", 1.5),
        ("extract_audio", 2.5),
        ("transcribe", None),
    ]
    assert [(error["code"], error["is_read"]) for error in read["errors"]] == [("engine_rate_limited", False)]
    mark = f"/meetings/{meeting['id']}/errors/{read['errors'][0]['id']}/read"
    assert api.call("POST", mark, by=api.person()).status == 404, "another organization's"
    assert [api.call("POST", mark, by=anna).status for _ in range(2)] == [204, 204]
    assert api.call("GET", f"/meetings/{meeting['id']}", by=anna).json["errors"][0]["is_read"]
    other = api.meeting(anna)
    elsewhere = api.call("POST", mark.replace(meeting["id"], other["id"]), by=anna)
    assert (elsewhere.status, elsewhere.code) == (404, "error_not_found")


def test_a_second_upload_while_a_run_lives_is_refused(api: Api) -> None:
    anna = api.person()
    meeting = api.meeting(anna)
    add_run(api, anna, meeting["id"], received_upload(api, anna, meeting["id"]))
    answer = api.call("POST", f"/meetings/{meeting['id']}/uploads", UPLOAD, by=anna)
    assert (answer.status, answer.code) == (409, "run_in_progress")


def test_retrying_begins_the_next_attempt_and_starts_its_execution(api: Api) -> None:
    anna = api.person()
    meeting = api.meeting(anna)
    path = f"/meetings/{meeting['id']}"
    assert api.call("POST", f"{path}/retry", by=anna).code == "nothing_to_retry"
    upload_id = received_upload(api, anna, meeting["id"])
    add_run(api, anna, meeting["id"], upload_id, status="failed", finished_at=BEGAN)
    answer = api.call("POST", f"{path}/retry", by=anna, headers={"X-Correlation-Id": "support-case-77"})
    assert answer.status == 202
    run = api.database.rows("select id, attempt, trigger, correlation_id from processing_runs where attempt = 2")
    assert [(str(row[0]), *row[1:]) for row in run] == [(answer.json["run_id"], 2, "retry", "support-case-77")]
    machine = boto3.client("stepfunctions")
    arn = machine.list_state_machines()["stateMachines"][0]["stateMachineArn"]
    assert len(machine.list_executions(stateMachineArn=arn)["executions"]) == 1
    assert api.call("GET", path, by=anna).json["status"] == "queued"
    assert api.call("POST", f"{path}/retry", by=anna).code == "run_in_progress"


def test_cancelling_ends_the_run_and_deleting_a_meeting_stops_it(api: Api) -> None:
    anna = api.person()
    meeting = api.meeting(anna)
    path = f"/meetings/{meeting['id']}"
    assert api.call("POST", f"{path}/cancel", by=anna).code == "nothing_to_cancel"
    upload_id = received_upload(api, anna, meeting["id"])
    run_id = add_run(api, anna, meeting["id"], upload_id)
    answer = api.call("POST", f"{path}/cancel", by=anna)
    assert (answer.status, answer.json["run_id"]) == (200, str(run_id))
    assert TaskClaims(state_table()).revoked(run_id)
    again = api.call("POST", f"{path}/cancel", by=anna)
    assert (again.status, again.json["run_id"]) == (200, str(run_id)), "what is left of it is stopped"
    read = api.call("GET", path, by=anna).json
    assert (read["status"], read["run_status"]) == ("cancelled", "cancelled")
    api.call("POST", f"{path}/retry", by=anna)
    assert api.call("DELETE", path, by=anna).status == 204
    assert api.database.rows("select id from processing_runs") == []
