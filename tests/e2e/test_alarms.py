"""Each alarm of cleanups turns on in CloudWatch itself, by what the deployed function has measured.

The emulator evaluates alarms and does not read measures out of logs, so this file brings them over, as CloudWatch does.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from aam_fakes.scripted_server import Asked, FakeServer, Reply, served
from tests.support.stack import Stack
from tests.support.template import written

ALARMS = ("NoCleanupAlarm", "TempSizeAlarm", "LogSizeAlarm", "CleanupFailedAlarm", "CleanupExecutionsAlarm")
XML = {"content-type": "application/xml"}
LISTED = "<Contents><Key>{prefix}large</Key><Size>{size}</Size><LastModified>{at}</LastModified></Contents>"


class Heap(FakeServer):
    """A store that lists one object under a prefix, larger than this machine could hold."""

    def __init__(self, prefix: str, size: int) -> None:
        super().__init__()
        at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        self.prefix, self.listed = prefix, LISTED.format(prefix=prefix, size=size, at=at)

    def improvised(self, asked: Asked) -> Reply:
        """Listings, and that there are no versions."""
        if "versioning" in asked.query:
            return Reply(raw=b"<VersioningConfiguration/>", headers=XML)
        found = self.listed if asked.query.get("prefix") == [self.prefix] else ""
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
    alarms = {each["MetricName"]: each for each in (alarm(stack, name) for name in ALARMS)}
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
    assert [alarm(stack, name)["StateValue"] for name in ALARMS[:3]] == ["OK"] * 3


@pytest.mark.usefixtures("quiet")
def test_they_are_the_templates(stack: Stack) -> None:
    for name in ALARMS:
        found, wanted = alarm(stack, name), written()["Resources"][name]["Properties"]
        for key in ("Namespace", "MetricName", "Statistic", "Period", "Threshold", "ComparisonOperator"):
            assert found[key] == wanted[key], (name, key)


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    ("name", "prefix", "size", "complaint"),
    [
        ("TempSizeAlarm", "temp/", 1_000_000_001, "temp_over_1_gb"),
        ("LogSizeAlarm", "logs/", 500_000_001, "logs_over_500_mb"),
    ],
)
def test_too_much_lies_around(stack: Stack, name: str, prefix: str, size: int, complaint: str) -> None:
    with served(Heap(prefix, size)) as store, stack.changed("CleanupFunction", STORAGE_ENDPOINT=store.url):
        assert measure(stack, action="health")["complaints"] == [complaint]
    assert alarm(stack, name)["StateValue"] == "ALARM"


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


def test_an_execution_did_not_come_to_its_end(stack: Stack) -> None:
    """Step Functions counts what fails by the machine's ARN; the emulator does not, so it is counted here."""
    machine, arn = stack.aws("stepfunctions"), stack.state.outputs["CleanupMachineArn"]
    begun = machine.start_execution(stateMachineArn=arn, input='{"mode": "nonsense"}')["executionArn"]
    stack.until(lambda: machine.describe_execution(executionArn=begun)["status"] == "FAILED", "the refusal")
    by_machine = [{"Name": "StateMachineArn", "Value": arn}]
    assert alarm(stack, "CleanupExecutionsAlarm")["Dimensions"] == by_machine
    counted = {"MetricName": "ExecutionsFailed", "Value": 1, "Unit": "Count", "Dimensions": by_machine}
    stack.aws("cloudwatch").put_metric_data(Namespace="AWS/States", MetricData=[counted])
    assert alarm(stack, "CleanupExecutionsAlarm")["StateValue"] == "ALARM"
