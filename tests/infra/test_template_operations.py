"""What operators rely on in the template: size, slow statements, recovery, access logs, how often the sweep looks."""

import warnings

import pytest

from tests.support.template import expanded, written

WARNED_RESOURCES, MAX_RESOURCES = 400, 480
RESOURCES = written()["Resources"]


def test_the_stack_stays_below_the_resources_that_cloudformation_takes() -> None:
    """CloudFormation stops at 500; from 400 on it is time to think of a second stack."""
    count = len(expanded()["Resources"])
    if count >= WARNED_RESOURCES:
        warnings.warn(f"The template expands to {count} resources of 500.", stacklevel=1)
    assert count < MAX_RESOURCES


def test_slow_statements_are_logged_without_what_people_said() -> None:
    properties = RESOURCES["DatabaseParameters"]["Properties"]
    parameters = properties["Parameters"]
    assert RESOURCES["Database"]["Properties"]["DBClusterParameterGroupName"] == {"Ref": "DatabaseParameters"}
    major = RESOURCES["Database"]["Properties"]["EngineVersion"].partition(".")[0]
    assert properties["Family"] == f"aurora-postgresql{major}"
    assert parameters["log_min_duration_statement"] == "1000"
    assert parameters["shared_preload_libraries"] == "pg_stat_statements"
    assert {parameters["log_parameter_max_length"], parameters["log_parameter_max_length_on_error"]} == {"0"}


def test_the_state_table_can_be_had_back_at_a_point_in_time() -> None:
    table = RESOURCES["StateTable"]["Properties"]
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


@pytest.mark.parametrize("name", [name for name, each in RESOURCES.items() if each["Type"] == "AWS::S3::Bucket"])
def test_a_bucket_logs_who_opens_it_where_a_bucket_for_that_is_named(name: str) -> None:
    condition, logging, otherwise = RESOURCES[name]["Properties"]["LoggingConfiguration"]["Fn::If"]
    assert (condition, otherwise) == ("LogsAccess", {"Ref": "AWS::NoValue"})
    assert logging["DestinationBucketName"] == {"Ref": "AccessLogsBucket"}


def test_stalled_work_is_looked_for_every_minute() -> None:
    assert written()["Parameters"]["SweepSchedule"]["Default"] == "rate(1 minute)"
