"""Cleaning up on the whole stack: schedules, the state machine, a kill, confirming, and a meeting that goes."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from aam.retention.policy import load_policy
from aam_cli.uploading import send
from tests.support.schedules import Schedules, schedules_of
from tests.support.stack import CHECKOUT, Person, Stack

VTT = CHECKOUT / "infra" / "sample" / "standup.vtt"
MODES = ("temp", "logs", "media", "db", "cache", "jobs", "locks", "meetings", "full", "aggressive")
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
    shown = clean(stack, action="plan", hash=plan["hash"])
    assert (shown["plan"], shown["next"]) == (plan, None)
    there = keys(stack, "temp/")
    assert {item["name"] for item in shown["items"] if item["does"] == "delete"} == there
    assert clean(stack, **asked, dry_run=False, confirm=plan["hash"])["objects"] == plan["objects"]
    assert keys(stack, "temp/") == set()
    assert clean(stack, action="plan", hash=plan["hash"])["error"] == "plan_unknown"


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
    assert entered == ["WhatIsAsked", "CleanUp", "IsItDone", "GoOn", "IsItDone", "Done"]
    assert "temp/" not in str(machine.get_execution_history(executionArn=begun, maxResults=1000)["events"])
    assert keys(stack, "temp/") == set()


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"mode": "nonsense", "dry_run": False}, "CleanupRefused"),
        ({"mode": "temp"}, "NotForExecutions"),
        ({"mode": "temp", "dry_run": False, "confirm": "0" * 64}, "NotForExecutions"),
        ({"action": "check"}, "NotForExecutions"),
    ],
)
def test_a_refused_cleanup_is_a_failed_execution(stack: Stack, asked: dict[str, Any], error: str) -> None:
    """So is one whose answer would leave names in the execution's history."""
    machine = stack.aws("stepfunctions")
    begun = machine.start_execution(stateMachineArn=stack.state.outputs["CleanupMachineArn"], input=json.dumps(asked))[
        "executionArn"
    ]
    stack.until(lambda: machine.describe_execution(executionArn=begun)["status"] == "FAILED", "the refusal")
    assert machine.describe_execution(executionArn=begun)["error"] == error


@pytest.mark.parametrize(
    ("name", "expression", "asked"),
    [
        ("TempDaily", "cron(0 2 * * ? *)", {"mode": "temp", "dry_run": False, "trigger": "schedule"}),
        ("FullWeekly", "cron(0 3 ? * SUN *)", {"mode": "full", "dry_run": False, "trigger": "schedule"}),
        ("AggressiveMonthly", "cron(0 4 1 * ? *)", {"mode": "aggressive", "dry_run": False, "trigger": "schedule"}),
        ("HealthHourly", "rate(1 hour)", {"action": "health", "catch_up": True}),
    ],
)
def test_each_schedule_is_deployed_as_shipped_and_fires(
    stack: Stack, schedules: Schedules, name: str, expression: str, asked: dict[str, Any]
) -> None:
    """Deployed with the shipped time; what fires is that very schedule with another one."""
    shipped = schedules.deployed[name]
    assert (shipped["State"], shipped["ScheduleExpressionTimezone"]) == ("ENABLED", "UTC")
    assert shipped["ScheduleExpression"] == expression
    assert json.loads(shipped["Target"]["Input"]).items() >= asked.items()
    stack.until(lambda: schedules.has_succeeded(name), f"{name} to fire and succeed", seconds=280, every=0.5)


def test_schedules_are_as_shipped_again(stack: Stack, schedules: Schedules) -> None:
    schedules.as_deployed()
    stack.until(schedules.quiet, "the last cleanup that a schedule has begun")
    assert {name: each["ScheduleExpression"] for name, each in schedules_of(stack).deployed.items()} == {
        name: each["ScheduleExpression"] for name, each in schedules.deployed.items()
    }


def test_a_missed_cleanup_is_caught_up_on_once(stack: Stack, schedules: Schedules) -> None:
    """What the hourly look does when nothing was cleaned for two days: asked as its schedule asks."""
    back = "- interval '2 days'"
    stack.rows(f"UPDATE store_identity SET created_at = created_at {back}")
    stack.rows(f"UPDATE cleanup_runs SET finished_at = finished_at {back}, created_at = created_at {back}")
    hourly = json.loads(schedules.deployed["HealthHourly"]["Target"]["Input"])
    looked, again = clean(stack, **hourly), clean(stack, **hourly)
    assert (looked["missed"], looked["caught_up"]) == (["temp"], "temp")
    assert (again["missed"], again["caught_up"]) == ([], None)


def test_a_killed_cleanup_is_finished_by_the_next(stack: Stack, person: Person) -> None:
    meeting_id = person.meeting("Cleaned away")
    upload = person.begin(meeting_id, VTT)
    assert upload["id"]
    put(stack, f"derived/{meeting_id}/{uuid.uuid4()}/x.json")
    asked = {"mode": "meetings", "scope": "meeting", "scope_id": meeting_id, "dry_run": False}
    with stack.holding("CleanupFunction", "reply") as held, ThreadPoolExecutor(1) as pool:
        killed = pool.submit(stack.invoke, "CleanupFunction", {**asked, "seconds": 0})
        stack.kill_worker(held())
        assert killed.result(60)[1], "it failed"
    stack.until(
        lambda: stack.rows("SELECT 1 FROM cleanup_runs WHERE state = 'running'") == [(1,)], "a cleanup that was begun"
    )
    done = clean(stack, mode="temp", dry_run=False)
    assert done.get("resumed"), done
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


def aged(stack: Stack, person: Person) -> str:
    """A processed meeting, whose run is over for so long that a full cleanup takes what it left."""
    meeting_id = str(person.process(VTT)[0]["id"])
    stack.rows(
        "UPDATE processing_runs SET finished_at = finished_at - interval '30 days' WHERE meeting_id = %s", meeting_id
    )
    assert any(key.endswith("/draft.json") for key in keys(stack, f"derived/{meeting_id}/"))
    return meeting_id


def test_uploads_in_the_midst_of_a_full_cleanup_lose_nothing(stack: Stack, person: Person) -> None:
    """One begun before it, two begun and processed while it is about to delete, one as it goes on."""
    old = aged(stack, person)
    begun = {(meeting := person.meeting("Begun before")): person.begin(meeting, VTT)}
    with ThreadPoolExecutor(max_workers=1) as pool:
        with stack.holding("CleanupFunction", "DeleteObjects") as held:
            cleaning = pool.submit(clean, stack, mode="full", **RUN)
            held()
            ((before, upload),) = begun.items()
            send(person.api, upload["put"], VTT.read_bytes())
            midst = [person.meeting("Midst") for _ in range(2)]
            for meeting in midst:
                person.upload(meeting, VTT)
            assert [person.follow(meeting)[0]["status"] for meeting in (before, *midst)] == ["review"] * 3
            last = person.meeting("As it goes on")
            person.upload(last, VTT)
        done = cleaning.result(timeout=60)
    assert (done["finished"], done["failed"], done["objects"] > 0) == (True, 0, True)
    assert not any(key.endswith("/draft.json") for key in keys(stack, f"derived/{old}/"))
    assert person.follow(last)[0]["status"] == "review"
    for meeting in (old, before, *midst, last):
        assert person.api.call("GET", f"/meetings/{meeting}/artifacts")["version"] == 1
    assert clean(stack, action="check")["ok"]


def test_a_meeting_made_while_its_client_is_cleaned_away_stays_with_its_client(stack: Stack) -> None:
    person = Person.registered(stack)
    old = str(person.process(VTT)[0]["id"])
    with ThreadPoolExecutor(max_workers=1) as pool:
        with stack.holding("CleanupFunction", "DeleteObjects") as held:
            asked = {"mode": "meetings", "scope": "client", "scope_id": person.client_id}
            cleaning = pool.submit(clean, stack, **asked, **RUN)
            held()
            new = person.meeting("New")
            person.upload(new, VTT)
        done = cleaning.result(timeout=60)
    assert (done["meetings"], done["skipped"]) == (1, 1), "the client stays"
    assert person.follow(new)[0]["status"] == "review"
    assert person.api.ask("GET", f"/meetings/{old}")[0] == 404


def test_an_age_is_a_tag_that_the_bucket_expires_and_a_hold_takes_it_off(stack: Stack) -> None:
    person = Person.registered(stack)
    meeting = person.process(VTT)[0]["id"]
    ((organization,),) = stack.rows("SELECT organization_id::text FROM meetings WHERE id = %s", meeting)
    storage, name = stack.aws("s3"), load_policy().tiers.tag

    def tags() -> set[str]:
        found = set()
        for key in keys(stack, f"meetings/{meeting}/") | keys(stack, f"derived/{meeting}/"):
            tagged = storage.get_object_tagging(Bucket=stack.bucket, Key=key)["TagSet"]
            found |= {each["Value"] for each in tagged if each["Key"] == name}
        return found

    for days, tag in ((90, {"90-days"}), (45, set()), (365, {"365-days"})):
        assert clean(stack, action="keep", data_class="transcript", days=days, organization_id=organization)["done"]
        assert tags() == tag
    rules = storage.get_bucket_lifecycle_configuration(Bucket=stack.bucket)["Rules"]
    (rule,) = [each for each in rules if each["Filter"].get("Tag") == {"Key": name, "Value": "365-days"}]
    assert rule["Expiration"]["Days"] > 365
    assert clean(stack, action="hold", meeting_id=meeting, reason="Case 12")["done"]
    assert tags() == set()
    assert clean(stack, action="release", meeting_id=meeting)["done"]
    clean(stack, mode="media", **RUN)
    assert tags() == {"365-days"}


@pytest.mark.usefixtures("stack")
def test_every_sample_event_is_answered(stack: Stack) -> None:
    for event in sorted((CHECKOUT / "events" / "cleanup").glob("*dry-run.json")):
        answer = clean(stack, **json.loads(event.read_text("utf-8")))
        assert "plan" in answer or answer["error"] == "unknown_scope", Path(event).name
