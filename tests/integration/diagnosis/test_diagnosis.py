"""What operators are told: a meeting's history, services, queues, and what to do about each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from moto import mock_aws
from sqlalchemy import text

from aam.costs.ledger import book
from aam.costs.models import CostKind
from aam.costs.prices import Charge
from aam.diagnosis import overview
from aam.diagnosis.dispatch import perform
from aam.diagnosis.errors import BadRepairRequest, MeetingUnknown
from aam.diagnosis.requests import parse
from aam.diagnosis.tools import Tools
from aam.erasure.models import Erasure, ErasureState, SubjectKind
from aam.foundation.clock import new_id
from aam.foundation.database import DatabaseUnavailable
from aam.foundation.settings import load
from aam.foundation.state_table import StateTable
from aam.foundation.storage import ObjectStore
from aam.foundation.vendor_keys import StoredKeys
from aam.pipeline import runs
from aam.pipeline.budget import account_of
from aam.pipeline.ending import fail_run
from aam.pipeline.errors import RunInProgress, StageNotReached
from aam.pipeline.models import ProcessingRun, Stage, WaitingReason
from aam.pipeline.schemas import RunInput
from aam.pipeline.start import ReceivedObject, start_from_notification
from aam.pipeline.sweeps import note_sweep
from aam.pipeline.tasks import Task
from aam.retention import rows as retention_rows
from aam.retention.holds import hold, release
from aam.retention.marking import mark
from aam.retention.models import CleanupRun, LegalHold, RunState
from aam.retention.schemas import HoldRequest
from aam.vendors.claims import Claims
from aam.vendors.claims import Stage as PaidStage
from aam.vendors.gate_state import GateState
from aam.vendors.ports import Vendor
from aam_cli.diagnose import told_gone, told_meeting, told_overview, told_queues, told_services
from tests.support.cloud import BUCKET, TABLE, kept_client
from tests.support.postgres import Database, emptied, fresh_database
from tests.support.rows import Scene, make_scene

NOW = datetime.now(UTC)


class World:
    """A meeting, and the function's tools; AWS is moto's."""

    def __init__(self, database: Database) -> None:
        self.database, self.scene = database, make_scene(database)
        self.started: list[ProcessingRun] = []
        s3, sqs, dynamodb = (kept_client(name, region_name="us-east-1") for name in ("s3", "sqs", "dynamodb"))
        s3.create_bucket(Bucket=BUCKET)
        dynamodb.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        names = ("processing", "transcription", "artifacts")
        urls = {
            name: tuple(sqs.create_queue(QueueName=f"{name}{end}")["QueueUrl"] for end in ("", "-dead"))
            for name in names
        }
        self.tools = Tools(
            store=ObjectStore(s3, BUCKET),
            open_transaction=database.transaction,
            table=StateTable(dynamodb, TABLE),
            sqs=sqs,
            queues=urls,  # type: ignore[arg-type]
            look_up=lambda _arn: "running",
            start_execution=self.started.append,
            stored_keys=lambda: StoredKeys(deepgram=True, openai=False),
            clock=lambda: NOW,
        )

    def ask(self, **event: Any) -> Any:
        return perform(parse(event), tools=self.tools)

    def meeting(self) -> Any:
        return self.ask(action="diagnose", meeting_id=str(self.scene.meeting_id))

    def begin(self, stage: Stage | None = None) -> RunInput:
        self.tools.store.write(self.scene.key, b"x" * 10, content_type="text/vtt")
        run_id = start_from_notification(
            ReceivedObject(bucket=BUCKET, key=self.scene.key, size=10, etag="e"),
            correlation_id="c",
            open_transaction=self.database.transaction,
            start_execution=lambda _run: None,
            delete_object=lambda _key: None,
            now=NOW,
        )
        assert run_id is not None
        if stage is not None:
            with self.database.transaction() as session:
                runs.begin_stage(session, run_id=run_id, stage=stage, now=NOW - timedelta(minutes=2))
        scene: Scene = self.scene
        return RunInput(
            run_id=run_id,
            meeting_id=scene.meeting_id,
            organization_id=scene.organization_id,
            upload_id=scene.upload_id,
            correlation_id="c",
        )

    def fail(self, run: RunInput, name: str = "") -> None:
        fail_run(run_id=run.run_id, error_name=name, cause="", open_transaction=self.database.transaction, now=NOW)


@pytest.fixture(scope="module")
def shared(postgres_port: int) -> Iterator[Database]:
    with fresh_database(postgres_port, "diagnosis") as made:
        yield made


@pytest.fixture
def database(shared: Database) -> Iterator[Database]:
    with emptied(shared) as made:
        yield made


@pytest.fixture
def world(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("STATE_MACHINE_ARN", "arn:aws:states:us-east-1:000000000000:stateMachine:aam")
    load.cache_clear()
    with mock_aws():
        yield World(database)
    load.cache_clear()


def advice(answer: Any) -> list[str | None]:
    return [each["command"] for each in answer["advice"]]


# ---------------------------------------------------------------- one meeting


def test_a_meeting_without_anything(world: World) -> None:
    told = world.meeting()
    assert (told["status"], told["runs"], told["errors"]) == ("created", [], [])
    assert told["uploads"][0]["status"] == "pending"
    assert "not finished" in told["advice"][0]["why"]


def test_a_failed_meeting_says_where_and_how_to_go_on(world: World) -> None:
    run = world.begin(Stage.WRITE_ARTIFACTS)
    stage = PaidStage(run.run_id, "artifacts")
    claims = Claims(world.tools.table)
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
    gate = GateState(closed_until=at + 90, faults=3, closings=1)
    world.tools.table.write("gate#deepgram", {"document": gate.model_dump_json()}, expires_at=int(at) + 999)
    Claims(world.tools.table).claim(PaidStage(run.run_id, "transcription"), "w", task_token="t", until=at + 60, now=at)
    told = world.meeting()
    assert told["runs"][0]["tasks"][0]["state"] == "worked on"
    said = " ".join(told["waits"])
    assert "It is in transcribe since" in said
    assert "Nothing is asked of deepgram for another 90 s" in said


def test_a_run_without_budget_an_execution_that_is_gone_and_a_hold(world: World) -> None:
    run = world.begin(Stage.PROBE)
    world.tools = replace(world.tools, look_up=lambda _arn: "missing")
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
        with pytest.raises(BadRepairRequest, match="nothing was changed"):
            parse(event)
    with pytest.raises(BadRepairRequest, match="Name one of"):
        parse({"action": "diagnose", "services": True, "queue": True})


def leave(world: World) -> str:
    """The meeting's rows go, as they do whatever deletes it; its id."""
    with world.database.transaction() as session:
        mark(session, [world.scene.meeting_id], now=NOW)
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
        world.tools.sqs.send_message(QueueUrl=world.tools.queues["artifacts"][1], MessageBody=body)
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
    assert told["departure"]["by"] == "somebody who deleted it over the API"
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


# ---------------------------------------------------------------- services and queues


def test_services_that_are_well(world: World) -> None:
    note_sweep(world.tools.table, now=NOW)
    told = world.ask(action="diagnose", services=True)
    assert told["status"] == "ok", told
    assert set(told["checks"].values()) == {"ok"}
    database = told["database"]
    assert database["revision"] == database["newest_revision"]
    assert database["size_bytes"] > 1_000_000
    assert 0 < database["connections"] < database["connections_most"]
    assert any("connections" in line for line in told_services({**told, "stack": {}}))
    assert [(vendor["vendor"], vendor["has_key"], vendor["state"]) for vendor in told["vendors"]] == [
        ("Deepgram", True, "open"),
        ("OpenAI", False, "open"),
    ]
    assert {each["name"]: bool(each["last"]) for each in told["schedules"]} == {
        "sweep": True,
        "cleanup temp": False,
        "cleanup full": False,
        "cleanup aggressive": False,
    }


def test_what_does_not_answer_keeps_nobody_from_looking_at_the_rest(world: World) -> None:
    def unavailable() -> Any:
        raise DatabaseUnavailable

    world.tools = replace(world.tools, open_transaction=unavailable)
    told = world.ask(action="diagnose", services=True)
    assert told["status"] == "error"
    assert (told["checks"]["database"], told["checks"]["bucket"]) == ("error", "ok")
    assert told["database"] is None
    assert any("No sweep" in each["why"] for each in told["advice"])
    around = world.ask(action="diagnose")
    assert (around["checks"]["database"], around["meetings"], len(around["queues"])) == ("error", {}, 3)


def test_a_statement_that_takes_long_is_shown_without_its_values(world: World) -> None:
    with world.database.engine.connect() as slow:
        slow.execute(text("select set_config('application_name', :secret, false)"), {"secret": "what somebody said"})
        slow.execute(text("select pg_sleep(0)"))
        from aam.diagnosis import services

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(services, "SLOW_S", 0.0)
            told = world.ask(action="diagnose", services=True)
    texts = [each["text"] for each in told["database"]["slow"]]
    assert any("pg_sleep" in each for each in texts)
    assert "somebody" not in json.dumps(told)


def test_queues_say_what_is_in_them_and_letters_whom_they_are_about(world: World) -> None:
    run = world.begin(Stage.WRITE_ARTIFACTS)
    queues, sqs = world.tools.queues, world.tools.sqs
    task = Task(run=run, task_token="a secret token").model_dump_json()
    event = {"requestPayload": {"Records": [{"s3": {"object": {"key": world.scene.key}}}]}}
    sqs.send_message(QueueUrl=queues["artifacts"][0], MessageBody=task)
    for name, body in {"artifacts": task, "processing": json.dumps(event), "transcription": "nonsense"}.items():
        sqs.send_message(QueueUrl=queues[name][1], MessageBody=body)
    told = world.ask(action="diagnose", queue=True)
    found = {queue["name"]: queue for queue in told["queues"]}
    assert (found["artifacts"]["waiting"], found["artifacts"]["oldest_s"]) == (1, 120)
    letters = {name: queue["letters"][0] for name, queue in found.items()}
    assert letters["artifacts"]["run_id"] == str(run.run_id)
    assert letters["processing"]["meeting_id"] == str(world.scene.meeting_id)
    assert letters["transcription"]["meeting_id"] is None
    assert advice(told) == ["aam logs StartProcessing", "aam retry --failed", "aam retry --failed"]
    assert any(f"run {run.run_id}, received" in line for line in told_queues(told))
    said = json.dumps(told)
    assert "secret" not in said
    assert "meetings/" not in said


def test_an_overview_counts_and_says_what_deserves_attention(world: World) -> None:
    world.fail(world.begin(Stage.PROBE))
    told = world.ask(action="diagnose")
    assert told["meetings"] == {"failed": 1}
    assert told["unread_errors"] == {"step_failed": 1}
    assert "errors today   1 × step_failed" in list(told_overview(told))
    assert "aam retry --failed" in advice(told)
    assert told["checks"]["database"] == "ok"


# ---------------------------------------------------------------- trying again


def test_a_retry_says_where_it_begins_and_what_is_paid_again(world: World) -> None:
    run = world.begin(Stage.WRITE_ARTIFACTS)
    world.fail(run)
    asked = {"action": "retry", "meeting_id": str(world.scene.meeting_id)}
    with pytest.raises(StageNotReached):
        world.ask(**asked, from_stage="finish")
    told = world.ask(**asked)
    assert (told["from_stage"], told["paid_again"]) == ("write_artifacts", [])
    with pytest.raises(RunInProgress):
        world.ask(**asked)
    with world.database.transaction() as session:
        session.execute(text("update processing_runs set status = 'failed', stage = 'write_artifacts'"))
    told = world.ask(**asked, from_stage="transcribe")
    assert (told["from_stage"], told["paid_again"]) == ("transcribe", []), "nobody was paid"
    charge = Charge(vendor=Vendor.DEEPGRAM, model="nova-3", usd=None, partial=False)
    with world.database.transaction() as session:
        session.execute(text("update processing_runs set status = 'failed', stage = 'write_artifacts'"))
        book(session, [charge], to=account_of(run), kind=CostKind.ACTUAL, now=NOW)
    told = world.ask(**asked, from_stage="transcribe")
    assert (told["from_stage"], told["paid_again"]) == ("transcribe", ["deepgram"])
    assert [run.from_stage for run in world.started] == ["write_artifacts", "transcribe", "transcribe"]


def test_the_failed_are_listed_with_whether_a_retry_can_help(world: World) -> None:
    world.fail(world.begin(Stage.PROBE), "Silent")
    told = world.ask(action="failed")
    assert [(each["code"], each["helps"], each["stage"]) for each in told["meetings"]] == [
        ("silent_recording", False, "probe")
    ]
    assert (told["after"], told["beyond_help"]) == (None, 1)


def test_those_that_no_retry_can_help_hide_nobody_and_each_has_its_turn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "FAILED_MOST", 2)
    monkeypatch.setattr(overview, "LOST_MOST", 1)
    scenes = []
    for minute, code in enumerate(("step_failed", None, "timed_out", "silent_recording", "silent_recording")):
        world.scene = make_scene(world.database)
        world.fail(world.begin(Stage.PROBE))
        scenes.append(str(world.scene.meeting_id))
        with world.database.transaction() as session:
            session.execute(
                text("update processing_runs set failure_code = :code, finished_at = :at where meeting_id = :id"),
                {"code": code, "at": NOW + timedelta(minutes=minute), "id": world.scene.meeting_id},
            )
    told = world.ask(action="failed")
    assert [(each["meeting_id"], each["code"], each["helps"]) for each in told["meetings"]] == [
        (scenes[0], "step_failed", True),
        (scenes[1], "step_failed", True),
        (scenes[4], "silent_recording", False),
    ]
    assert (told["after"], told["beyond_help"]) == (scenes[1], 2)
    told = world.ask(action="failed", after=told["after"])
    assert ([each["meeting_id"] for each in told["meetings"]], told["after"]) == ([scenes[2]], None)


def test_a_recording_is_brought_back_from_the_archive(world: World) -> None:
    world.begin()
    asked = {"action": "restore", "meeting_id": str(world.scene.meeting_id)}
    assert world.ask(**asked) == {"reach": "readable"}
    world.tools.store.client.put_object(Bucket=BUCKET, Key=world.scene.key, Body=b"x", StorageClass="GLACIER")
    assert world.meeting()["uploads"][0]["reach"] == "archived"
    assert world.ask(**asked) == {"reach": "archived"}
