"""Least privilege, both ways: what was called is granted, what is granted was called.

Runs after all other tests of this folder.  The policies that SAM attaches by itself (logs, X-Ray, network interfaces,
reading the queue that feeds a function) are not looked at: the platform uses them, not our code.
"""

from __future__ import annotations

import pytest

from tests.support.grants import Grant, grants
from tests.support.stack import Stack

MISSING_READS_AS_FORBIDDEN = "without it a missing object reads as forbidden"
LISTED_BY_VERSIONS = "a bucket that has versions is listed by them"
NEEDS_NO_CALL = {
    ("*", "s3:ListBucket"): MISSING_READS_AS_FORBIDDEN,
    ("*", "s3:ListBucketVersions"): LISTED_BY_VERSIONS,
    ("*", "elasticfilesystem:ClientMount"): "Lambda itself mounts the volume of Whisper's model, where one is given",
}
"""Grants that nothing calls, by function (``*``: any) and action; the reason is the comment on the template's line."""

FAILURE_DESTINATION = ("OnUploadFunction", "sqs:SendMessage", "ProcessingDeadLetters")
"""Lambda itself uses the function's role to deliver to its failure destination."""

FEEDING_QUEUES = {"TranscriptionWorkerFunction": "TranscriptionQueue", "ArtifactsWorkerFunction": "ArtifactsQueue"}
"""Queues that Lambda itself reads with the function's role; the other functions have SAM's own policy for it."""

READS_A_QUEUE = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}


@pytest.fixture(scope="module")
def granted(stack: Stack) -> list[Grant]:
    cloudformation = stack.aws("cloudformation")
    resources = cloudformation.describe_stack_resources(StackName="aam-local")["StackResources"]
    (described,) = cloudformation.describe_stacks(StackName="aam-local")["Stacks"]
    return grants(
        {entry["LogicalResourceId"]: entry["PhysicalResourceId"] for entry in resources},
        {entry["ParameterKey"]: entry["ParameterValue"] for entry in described["Parameters"]},
    )


def is_of_the_platform(grant: Grant) -> bool:
    if grant.action in READS_A_QUEUE and grant.function in FEEDING_QUEUES:
        return FEEDING_QUEUES[grant.function] in grant.resource
    function, action, resource = FAILURE_DESTINATION
    return (grant.function, grant.action) == (function, action) and resource in grant.resource


def allows(granted: list[Grant], function: str, action: str, resource: str) -> bool:
    mine = [grant for grant in granted if grant.function == function and grant.covers(action, resource)]
    return bool(mine) and all(grant.effect == "Allow" for grant in mine)


def test_nothing_called_is_missing(stack: Stack, granted: list[Grant]) -> None:
    logical = {name: function for function, name in stack.functions.items()}
    refused = sorted(
        f"{logical[call.function]}: {call.action} on {call.resource}"
        for call in stack.observer.calls()
        if not allows(granted, logical[call.function], call.action, call.resource)
    )
    assert refused == []


@pytest.mark.usefixtures("whole")
def test_nothing_granted_is_unused_without_a_reason(stack: Stack, granted: list[Grant]) -> None:
    calls = stack.observer.calls()
    idle = [
        f"{grant.function}: {grant.action} on {grant.resource}"
        for grant in granted
        if grant.effect == "Allow"
        and not is_of_the_platform(grant)
        and not {("*", grant.action), (grant.function, grant.action)} & set(NEEDS_NO_CALL)
        and not any(
            stack.functions[grant.function] == call.function and grant.covers(call.action, call.resource)
            for call in calls
        )
    ]
    assert sorted(idle) == []
