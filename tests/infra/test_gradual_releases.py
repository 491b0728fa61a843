"""Gradual releases: who takes new code up by and by, what gives it back, and that nothing of it is there by default."""

from typing import Any

import pytest

from tests.support.template import functions, written

RESOURCES: dict[str, dict[str, Any]] = written()["Resources"]
SHIFTED = {
    "Api": "ApiFunction",
    "TranscriptionWorker": "TranscriptionWorkerFunction",
    "ArtifactsWorker": "ArtifactsWorkerFunction",
}


def callers(function: str) -> list[Any]:
    """Return what calls a function by its name or ARN: its queue, or the gateway's integration and permission."""
    if function == "ApiFunction":
        route = RESOURCES["Api"]["Properties"]["DefinitionBody"]["paths"]["/"]["get"]
        integration = route["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"][1]["Callee"]
        return [integration, RESOURCES["ApiPermission"]["Properties"]["FunctionName"]]
    return [RESOURCES[f"{function}Queue"]["Properties"]["FunctionName"]]


def test_there_is_nothing_of_it_without_a_release() -> None:
    assert written()["Parameters"]["Release"]["Default"] == ""
    assert written()["Conditions"]["ShiftsGradually"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "Release"}, ""]}]}
    kinds = ("AWS::CodeDeploy::", "AWS::Lambda::Version", "AWS::Lambda::Alias")
    conditions = {each.get("Condition") for each in RESOURCES.values() if each["Type"].startswith(kinds)}
    assert conditions == {"ShiftsGradually"}


def test_the_api_and_each_worker_are_shifted() -> None:
    assert set(SHIFTED.values()) == {"ApiFunction"} | {name for name in functions() if name.endswith("WorkerFunction")}


@pytest.mark.parametrize(("short", "function"), SHIFTED.items())
def test_each_caller_goes_through_the_alias(short: str, function: str) -> None:
    for caller in callers(function):
        condition, shifted, at_once = caller["Fn::If"]
        assert (condition, shifted) == ("ShiftsGradually", {"Ref": f"{short}Live"})
        assert at_once in ({"Ref": function}, {"Fn::GetAtt": [function, "Arn"]})


@pytest.mark.parametrize(("short", "function"), SHIFTED.items())
def test_a_release_is_a_version_that_an_alarm_gives_back(short: str, function: str) -> None:
    version, alias = RESOURCES[f"{short}Version"], RESOURCES[f"{short}Live"]
    assert version["Properties"] == {"FunctionName": {"Ref": function}, "Description": {"Ref": "Release"}}
    assert version["UpdateReplacePolicy"] == "Retain"
    assert alias["Properties"]["FunctionVersion"] == {"Fn::GetAtt": [f"{short}Version", "Version"]}
    by = alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    assert by == {"ApplicationName": {"Ref": "Releases"}, "DeploymentGroupName": {"Ref": f"{short}Releases"}}
    group = RESOURCES[f"{short}Releases"]["Properties"]
    assert group["AlarmConfiguration"] == {"Enabled": True, "Alarms": [{"Name": {"Ref": f"{short}ReleaseAlarm"}}]}
    assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
