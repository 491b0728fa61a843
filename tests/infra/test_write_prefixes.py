"""No function that the store wakes may write where it is woken: it would wake itself for ever."""

from __future__ import annotations

import pytest

from tests.support.grants import Grant, expanded, grants

WRITES = ("s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectTagging")
TEMPLATE = expanded()
BUCKET = TEMPLATE["Resources"]["MediaBucket"]["Properties"]
WAKING = [
    (entry["Function"]["Fn::GetAtt"][0], rule["Value"])
    for entry in BUCKET["NotificationConfiguration"]["LambdaConfigurations"]
    for rule in entry["Filter"]["S3Key"]["Rules"]
]
GRANTS = grants(TEMPLATE, {}, {})
OBJECT = "arn:aws:s3:::aam-local-media-000000000000-us-east-1/"


def matching(function: str, action: str, resource: str, effect: str) -> list[Grant]:
    return [
        grant
        for grant in GRANTS
        if (grant.function, grant.effect) == (function, effect) and grant.covers(action, resource)
    ]


def test_only_meetings_wakes_a_function() -> None:
    assert WAKING == [("OnUploadFunction", "meetings/")]


@pytest.mark.parametrize("action", WRITES)
@pytest.mark.parametrize(("function", "prefix"), WAKING)
def test_what_is_woken_by_a_prefix_may_not_write_there(function: str, prefix: str, action: str) -> None:
    written = f"{OBJECT}{prefix}any/thing"
    assert matching(function, action, written, "Allow") == []
    assert matching(function, action, written, "Deny"), "denied outright, so that no later grant can allow it"


def test_only_the_api_signs_writes_under_the_waking_prefix() -> None:
    writers = {
        grant.function
        for grant in GRANTS
        for action in WRITES
        if grant.effect == "Allow" and grant.covers(action, f"{OBJECT}meetings/any/thing")
    }
    assert writers == {"ApiFunction"}
