"""Cleaning up on the whole stack: schedules, the state machine, a kill, confirming, and a meeting that goes."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.support.stack import CHECKOUT, Person, Stack

VTT = CHECKOUT / "infra" / "sample" / "standup.vtt"
MODES = ("temp", "logs", "media", "db", "cache", "jobs", "meetings", "full", "aggressive")
RUN = {"dry_run": False, "no_backup": True, "allow": ["objects", "bytes", "meetings"]}


def clean(stack: Stack, **asked: Any) -> Any:
    answer, failed = stack.invoke("CleanupFunction", asked)
    assert not failed, answer
    return answer


def keys(stack: Stack, prefix: str) -> set[str]:
    pages = stack.aws("s3").get_paginator("list_objects_v2").paginate(Bucket=stack.bucket, Prefix=prefix)
    return {found["Key"] for page in pages for found in page.get("Contents", ())}


def put(stack: Stack, *names: str) -> None:
    for name in names:
        stack.aws("s3").put_object(Bucket=stack.bucket, Key=name, Body=b"x" * 10)


def executions(stack: Stack) -> list[Any]:
    machine = stack.aws("stepfunctions")
    arn = stack.state.outputs["CleanupMachineArn"]
    found: list[Any] = machine.list_executions(stateMachineArn=arn)["executions"]
    return found


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_plans_first(stack: Stack, person: Person, mode: str) -> None:
    assert person.client_id
    planned = clean(stack, mode=mode)
    assert planned["dry_run"]
    assert len(planned["plan"]["hash"]) == 64


@pytest.mark.parametrize("name", ["check", "statistics", "health"])
def test_looking(stack: Stack, person: Person, name: str) -> None:
    assert person.client_id
    event = json.loads((CHECKOUT / "events" / "cleanup" / f"{name}.json").read_text("utf-8"))
    answer = clean(stack, **event)
    assert answer.get("ok", True), answer
    assert answer


def test_a_refusal_is_a_sentence(stack: Stack) -> None:
    assert clean(stack, mode="everything")["error"] == "bad_cleanup_request"
    assert clean(stack, mode="temp", dry_run=False, confirm="0" * 64)["error"] == "plan_unknown"


def test_a_confirmed_plan_goes_and_a_changed_one_is_told(stack: Stack) -> None:
    put(stack, "temp/a", "temp/b")
    asked = {"mode": "temp", "older_than_hours": 0}
    plan = clean(stack, **asked)["plan"]
    put(stack, "temp/a")  # another version, the same key: it is younger than the plan, and not of it
    refused = clean(stack, **asked, dry_run=False, confirm=plan["hash"])
    assert refused["error"] == "plan_changed"
    assert keys(stack, "temp/") >= {"temp/a", "temp/b"}
    plan = clean(stack, **asked)["plan"]
    assert clean(stack, **asked, dry_run=False, confirm=plan["hash"])["objects"] == plan["objects"]
    assert keys(stack, "temp/") == set()


def test_the_machine_calls_until_nothing_is_left(stack: Stack) -> None:
    put(stack, *(f"temp/{number}" for number in range(5)))
    machine = stack.aws("stepfunctions")
    begun = machine.start_execution(
        stateMachineArn=stack.state.outputs["CleanupMachineArn"],
        input=json.dumps({"mode": "temp", "older_than_hours": 0, "dry_run": False, "seconds": 0}),
    )["executionArn"]
    stack.until(lambda: machine.describe_execution(executionArn=begun)["status"] == "SUCCEEDED", "the cleanup's end")
    entered = [
        event["stateEnteredEventDetails"]["name"]
        for event in machine.get_execution_history(executionArn=begun, maxResults=1000)["events"]
        if "stateEnteredEventDetails" in event
    ]
    assert entered == ["CleanUp", "IsItDone", "GoOn", "IsItDone", "Done"]
    assert keys(stack, "temp/") == set()


def test_a_refused_cleanup_is_a_failed_execution(stack: Stack) -> None:
    machine = stack.aws("stepfunctions")
    begun = machine.start_execution(
        stateMachineArn=stack.state.outputs["CleanupMachineArn"], input='{"mode": "nonsense"}'
    )["executionArn"]
    stack.until(lambda: machine.describe_execution(executionArn=begun)["status"] == "FAILED", "the refusal")


@pytest.mark.parametrize("name", ["TempDaily", "FullWeekly"])
def test_a_schedule_fires(stack: Stack, name: str) -> None:
    """As it is deployed, but every minute; a full one wants a backup."""
    answer, failed = stack.invoke("BackupFunction", {"action": "backup"})
    assert not failed, answer
    scheduler = stack.aws("scheduler")
    resources = stack.aws("cloudformation").describe_stack_resources(StackName="aam-local")["StackResources"]
    (deployed,) = [each["PhysicalResourceId"] for each in resources if each["LogicalResourceId"] == f"CleanUp{name}"]
    schedule = scheduler.get_schedule(Name=deployed.rpartition("/")[2])
    assert (schedule["State"], schedule["ScheduleExpressionTimezone"]) == ("ENABLED", "UTC")
    kept = {
        key: schedule[key]
        for key in ("Name", "FlexibleTimeWindow", "Target", "State", "ScheduleExpressionTimezone", "ScheduleExpression")
    }
    before = {each["executionArn"] for each in executions(stack)}
    scheduler.update_schedule(**{**kept, "ScheduleExpression": "rate(1 minute)"})
    try:
        stack.until(
            lambda: any(
                each["executionArn"] not in before and each["status"] == "SUCCEEDED" for each in executions(stack)
            ),
            f"{name} to fire and succeed",
            seconds=150,
        )
    finally:
        scheduler.update_schedule(**kept)


def test_a_killed_cleanup_is_finished_by_the_next(stack: Stack, person: Person) -> None:
    meeting_id = person.meeting("Cleaned away")
    upload = person.begin(meeting_id, VTT)
    assert upload["id"]
    put(stack, f"derived/{meeting_id}/{uuid.uuid4()}/x.json")
    asked = {"mode": "meetings", "scope": "meeting", "scope_id": meeting_id, "dry_run": False}
    with stack.holding("CleanupFunction", "reply") as held:
        stack.aws("lambda").invoke(
            FunctionName=stack.functions["CleanupFunction"],
            InvocationType="Event",
            Payload=json.dumps({**asked, "seconds": 0}).encode(),
        )
        pid = held()
        stack.kill_worker(pid)
    stack.until(
        lambda: stack.rows("SELECT 1 FROM cleanup_runs WHERE state = 'running'") == [(1,)], "a cleanup that was begun"
    )
    done = clean(stack, mode="temp", dry_run=False)
    assert done["resumed"]
    assert keys(stack, f"derived/{meeting_id}/") == set()
    assert stack.rows("SELECT count(*) FROM meetings WHERE id = %s", meeting_id) == [(0,)]
    assert stack.rows("SELECT count(*) FROM meeting_tombstones WHERE meeting_id = %s", meeting_id) == [(1,)]


def test_a_hold_keeps_a_meeting_from_its_owner(stack: Stack, person: Person) -> None:
    meeting_id = person.meeting("Held")
    assert clean(stack, action="hold", meeting_id=meeting_id, reason="Case 12")["done"]
    status, problem = person.api.ask("DELETE", f"/meetings/{meeting_id}")
    assert (status, problem["code"]) == (409, "on_legal_hold")
    assert clean(stack, action="release", meeting_id=meeting_id)["done"]
    person.api.call("DELETE", f"/meetings/{meeting_id}")


def test_a_running_meeting_and_its_unfinished_upload_go_with_a_cleanup(stack: Stack, person: Person) -> None:
    meeting_id = person.meeting("Running")
    with stack.holding("ProbeFunction", "event") as held:
        person.upload(meeting_id, VTT)
        held()
        storage = stack.aws("s3")
        storage.create_multipart_upload(Bucket=stack.bucket, Key=f"meetings/{meeting_id}/part.mp3")
        done = clean(stack, mode="meetings", scope="meeting", scope_id=meeting_id, **RUN)
        assert (done["meetings"], done["multiparts"]) == (1, 1)
    stack.quiet()
    assert not [key for prefix in ("meetings/", "derived/") for key in keys(stack, f"{prefix}{meeting_id}/")]


@pytest.mark.usefixtures("stack")
def test_every_sample_event_is_answered(stack: Stack) -> None:
    for event in sorted((CHECKOUT / "events" / "cleanup").glob("*dry-run.json")):
        answer = clean(stack, **json.loads(event.read_text("utf-8")))
        assert "plan" in answer or answer["error"] == "unknown_scope", Path(event).name
