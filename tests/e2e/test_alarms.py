"""Each alarm turns on in CloudWatch itself, by what the deployed functions have measured and how they failed.

The emulator evaluates alarms and counts what functions fail; it neither reads measures out of logs nor counts
executions and messages, so this file brings those over, as AWS does.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aam_fakes.scripted_server import Asked, FakeServer, Reply, served
from tests.support.stack import Stack
from tests.support.template import written

MEASURED = ("NoCleanupAlarm", "TempSizeAlarm", "LogSizeAlarm", "NoBackupAlarm", "CleanupFailedAlarm")
COUNTED = {
    "CleanupExecutionsAlarm": "CleanUp",
    "SweepFailedAlarm": "SweepFunction",
    "ErasureFailedAlarm": "ErasureFunction",
    "ProcessingDeadLettersAlarm": "ProcessingDeadLetters",
    "TranscriptionDeadLettersAlarm": "TranscriptionDeadLetters",
    "ArtifactsDeadLettersAlarm": "ArtifactsDeadLetters",
}
"""Alarms of what AWS counts, and of which resource; of state machines, functions and queues."""

XML = {"content-type": "application/xml"}
LISTED = "<Contents><Key>{prefix}large</Key><Size>{size}</Size><LastModified>{at}</LastModified></Contents>"


class Heap(FakeServer):
    """A store that lists one object under each of some prefixes, larger than this machine could hold, and no backup."""

    def __init__(self, sizes: dict[str, int]) -> None:
        super().__init__()
        at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        self.listed = {prefix: LISTED.format(prefix=prefix, size=size, at=at) for prefix, size in sizes.items()}

    def default_reply(self, asked: Asked) -> Reply:
        """Listings, and that there are no versions."""
        if "versioning" in asked.query:
            return Reply(raw=b"<VersioningConfiguration/>", headers=XML)
        found = self.listed.get(asked.query.get("prefix", [""])[0], "")
        return Reply(
            raw=f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>".encode(), headers=XML
        )


def alarm(stack: Stack, name: str) -> dict[str, Any]:
    (found,) = stack.aws("cloudwatch").describe_alarms(AlarmNames=[stack.resources[name]])["MetricAlarms"]
    described: dict[str, Any] = found
    return described


def told(stack: Stack, since_ms: int) -> Iterator[dict[str, Any]]:
    """What the function has measured since then, out of its log, as put_metric_data takes it."""
    group = f"/aws/lambda/{stack.functions['CleanupFunction']}"
    events = stack.aws("logs").filter_log_events(logGroupName=group, startTime=since_ms)["events"]
    for line in (line for event in events for line in event["message"].splitlines() if '"_aws"' in line):
        said = json.loads(line[line.index("{") :])
        for described in said["_aws"]["CloudWatchMetrics"]:
            for names in described["Dimensions"]:
                for metric in described["Metrics"]:
                    value = said[metric["Name"]]
                    yield {
                        "MetricName": metric["Name"],
                        "Unit": metric["Unit"],
                        "Value": value[0] if isinstance(value, list) else value,
                        "Dimensions": [{"Name": name, "Value": said[name]} for name in names],
                    }


def measure(stack: Stack, **asked: Any) -> Any:
    """Ask the function, and bring what it measured to CloudWatch; its answer."""
    since = int(time.time() * 1000)
    answer, failed = stack.invoke("CleanupFunction", asked)
    assert not failed, answer
    data: list[dict[str, Any]] = []

    def said() -> bool:
        data[:] = told(stack, since)
        return bool(data)

    stack.until(said, "measures in the log")
    alarms = {each["MetricName"]: each for each in (alarm(stack, name) for name in MEASURED)}
    for each in data:
        if each["MetricName"] in alarms:
            assert each["Dimensions"] == alarms[each["MetricName"]]["Dimensions"], "or CloudWatch would not count it"
            stack.aws("cloudwatch").put_metric_data(Namespace="AAM", MetricData=[each])
    return answer


@pytest.fixture(scope="module")
def quiet(stack: Stack) -> None:
    """All is well at first, and no alarm is on."""
    measure(stack, mode="temp", dry_run=False)
    assert measure(stack, action="health")["complaints"] == []
    assert [alarm(stack, name)["StateValue"] for name in MEASURED[:4]] == ["OK"] * 4


@pytest.mark.usefixtures("quiet")
def test_they_are_the_templates(stack: Stack) -> None:
    for name in (*MEASURED, *COUNTED):
        found, wanted = alarm(stack, name), written()["Resources"][name]["Properties"]
        for key in ("Namespace", "MetricName", "Statistic", "Period", "Threshold", "ComparisonOperator"):
            assert found[key] == wanted[key], (name, key)


@pytest.mark.usefixtures("quiet")
def test_too_much_lies_around_and_a_day_has_no_backup(stack: Stack) -> None:
    """Where there is no backup at all, it is the store's own age that counts."""
    stack.rows("UPDATE store_identity SET created_at = created_at - interval '27 hours'")
    large = {"temp/": 1_000_000_001, "logs/": 500_000_001}
    with served(Heap(large)) as store, stack.changed("CleanupFunction", STORAGE_ENDPOINT=store.url):
        assert measure(stack, action="health")["complaints"] == ["temp_over_1_gb", "logs_over_500_mb"]
    for name in ("TempSizeAlarm", "LogSizeAlarm", "NoBackupAlarm"):
        assert alarm(stack, name)["StateValue"] == "ALARM", name


@pytest.mark.usefixtures("quiet")
def test_nothing_was_cleaned_for_a_week(stack: Stack) -> None:
    for table, column in (("store_identity", "created_at"), ("cleanup_runs", "finished_at")):
        stack.rows(f"UPDATE {table} SET {column} = {column} - interval '8 days'")
    assert measure(stack, action="health")["complaints"] == ["no_cleanup_for_7_days"]
    assert alarm(stack, "NoCleanupAlarm")["StateValue"] == "ALARM"
    measure(stack, mode="temp", dry_run=False)
    assert measure(stack, action="health")["complaints"] == []


@pytest.mark.usefixtures("quiet")
def test_a_schedule_was_refused(stack: Stack) -> None:
    nobody = {"scope": "client", "scope_id": "01930000-0000-7000-8000-0000000000f0"}
    refused = measure(stack, mode="full", dry_run=False, trigger="schedule", **nobody)
    assert refused["error"] == "unknown_scope", "whether or not a schedule has made a backup by now"
    assert alarm(stack, "CleanupFailedAlarm")["StateValue"] == "ALARM"


def count(stack: Stack, name: str, dimension: str) -> str:
    """Count one more of what an alarm looks at, as AWS does for the resource it is about; the alarm's state then."""
    described, resource = alarm(stack, name), stack.resources[COUNTED[name]]
    of_it = [{"Name": dimension, "Value": resource.rpartition("/")[2] if dimension == "QueueName" else resource}]
    assert described["Dimensions"] == of_it, "or CloudWatch would not count it"
    counted = {"MetricName": described["MetricName"], "Value": 1, "Unit": "Count", "Dimensions": of_it}
    stack.aws("cloudwatch").put_metric_data(Namespace=described["Namespace"], MetricData=[counted])
    return str(alarm(stack, name)["StateValue"])


def test_an_execution_did_not_come_to_its_end(stack: Stack) -> None:
    machine, arn = stack.aws("stepfunctions"), stack.state.outputs["CleanupMachineArn"]
    begun = machine.start_execution(stateMachineArn=arn, input='{"mode": "nonsense"}')["executionArn"]
    stack.until(lambda: machine.describe_execution(executionArn=begun)["status"] == "FAILED", "the refusal")
    assert count(stack, "CleanupExecutionsAlarm", "StateMachineArn") == "ALARM"


@contextlib.contextmanager
def without(stack: Stack, table: str) -> Iterator[None]:
    """A database that lacks a table, for a moment."""
    stack.rows(f"ALTER TABLE {table} RENAME TO {table}_away")
    try:
        yield
    finally:
        stack.rows(f"ALTER TABLE {table}_away RENAME TO {table}")


@pytest.mark.parametrize(
    ("name", "table", "asked"),
    [("SweepFailedAlarm", "upload_blobs", {}), ("ErasureFailedAlarm", "erasures", {"action": "sweep"})],
)
def test_a_sweep_fails_and_no_repeat_mends_it(stack: Stack, name: str, table: str, asked: dict[str, str]) -> None:
    """A schedule's call is repeated twice.

    The emulator counts these errors itself, and looks at its alarms when somebody tells a measure, whichever.
    """
    function, described, watch = COUNTED[name], alarm(stack, name), stack.aws("cloudwatch")
    assert described["Dimensions"] == [{"Name": "FunctionName", "Value": stack.functions[function]}]
    with without(stack, table):
        for _ in range(3):
            answer, failed = stack.invoke(function, asked)
            assert failed, answer
    now = datetime.now(UTC)
    points = watch.get_metric_statistics(
        **{key: described[key] for key in ("Namespace", "MetricName", "Dimensions")},
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(minutes=1),
        Period=7200,
        Statistics=["Sum"],
    )["Datapoints"]
    assert sum(point["Sum"] for point in points) >= 3
    watch.put_metric_data(Namespace="Tests", MetricData=[{"MetricName": "Looked", "Value": 1}])
    assert alarm(stack, name)["StateValue"] == "ALARM"
    answer, failed = stack.invoke(function, asked)
    assert not failed, answer


@pytest.mark.parametrize("name", [name for name in COUNTED if "DeadLetters" in name])
def test_a_message_was_given_up(stack: Stack, name: str) -> None:
    assert count(stack, name, "QueueName") == "ALARM"
