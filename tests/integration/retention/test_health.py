"""Looking: measures for the alarms, each of which is seen to turn on, missed cleanups, integrity, statistics."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from aam.foundation.operator import as_json
from aam.retention import health
from aam.retention.errors import TooMuchWouldGo
from aam.retention.handlers import CleanupSettings, check_and_catch_up, note_refusal, perform
from aam.retention.integrity import check, statistics
from aam.retention.metrics import record_failure
from aam.retention.schemas import CleanupRequest, HealthRequest, Mode, parse
from aam.store import identity
from aam.store.models import MaintenanceEntry
from tests.support.backups import leave_manifest
from tests.support.retention import World
from tests.support.template import written

SCHEDULES = "backup=cron(0 1 * * ? *);temp=cron(0 2 * * ? *);full=cron(0 3 ? * SUN *);aggressive=cron(0 4 1 * ? *)"
SETTINGS = CleanupSettings.model_validate({"CLEANUP_SCHEDULES": SCHEDULES})


def look(world: World) -> health.Health:
    return health.look(deps=world.deps, scheduled=SETTINGS.scheduled)


def measures(said: str) -> dict[str, float]:
    """The metrics in what was written, as CloudWatch reads them: name and service."""
    found = {}
    for line in said.splitlines():
        if '"_aws"' in line:
            told = json.loads(line)
            (described,) = told["_aws"]["CloudWatchMetrics"]
            assert described["Namespace"] == "AAM"
            if described["Dimensions"] == [["service"]]:
                found[described["Metrics"][0]["Name"]] = told[described["Metrics"][0]["Name"]][0]
    return found


def alarms(values: dict[str, float]) -> set[str]:
    """The alarms of the template that these values turn on."""
    resources = written()["Resources"]
    on = set()
    for name, resource in resources.items():
        if resource["Type"] == "AWS::CloudWatch::Alarm" and resource["Properties"]["Namespace"] == "AAM":
            alarm = resource["Properties"]
            assert alarm["Dimensions"] == [{"Name": "service", "Value": "aam"}]
            assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
            if values.get(alarm["MetricName"], 0) > alarm["Threshold"]:
                on.add(name)
    return on


@pytest.fixture(autouse=True)
def _metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = written()["Globals"]["Function"]["Environment"]["Variables"]
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", variables["POWERTOOLS_SERVICE_NAME"])


def test_a_clean_system_complains_of_nothing(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.clean("temp", dry_run=False)
    leave_manifest(world, hours=3)
    found = look(world)
    assert (found.ok, found.complaints) == (True, ())
    assert alarms(measures(capsys.readouterr().out)) == set()


def test_each_alarm_turns_on(world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    world.clean("temp", dry_run=False)
    world.now += timedelta(days=7, minutes=1)
    leave_manifest(world, hours=27)
    assert look(world).ok is False
    assert alarms(measures(capsys.readouterr().out)) == {"NoBackupAlarm", "NoCleanupAlarm"}
    leave_manifest(world, hours=25)
    found = look(world)
    assert found.complaints == ("no_cleanup_for_7_days",)
    assert alarms(measures(capsys.readouterr().out)) == {"NoCleanupAlarm"}
    world.clean("temp", dry_run=False)
    for prefix, limit, complaint, alarm in (
        ("temp/", 1_000_000_000, "temp_over_1_gb", "TempSizeAlarm"),
        ("logs/", 500_000_000, "logs_over_500_mb", "LogSizeAlarm"),
    ):
        capsys.readouterr()
        key = world.put(f"{prefix}large", at=world.now)
        world.store.sizes[key] = limit + 1
        assert look(world).complaints == (complaint,)
        assert alarms(measures(capsys.readouterr().out)) == {alarm}
        world.bucket.delete_prefix(prefix)
    record_failure("full")
    assert alarms(measures(capsys.readouterr().out)) == {"CleanupFailedAlarm"}


def test_the_thresholds_are_those_of_the_health_check() -> None:
    thresholds = {
        name: resource["Properties"]["Threshold"]
        for name, resource in written()["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }
    assert thresholds["NoCleanupAlarm"] == health.SILENT_HOURS
    assert thresholds["TempSizeAlarm"] == health.TEMP_LIMIT
    assert thresholds["LogSizeAlarm"] == health.LOG_LIMIT


def test_what_a_cleanup_did_is_measured_and_noted(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.put("temp/secret-name.json", size=77, at=world.ago(days=2))
    world.clean("temp", dry_run=False)
    said = capsys.readouterr().out
    told = [json.loads(line) for line in said.splitlines() if '"_aws"' in line]
    assert {key: line[key] for line in told for key in line if key in ("FreedBytes", "DeletedObjects")} == {
        "FreedBytes": [77.0],
        "DeletedObjects": [1.0],
    }
    entries = world.rows("select level, operation, result, details from maintenance_log")
    assert [entry[:3] for entry in entries] == [("INFO", "cleanup", "done")]
    assert "secret-name" not in said + str(entries), "neither logs nor the maintenance log name keys"
    old = world.ago(days=31)
    world.insert(MaintenanceEntry(level="INFO", operation="o", result="r", created_at=old))
    assert look(world).old_logs == 1
    assert world.clean("logs", dry_run=False).rows == {"maintenance_log": 1}


def test_what_nothing_refers_to_is_measured(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.meeting()
    world.put(f"meetings/{uuid4()}/x", size=77, at=world.ago(days=2))
    world.clean("full")
    assert measures(capsys.readouterr().out)["UnreferencedBytes"] == 77
    world.clean("temp")
    assert "UnreferencedBytes" not in measures(capsys.readouterr().out)


# ---------------------------------------------------------------------- missed


@pytest.mark.parametrize(
    ("hours", "missed"),
    [
        (25, ()),
        (27, (Mode.TEMP,)),
        (7 * 24 + 3, (Mode.FULL, Mode.TEMP)),
        (32 * 24, (Mode.AGGRESSIVE, Mode.FULL, Mode.TEMP)),
    ],
)
def test_what_did_not_come_is_missed(world: World, hours: int, missed: tuple[Mode, ...]) -> None:
    world.clean("aggressive", dry_run=False, no_backup=True)
    world.now += timedelta(hours=hours)
    assert look(world).missed == missed
    assert health.look(deps=world.deps, scheduled=frozenset()).missed == ()


def catch_up(world: World, settings: CleanupSettings = SETTINGS) -> Mode | None:
    request = HealthRequest(action="health", catch_up=True)
    return check_and_catch_up(request, deps=world.deps, has_time=lambda: True, settings=settings).caught_up


def test_a_missed_cleanup_is_caught_up_on_once(world: World) -> None:
    world.clean("aggressive", dry_run=False, no_backup=True)
    world.put("temp/x", at=world.ago(days=2))
    world.now += timedelta(days=9)
    refused = catch_up(world)
    assert (refused, world.found()) == (None, {"temp/x"}), "it wants a backup, as the schedule does"
    leave_manifest(world, hours=1)
    assert catch_up(world) == Mode.FULL
    assert world.found() == set()
    assert catch_up(world) is None, "full has done what temp would have"
    assert look(world).missed == ()


def test_a_missed_cleanup_waits_for_the_maintenance_window(world: World) -> None:
    world.clean("aggressive", dry_run=False, no_backup=True)
    world.now += timedelta(days=9)  # noon
    leave_manifest(world, hours=1)
    for window, caught in (("01:00-06:00", None), ("22:00-11:59", None), ("22:00-12:01", Mode.FULL)):
        settings = CleanupSettings.model_validate({"CLEANUP_SCHEDULES": SCHEDULES, "MAINTENANCE_WINDOW": window})
        assert catch_up(world, settings) == caught, window


def test_catching_up_never_overrides_the_breaker(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.clean("aggressive", dry_run=False, no_backup=True)
    for _ in range(12):
        world.put(f"meetings/{uuid4()}/x", at=world.now)
    world.now += timedelta(days=9)
    answer = check_and_catch_up(
        HealthRequest(action="health", catch_up=True), deps=world.deps, has_time=lambda: True, settings=SETTINGS
    )
    assert (answer.ok, answer.caught_up, len(world.found())) == (False, None, 12)
    assert measures(capsys.readouterr().out)["CleanupFailures"] == 1
    assert world.rows("select level, result from maintenance_log where level = 'ERROR'") == [("ERROR", "refused")]


def test_only_schedules_refusals_are_counted(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    for trigger, count in (("person", 0), ("schedule", 1)):
        request = CleanupRequest.model_validate({"mode": "full", "trigger": trigger})
        note_refusal(TooMuchWouldGo(), request, deps=world.deps)
        assert len(world.rows("select 1 from maintenance_log")) == count


def test_schedules_that_are_off_are_not_missed() -> None:
    settings = CleanupSettings.model_validate({"CLEANUP_SCHEDULES": "temp=cron(0 2 * * ? *);full=off;aggressive=off"})
    assert settings.scheduled == {Mode.TEMP}
    assert CleanupSettings.model_validate({}).scheduled == frozenset()
    assert (SETTINGS.backs_up, settings.backs_up) == (True, False)


# ---------------------------------------------------------------------- integrity and counts


def test_rows_and_objects_are_compared_both_ways(world: World) -> None:
    made = [world.meeting() for _ in range(3)]
    assert check(deps=world.deps).ok
    world.bucket.delete_prefix(made[0].key)
    world.bucket.delete_prefix(f"derived/{made[1].id}/{made[1].run_id}/transcript.json")
    stray = world.put(f"meetings/{made[2].id}/stray.mp3", at=world.ago(days=2))
    derived = world.put(f"derived/{made[2].id}/{made[1].run_id}/x.json", at=world.ago(days=2))
    world.put(f"meetings/{made[2].id}/young.mp3", at=world.ago(hours=2))
    found = check(deps=world.deps)
    assert (found.ok, found.rows_without_object, found.objects_without_row, found.waiting) == (False, 2, 2, 1)
    assert set(found.named) == {
        made[0].key,
        f"derived/{made[1].id}/{made[1].run_id}/transcript.json",
        stray,
        derived,
    }


def test_statistics_count_everything(world: World) -> None:
    world.meeting()
    world.put("temp/x", size=5)
    world.table.items["gone"] = 0
    found = statistics(deps=world.deps)
    assert (found.rows["meetings"], found.rows["utterances"], found.objects["derived/"]) == (1, 1, 6)
    assert (found.bytes["temp/"], found.runs, found.locks) == (5, {"succeeded": 1}, 1)
    assert found.database_bytes > 1_000_000


@pytest.mark.parametrize("action", ["check", "statistics", "health", "adopt"])
def test_one_door_for_all(world: World, action: str) -> None:
    request = parse({"action": action})
    answer = as_json(perform(request, deps=world.deps, has_time=lambda: True, settings=SETTINGS))
    assert answer
    with world.database.transaction() as session:
        identity.require_match(session, world.bucket)


def test_a_store_without_a_cleanup_says_so(world: World) -> None:
    assert not look(world).ever_cleaned
    world.clean("temp", dry_run=False)
    assert look(world).ever_cleaned
