"""What operators are told of one meeting: its history, what it waits for, what to do, and how it went."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from aam.deletion import rows as retention_rows
from aam.deletion.errors import MeetingUnknown
from aam.deletion.legal_holds import hold, release
from aam.deletion.models import LegalHold
from aam.deletion.schemas import HoldRequest
from aam.deletion.tombstones import place_tombstones
from aam.erasure.models import Erasure, ErasureState
from aam.foundation.clock import new_id
from aam.operations.errors import BadOperationsRequest
from aam.operations.requests import parse
from aam.pipeline import runs
from aam.pipeline.models import Stage, WaitingReason
from aam.pipeline.tasks import Task
from aam.redaction.schemas import SubjectKind
from aam.retention.models import CleanupRun, RunState
from aam.vendor_limits.limiter_state import LimiterState
from aam.vendor_limits.task_claims import Stage as PaidStage
from aam.vendor_limits.task_claims import TaskClaims
from aam_cli.diagnose import told_gone, told_meeting
from tests.support.operations import NOW, World, advice


def test_a_meeting_without_anything(world: World) -> None:
    told = world.meeting()
    assert (told["status"], told["runs"], told["errors"]) == ("created", [], [])
    assert told["uploads"][0]["status"] == "pending"
    assert "not finished" in told["advice"][0]["why"]


def test_a_failed_meeting_says_where_and_how_to_go_on(world: World) -> None:
    run = world.begin(Stage.WRITE_ARTIFACTS)
    stage = PaidStage(run.run_id, "artifacts")
    claims = TaskClaims(world.deps.table)
    claims.claim(stage, "w", task_token="t", until=1.0, now=0.0)
    claims.fail(stage, "WorkerDied", "It died.", now=1.0)
    world.fail(run)
    told = world.meeting()
    assert told["uploads"][0]["reach"] == "readable"
    (shown,) = told["runs"]
    assert (shown["status"], shown["stage"], shown["failure_code"], shown["execution"]) == (
        "failed",
        "write_artifacts",
        "step_failed",
        "running",
    )
    assert [(task["stage"], task["state"], task["failed"]) for task in shown["tasks"]] == [
        ("write_artifacts", "failed", "WorkerDied")
    ]
    assert [(error["code"], error["attempt"]) for error in told["errors"]] == [("step_failed", 1)]
    assert advice(told) == [f"aam retry --meeting {world.scene.meeting_id}"]
    assert world.scene.key not in json.dumps(told), "keys of objects are nobody's business"
    screen = list(told_meeting(told))
    assert len(screen) < 24
    assert any("failed at write_artifacts (step_failed)" in line for line in screen)


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("EngineCredentialsRefused", "aam keys set"),
        ("Silent", None),
        ("ResultsGone", "aam retry --meeting {} --from probe"),
    ],
)
def test_what_to_do_depends_on_what_failed(world: World, name: str, command: str | None) -> None:
    world.fail(world.begin(Stage.PROBE), name)
    first = advice(world.meeting())[0]
    assert first == (command.format(world.scene.meeting_id) if command else None)


def test_a_run_under_way_says_what_it_waits_for(world: World) -> None:
    run = world.begin(Stage.TRANSCRIBE)
    at = NOW.timestamp()
    limiter = LimiterState(closed_until=at + 90, faults=3, closings=1)
    world.deps.table.write("gate#deepgram", {"document": limiter.model_dump_json()}, expires_at=int(at) + 999)
    TaskClaims(world.deps.table).claim(
        PaidStage(run.run_id, "transcription"), "w", task_token="t", until=at + 60, now=at
    )
    told = world.meeting()
    assert told["runs"][0]["tasks"][0]["state"] == "worked on"
    said = " ".join(told["waits"])
    assert "It is in transcribe since" in said
    assert "Nothing is asked of deepgram for another 90 s" in said


def test_a_run_without_budget_an_execution_that_is_gone_and_a_hold(world: World) -> None:
    run = world.begin(Stage.PROBE)
    world.deps = replace(world.deps, look_up=lambda _arn: "missing")
    assert "Its execution is gone" in world.meeting()["advice"][0]["why"]
    with world.database.transaction() as session:
        runs.park(session, run_id=run.run_id, reason=WaitingReason.BUDGET_EXCEEDED)
        session.add(
            LegalHold(
                id=new_id(),
                organization_id=world.scene.organization_id,
                client_id=world.scene.client_id,
                reason="Case 12",
            )
        )
    told = world.meeting()
    assert told["holds"] == ["Case 12"]
    assert advice(told) == ["aam cost budget", f"aam hold end --meeting {world.scene.meeting_id}"]


def test_an_unknown_meeting_and_nonsense_are_refused_by_name(world: World) -> None:
    with pytest.raises(MeetingUnknown):
        world.ask(action="diagnose", meeting_id=str(new_id()))
    for event in ({}, {"action": "everything"}, {"action": "retry"}, {"action": "diagnose", "wrong": 1}):
        with pytest.raises(BadOperationsRequest, match="nothing was changed"):
            parse(event)
    with pytest.raises(BadOperationsRequest, match="Name one of"):
        parse({"action": "diagnose", "services": True, "queue": True})


def leave(world: World) -> str:
    """The meeting's rows go, as they do whatever deletes it; its id."""
    with world.database.transaction() as session:
        place_tombstones(session, [world.scene.meeting_id], now=NOW)
        retention_rows.delete(session, "meetings", [world.scene.meeting_id], now=NOW)
    return str(world.scene.meeting_id)


def cleanup(scope: str, mode: str = "meetings") -> CleanupRun:
    return CleanupRun(
        id=new_id(),
        created_at=NOW - timedelta(seconds=5),
        mode=mode,
        scope=scope,
        trigger="person",
        plan_hash="h",
        state=RunState.DONE,
        lease_until=NOW,
        finished_at=NOW + timedelta(seconds=5),
    )


def erasure(world: World, kind: SubjectKind, subject_id: UUID) -> Erasure:
    return Erasure(
        id=new_id(),
        organization_id=world.scene.organization_id,
        created_at=NOW - timedelta(seconds=5),
        subject_kind=kind,
        subject_id=subject_id,
        trigger="person",
        state=ErasureState.ERASED,
        lease_until=NOW,
        erased_at=NOW + timedelta(seconds=5),
    )


def test_a_hold_that_ended_a_retry_and_a_dead_letter_belong_to_a_meetings_history(world: World) -> None:
    run = world.begin(Stage.WRITE_ARTIFACTS)
    world.fail(run)
    world.ask(action="retry", meeting_id=str(world.scene.meeting_id))
    world.fail(run.model_copy(update={"run_id": world.started[0].id}))
    held = HoldRequest(action="hold", client_id=world.scene.client_id, reason="Case 12")
    with world.database.transaction() as session:
        hold(session, held)
        release(session, HoldRequest(action="release", client_id=world.scene.client_id))
    for each in (run, run.model_copy(update={"meeting_id": new_id()})):
        body = Task(run=each, task_token="t").model_dump_json()
        world.deps.sqs.send_message(QueueUrl=world.deps.queues["artifacts"][1], MessageBody=body)
    told = world.meeting()["traces"]
    assert [(line["operation"], line["result"]) for line in told["log"]] == [
        ("hold", "ended"),
        ("hold", "placed"),
        ("retry", "begun"),
    ]
    assert {queue: [letter["run_id"] for letter in letters] for queue, letters in told["letters"].items()} == {
        "artifacts": [str(run.run_id)]
    }


def test_a_meeting_that_a_person_deleted_says_when_it_went(world: World) -> None:
    with world.database.transaction() as session:  # at work at that moment, and not the reason
        session.add_all((cleanup(f"meeting:{new_id()}"), cleanup("all", "temp")))
        session.add(erasure(world, SubjectKind.USER, new_id()))
    leave(world)
    told = world.meeting()
    assert datetime.fromisoformat(told["departure"]["gone_at"]) == NOW
    assert told["departure"]["by"] == "a user, over the API"
    assert any("gone       " in line for line in told_gone(told))


def test_a_meeting_that_was_cleaned_up_or_erased_says_by_what(world: World) -> None:
    run, all_of_them = cleanup(f"meeting:{leave(world)}"), cleanup("all")
    own = erasure(world, SubjectKind.MEETING, world.scene.meeting_id)
    of_client = erasure(world, SubjectKind.CLIENT, world.scene.client_id)
    for cause, by in (
        (of_client, f"most likely the erasure {of_client.id} of a client"),
        (all_of_them, f"most likely the cleanup {all_of_them.id} (all)"),
        (run, f"the cleanup {run.id} (meeting:{world.scene.meeting_id})"),
        (own, f"the erasure {own.id}"),
    ):
        with world.database.transaction() as session:
            session.add(cause)
        assert world.meeting()["departure"]["by"] == by
    with world.database.transaction() as session:
        session.execute(text("delete from meeting_tombstones"))
    told = world.meeting()
    assert (told["departure"], [each["state"] for each in told["traces"]["erasures"]]) == (None, ["erased"])
