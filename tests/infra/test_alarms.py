"""The template's alarms: whom they tell, that a test turns each on, and that the docs say what to do."""

import re
from typing import Any

import pytest

from tests.support.template import ROOT, written

ALARMS: dict[str, dict[str, Any]] = {
    name: resource["Properties"]
    for name, resource in written()["Resources"].items()
    if resource["Type"] == "AWS::CloudWatch::Alarm"
}
ONLY_ON_AWS = {name for name in ALARMS if written()["Resources"][name].get("Condition") == "ShiftsGradually"}
"""Alarms that the embedded stack does not have, so that nothing there can turn them on."""
PAGES = ("operations.md", "retention.md")


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_tells_the_topic_and_has_its_row_and_its_test(name: str) -> None:
    told = {"Fn::If": ["TellsAlarms", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]}
    assert ALARMS[name]["AlarmActions"] == told
    pages = [(ROOT / "docs" / page).read_text("utf-8") for page in PAGES]
    assert sum(len(re.findall(rf"^ *\| .*`{name}`.* \|$", page, re.MULTILINE)) for page in pages) == 1
    assert name in ONLY_ON_AWS or f'"{name}"' in (ROOT / "tests" / "e2e" / "test_alarms.py").read_text("utf-8")


@pytest.mark.parametrize("function", ["SweepFunction", "ErasureFunction"])
def test_what_only_a_schedule_calls_is_heard_when_it_fails(function: str) -> None:
    """Nobody reads its answer; one passing fault is no alarm, and one that neither repeat mends is."""
    (alarm,) = [
        each
        for each in ALARMS.values()
        if (each["Namespace"], each["MetricName"]) == ("AWS/Lambda", "Errors")
        and each["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": function}}]
    ]
    assert (alarm["Statistic"], alarm["Threshold"], alarm["TreatMissingData"]) == ("Sum", 2, "notBreaching")


def test_one_lost_day_of_backups_is_heard() -> None:
    """No more than a day may be lost; an hour is what autumn adds to it, and another what a backup may take."""
    alarm = ALARMS["NoBackupAlarm"]
    assert 25 < alarm["Threshold"] <= 26
    assert alarm["TreatMissingData"] == "breaching"
