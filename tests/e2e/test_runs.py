"""Runs that people cancel or repeat, and runs that the outside ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from aam_cli.uploading import content_type
from tests.support.stack import CHECKOUT, Person, Stack

VTT = CHECKOUT / "infra" / "sample" / "standup.vtt"
STEPS = (
    *("ProbeFunction", "ExtractAudioFunction", "SaveTranscriptFunction", "VerifyEvidenceFunction"),
    *("FinishFunction", "FailFunction"),
)


def traces(stack: Stack, meeting_id: str) -> list[list[tuple[Any, ...]]]:
    """All that a late step might change."""
    return [
        stack.rows(f"SELECT to_jsonb(t) - 'updated_at' FROM {table} t WHERE {column} = %s ORDER BY 1", meeting_id)
        for table, column in {
            "meetings": "id",
            "processing_runs": "meeting_id",
            "processing_errors": "meeting_id",
            "transcripts": "meeting_id",
            "artifacts": "meeting_id",
            "llm_interactions": "meeting_id",
            "upload_blobs": "meeting_id",
        }.items()
    ]


def run_input(stack: Stack, meeting_id: str) -> dict[str, Any]:
    """The input of the meeting's newest execution."""
    ((run, organization, upload, correlation),) = stack.rows(
        "SELECT id::text, organization_id::text, upload_id::text, correlation_id FROM processing_runs"
        " WHERE meeting_id = %s ORDER BY created_at DESC LIMIT 1",
        meeting_id,
    )
    return {
        "run_id": run,
        "meeting_id": meeting_id,
        "organization_id": organization,
        "upload_id": upload,
        "correlation_id": correlation,
    }


def changed_event(stack: Stack, meeting_id: str, case: str) -> dict[str, Any]:
    """A sample event of an execution's end, told of the meeting's newest run."""
    event: dict[str, Any] = json.loads((CHECKOUT / "events" / "on_execution_change" / f"{case}.json").read_text())
    event["detail"]["input"] = json.dumps(run_input(stack, meeting_id))
    return event


def test_cancelled_midway_late_steps_change_nothing_and_a_retry_works(stack: Stack, person: Person) -> None:
    meeting_id = person.meeting("Cancelled")
    with stack.holding("SaveTranscriptFunction", "event") as held:
        person.upload(meeting_id, VTT)
        held()
        wanted = {"filename": VTT.name, "content_type": content_type(VTT), "size": VTT.stat().st_size}
        status, problem = person.api.ask("POST", f"/meetings/{meeting_id}/uploads", wanted)
        assert (status, problem["code"]) == (409, "run_in_progress")
        status, problem = person.api.ask("POST", f"/meetings/{meeting_id}/retry")
        assert (status, problem["code"]) == (409, "run_in_progress")
        person.api.call("POST", f"/meetings/{meeting_id}/cancel")
        before = traces(stack, meeting_id)
    answered = len(list(stack.observer.lines("answered")))
    stack.until(lambda: len(list(stack.observer.lines("answered"))) > answered, "the late step has answered")
    for step in STEPS:
        event = run_input(stack, meeting_id)
        if step == "FailFunction":
            event["failure"] = {"Error": "States.Timeout", "Cause": ""}
        answer, failed = stack.invoke(step, event)
        assert failed or answer == {"was_alive": False}, (step, answer)
    assert traces(stack, meeting_id) == before
    meeting = person.look(meeting_id)
    assert (meeting["status"], meeting["run_status"]) == ("cancelled", "cancelled")
    status, _ = person.api.ask("POST", f"/meetings/{meeting_id}/cancel")
    assert status == 200, "cancelled again, what is left of it is stopped"

    person.api.call("POST", f"/meetings/{meeting_id}/retry")
    meeting, _ = person.follow(meeting_id, attempt=2)
    assert meeting["status"] == "review"


def test_a_retry_after_a_failure_is_attempt_two(stack: Stack, person: Person, tmp_path: Path) -> None:
    file = tmp_path / "empty.vtt"
    file.write_text("WEBVTT\n\n")
    meeting, _ = person.process(file)
    assert (meeting["status"], [error["code"] for error in meeting["errors"]]) == ("failed", ["no_cues"])
    person.api.call("POST", f"/meetings/{meeting['id']}/retry")
    meeting, _ = person.follow(meeting["id"], attempt=2)
    assert meeting["status"] == "failed"
    assert [(error["code"], error["is_read"]) for error in meeting["errors"]] == [("no_cues", False), ("no_cues", True)]


def test_a_deleted_meeting_leaves_no_row_and_no_object(stack: Stack, person: Person) -> None:
    meeting_id = person.meeting("Deleted midway")
    with stack.holding("VerifyEvidenceFunction", "event") as held:
        person.upload(meeting_id, VTT)
        held()
        event = run_input(stack, meeting_id)
        person.api.call("DELETE", f"/meetings/{meeting_id}")
    assert stack.invoke("VerifyEvidenceFunction", event)[1]
    assert traces(stack, meeting_id) == [[]] * 7
    for prefix in ("meetings", "derived"):
        listed = stack.aws("s3").list_objects_v2(Bucket=stack.bucket, Prefix=f"{prefix}/{meeting_id}/")
        assert listed["KeyCount"] == 0, prefix


@pytest.mark.parametrize(
    ("case", "code"), [("timed-out", "timed_out"), ("aborted", "aborted"), ("failed", "step_failed")]
)
def test_an_execution_that_ended_badly_fails_its_run(stack: Stack, person: Person, case: str, code: str) -> None:
    meeting_id = person.meeting(case)
    with stack.holding("ProbeFunction", "event") as held:
        person.upload(meeting_id, VTT)
        held()
        event = changed_event(stack, meeting_id, case)
        assert stack.invoke("ExecutionChangeFunction", event) == ({"was_alive": True}, False)
        meeting = person.look(meeting_id)
        assert (meeting["status"], meeting["run_status"]) == ("failed", "failed")
        assert [error["code"] for error in meeting["errors"]] == [code]
        assert stack.invoke("ExecutionChangeFunction", event) == ({"was_alive": False}, False)
    assert [error["code"] for error in person.look(meeting_id)["errors"]] == [code]


def test_an_error_that_stands_is_not_spoken_over(stack: Stack, person: Person) -> None:
    meeting_id = person.meeting("Already said")
    with stack.holding("ProbeFunction", "call") as held:
        person.upload(meeting_id, VTT)
        held()
        stack.rows(
            "INSERT INTO processing_errors (id, organization_id, meeting_id, run_id, stage, code, message)"
            " SELECT %s, organization_id, meeting_id, id, stage, 'storage_unavailable', 'The store did not answer.'"
            " FROM processing_runs WHERE id = %s",
            str(uuid4()),
            run_input(stack, meeting_id)["run_id"],
        )
        event = changed_event(stack, meeting_id, "timed-out")
        assert stack.invoke("ExecutionChangeFunction", event) == ({"was_alive": True}, False)
        meeting = person.look(meeting_id)
        assert (meeting["status"], [error["code"] for error in meeting["errors"]]) == (
            "failed",
            ["storage_unavailable"],
        )
