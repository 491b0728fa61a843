"""The built CleanupFunction under Lambda's runtime client answers every sample event, as `sam local invoke` would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.support.cloud import BUCKET, make_resources, moto_cloud, settings_for
from tests.support.postgres import Database
from tests.support.runtime import Runtime, running
from tests.support.template import ROOT

pytestmark = pytest.mark.built

EVENTS = sorted((ROOT / "events" / "cleanup").glob("*.json"))
REFUSED = {
    "one-client-dry-run": "unknown_scope",
    "one-meeting-dry-run": "unknown_scope",
    "hold": "unknown_scope",
    "continue": "plan_unknown",
    "plan": "plan_unknown",
    "full-scheduled": "backup_missing",
}
"""What speaks of things that an empty database does not have."""


@pytest.fixture
def function(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    with moto_cloud() as address:
        settings = {**settings_for(database), "AWS_ENDPOINT_URL": address}
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        environment = {
            **settings,
            **make_resources(),
            "BACKUP_BUCKET": BUCKET,
            "CLEANUP_SCHEDULES": "temp=cron(0 2 * * ? *);full=off",
        }
        boto3.client("s3").put_object(Bucket=BUCKET, Key="temp/x", Body=b"x")
        with running("CleanupFunction", folder=tmp_path, environment=environment) as runtime:
            yield runtime


def test_every_sample_event_is_answered(function: Runtime) -> None:
    for event in EVENTS:
        outcome, answer = function.invoke(json.loads(event.read_text("utf-8")))
        assert outcome == "response", (event.name, answer)
        if event.stem in REFUSED:
            assert answer["error"] == REFUSED[event.stem], (event.name, answer)
        else:
            assert "error" not in answer, (event.name, answer)
    for wrong in ({}, {"mode": "everything"}, {"mode": "full", "dry_run": False}):
        outcome, told = function.invoke(wrong)
        assert (outcome, told["error"]) == ("response", code_for(wrong))
        assert told["detail"].endswith("othing was deleted.")
    outcome, answer = function.invoke({"mode": "temp", "older_than_hours": 0, "dry_run": False})
    assert (outcome, answer["objects"]) == ("response", 1)
    assert "Contents" not in boto3.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="temp/")


def code_for(event: dict[str, Any]) -> str:
    return "backup_missing" if event.get("mode") == "full" else "bad_cleanup_request"
