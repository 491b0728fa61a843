"""What operators are told of services and queues, what to do about them, and what is tried again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from aam.costs.ledger import book
from aam.costs.models import CostKind
from aam.costs.prices import Charge
from aam.foundation.database import DatabaseUnavailable
from aam.operations import overview
from aam.pipeline.budget import account_of
from aam.pipeline.errors import RunInProgress, StageNotReached
from aam.pipeline.models import Stage
from aam.pipeline.tasks import Task
from aam.vendor_limits.ports import Vendor
from aam.workflow.last_sweep import note_sweep
from aam_cli.diagnose import told_overview, told_queues, told_services
from tests.support.cloud import BUCKET
from tests.support.operations import NOW, World, advice
from tests.support.rows import make_scene

# ---------------------------------------------------------------- services and queues


def test_services_that_are_well(world: World) -> None:
    note_sweep(world.deps.table, now=NOW)
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
        ("OpenAI-compatible speech", False, "open"),
    ]
    assert {each["name"]: bool(each["last"]) for each in told["schedules"]} == {
        "sweep": True,
        "cleanup temp": False,
        "cleanup full": False,
        "cleanup aggressive": False,
    }


def test_services_that_answer_are_shown_although_one_does_not(world: World) -> None:
    def unavailable() -> Any:
        raise DatabaseUnavailable

    world.deps = replace(world.deps, open_transaction=unavailable)
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
        from aam.operations import services

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(services, "SLOW_S", 0.0)
            told = world.ask(action="diagnose", services=True)
    texts = [each["text"] for each in told["database"]["slow"]]
    assert any("pg_sleep" in each for each in texts)
    assert "somebody" not in json.dumps(told)


def test_queues_show_their_messages_and_the_meetings_of_dead_letters(world: World) -> None:
    run = world.begin(Stage.WRITE_ARTIFACTS)
    queues, sqs = world.deps.queues, world.deps.sqs
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


def test_an_overview_advises_no_retry_that_cannot_help(world: World) -> None:
    world.fail(world.begin(Stage.PROBE), "Silent")
    told = world.ask(action="diagnose")
    assert told["meetings"] == {"failed": 1}
    assert "aam retry --failed" not in advice(told)
    assert any(each["why"].startswith("1 meetings failed by their file") for each in told["advice"])


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
        began = """jsonb_build_object('transcribe', to_jsonb(now()))"""
        session.execute(
            text(
                "update processing_runs set status = 'failed', stage = 'write_artifacts', "
                f"stage_started = {began} || stage_started"
            )
        )
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


def test_failures_beyond_help_do_not_hide_retriable_ones(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
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
    world.deps.store.client.put_object(Bucket=BUCKET, Key=world.scene.key, Body=b"x", StorageClass="GLACIER")
    assert world.meeting()["uploads"][0]["reach"] == "archived"
    assert world.ask(**asked) == {"reach": "archived"}
