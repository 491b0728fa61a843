"""What may be asked: one validated request for schedules, events and the command line."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from aam.retention.errors import BadCleanupRequest
from aam.retention.schemas import CleanupRequest, Mode, parse
from tests.support.template import ROOT, written

EVENTS = sorted((ROOT / "events" / "cleanup").glob("*.json"))
HASH = "0" * 64


@pytest.mark.parametrize("event", EVENTS, ids=lambda path: path.stem)
def test_the_sample_events_are_requests(event: Any) -> None:
    parse(json.loads(event.read_text("utf-8")))


def test_every_mode_has_a_sample() -> None:
    asked = [json.loads(event.read_text("utf-8")) for event in EVENTS]
    assert {event.get("mode") for event in asked} - {None} == set(Mode)


def test_what_is_not_said_deletes_nothing() -> None:
    for event in EVENTS:
        asked = json.loads(event.read_text("utf-8"))
        if "mode" in asked and "dry_run" not in asked:
            request = parse(asked)
            assert isinstance(request, CleanupRequest)
            assert request.dry_run


def test_the_schedules_ask_for_real_runs_and_can_be_turned_off() -> None:
    template = written()
    events = template["Resources"]["CleanUp"]["Properties"]["Events"]
    everything = [event["Properties"] for event in events.values()]
    everything.append(template["Resources"]["BackUp"]["Properties"]["Events"]["Daily"]["Properties"])
    for properties in everything:
        condition, expression, _ = properties["ScheduleExpression"]["Fn::If"]
        assert properties["State"] == {"Fn::If": [condition, "ENABLED", "DISABLED"]}
        assert template["Conditions"][condition] == {"Fn::Not": [{"Fn::Equals": [expression, "off"]}]}
        assert properties["ScheduleExpressionTimezone"] == {"Ref": "ScheduleTimezone"}
    for event in events.values():
        said = event["Properties"]["Input"]
        condition, backed_up, not_backed_up = said["Fn::If"] if isinstance(said, dict) else ("BacksUp", said, said)
        assert condition == "BacksUp"
        for text, may_do_without in ((backed_up, False), (not_backed_up, True)):
            request = parse(json.loads(text))
            if isinstance(request, CleanupRequest):
                assert (request.dry_run, request.trigger) == (False, "schedule")
                assert request.no_backup == (may_do_without and request.wants_backup)
    ours = ("Backup", "Cleanup")
    shipped = {
        name: each["Default"]
        for name, each in template["Parameters"].items()
        if "Schedule" in name and any(part in name for part in ours)
    }
    assert shipped == {
        "BackupSchedule": "cron(0 1 * * ? *)",
        "TempCleanupSchedule": "cron(0 2 * * ? *)",
        "FullCleanupSchedule": "cron(0 3 ? * SUN *)",
        "AggressiveCleanupSchedule": "cron(0 4 1 * ? *)",
        "CleanupHealthSchedule": "rate(1 hour)",
    }


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({}, "mode: Field required"),
        ({"mode": "everything"}, "mode: Input should be"),
        ({"mode": "temp", "dry_run": "perhaps"}, "dry_run: "),
        ({"mode": "temp", "x": 1}, "x: Extra inputs"),
        ({"mode": "temp", "older_than_hours": -1}, "older_than_hours: "),
        ({"mode": "media", "older_than_hours": 1}, "Older_than_hours is for the modes temp and meetings"),
        ({"mode": "full", "scope": "client"}, "Scope_id names"),
        ({"mode": "full", "scope_id": str(uuid4())}, "Scope_id names"),
        ({"mode": "cache", "scope": "client", "scope_id": str(uuid4())}, "Logs, cache and locks are shared by all"),
        ({"mode": "temp", "confirm": HASH}, "Confirm executes a plan"),
        ({"mode": "temp", "confirm": "abc", "dry_run": False}, "confirm: "),
        ({"mode": "temp", "allow": ["everything"]}, "allow"),
        ({"action": "explode"}, "action must be one of"),
        ({"action": ["hold"]}, "action must be one of"),
        ({"action": "continue"}, "run_id: Field required"),
        ({"action": "hold", "reason": "r"}, "Name one client_id"),
        ({"action": "hold", "client_id": str(uuid4())}, "A hold needs a reason"),
        ({"action": "keep", "organization_id": str(uuid4()), "data_class": "smell", "days": 1}, "data_class: "),
    ],
)
def test_a_bad_request_is_refused_with_one_sentence(event: dict[str, Any], said: str) -> None:
    with pytest.raises(BadCleanupRequest) as refused:
        parse(event)
    assert refused.value.detail.startswith(said)
    asked_to_change = event.get("action") in ("hold", "keep")
    assert refused.value.detail.endswith(f"; nothing was {'changed' if asked_to_change else 'deleted'}.")
    assert "\n" not in refused.value.detail


def test_full_is_made_of_the_others() -> None:
    assert Mode.AGGRESSIVE.parts == Mode.FULL.parts | {Mode.CACHE}
    assert Mode.MEETINGS not in Mode.AGGRESSIVE.parts
