"""One policy, two executors: what the bucket does and what cleanups do comes from the same file."""

from __future__ import annotations

import importlib.util
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import yaml
from pydantic import ValidationError

from aam.foundation.storage import ObjectStore
from aam.retention.ages import Ages, Subject
from aam.retention.build_plan import log_lines, temp_lines
from aam.retention.models import DataClass
from aam.retention.plan import Section
from aam.retention.policy import FILE, Policy, backup_lifecycle_rules, lifecycle_rules, load_policy
from aam.retention.schemas import CleanupRequest, Mode
from aam.store.bucket import Bucket
from tests.support.memory_s3 import MemoryClient
from tests.support.template import ROOT, written

SOURCE = ROOT / "infra" / "retention.yaml"
NOW = datetime(2026, 12, 1, tzinfo=UTC)


def generator() -> Any:
    spec = importlib.util.spec_from_file_location("policy_writer", ROOT / "infra" / "docs" / "policy.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def source() -> dict[str, Any]:
    policy: dict[str, Any] = yaml.safe_load(SOURCE.read_text("utf-8"))
    return policy


def test_what_is_generated_is_committed() -> None:
    made = generator()
    assert FILE.read_text("utf-8") == made.as_json(), "run 'make policy'"
    assert made.TEMPLATE.read_text("utf-8") == made.template_with_rules(), "run 'make policy'"


def test_the_buckets_rules_are_the_policys() -> None:
    rules = written()["Resources"]["MediaBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rules == lifecycle_rules(Policy.model_validate(source()))


def test_the_backups_rules_are_the_policys() -> None:
    policy = Policy.model_validate(source())
    bucket = written()["Resources"]["BackupBucket"]["Properties"]
    assert bucket["LifecycleConfiguration"]["Rules"] == backup_lifecycle_rules(policy)
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert policy.backup_hours < 24 * policy.backups.days


def test_bucket_and_cleanup_expire_the_same_objects() -> None:
    """Each expiring prefix, one object a minute too young and one a minute old enough, as both judge them."""
    client = MemoryClient()
    expected = set()
    rules = written()["Resources"]["MediaBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    expiring = {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if {"Prefix", "ExpirationInDays"} <= {*rule}}
    for prefix, days in expiring.items():
        for minutes, name in ((-1, "young"), (1, "old")):
            moment = NOW - timedelta(days=days, minutes=minutes)
            client.clock = lambda moment=moment: moment  # type: ignore[misc]
            client.put_object(Bucket="b", Key=f"{prefix}{name}", Body=b"x")
        expected.add(f"{prefix}old")
    deps: Any = type("T", (), {"bucket": Bucket(ObjectStore(client, "b")), "policy": load_policy()})  # type: ignore[arg-type]
    request = CleanupRequest(mode=Mode.TEMP)

    class NoRows:
        def execute(self, _statement: object) -> Any:
            return type("R", (), {"all": lambda _self: []})()

    session: Any = NoRows()
    lines = [*temp_lines(session, request, deps, NOW), *log_lines(session, deps, NOW)]
    assert {line.name for line in lines if line.section is Section.OBJECTS} == expected
    assert len(expected) >= 3


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("classes", "artifacts", "days"), None),
        (("prefixes", 0, "prefix"), "/temp"),
        (("prefixes", 0, "mode"), None),
        (("prefixes", 5, "transitions", 0, "storage_class"), "ICE"),
        (("breaker", "share"), 30),
        (("unknown",), 1),
        (("rows", "read_errors"), 0),
        (("tiers", "days"), [30, 7]),
        (("tiers", "days"), [0, 7]),
        (("tiers", "tag"), "Our Tag"),
        (("tiers", "later_days"), 0),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(path: tuple[Any, ...], value: Any) -> None:
    policy = deepcopy(source())
    policy["classes"]["transcript"]["days"], policy["classes"]["artifacts"]["days"] = 30, 30
    Policy.model_validate(policy)
    at = policy
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    with pytest.raises(ValidationError):
        Policy.model_validate(policy)


@pytest.mark.parametrize(
    ("name", "data_class"),
    [
        ("audio.ogg", "audio"),
        ("channel-1.wav", "audio"),
        ("transcript.json", "transcript"),
        ("interactions/1.json", "artifacts"),
        ("artifacts.json", "artifacts"),
        ("something-new.bin", "transcript"),
    ],
)
def test_derived_objects_have_a_class(name: str, data_class: str) -> None:
    assert load_policy().class_of_derived(name) == data_class


@pytest.mark.parametrize(
    ("media_type", "data_class"),
    [("audio/mpeg", "audio"), ("Video/MP4; codecs=x", "video"), ("text/vtt", "transcript"), ("x/y", "transcript")],
)
def test_uploads_have_a_class(media_type: str, data_class: str) -> None:
    assert load_policy().class_of_upload(media_type) == data_class


ORGANIZATION, CLIENT, KIND = uuid4(), uuid4(), uuid4()
RULES: dict[tuple[Subject, DataClass], int] = {
    ((ORGANIZATION, None, None), DataClass.AUDIO): 365,
    ((ORGANIZATION, None, KIND), DataClass.AUDIO): 100,
    ((ORGANIZATION, CLIENT, None), DataClass.AUDIO): 30,
    ((ORGANIZATION, CLIENT, KIND), DataClass.AUDIO): 7,
    ((ORGANIZATION, None, None), DataClass.TRANSCRIPT): 10,
    ((ORGANIZATION, None, None), DataClass.ARTIFACTS): 90,
}


@pytest.mark.parametrize(
    ("client", "kind", "days"), [(None, None, 365), (None, KIND, 100), (CLIENT, None, 30), (CLIENT, KIND, 7)]
)
def test_the_most_particular_age_wins(client: UUID | None, kind: UUID | None, days: int) -> None:
    ages = Ages(RULES, load_policy())
    assert ages.days((ORGANIZATION, client, kind), DataClass.AUDIO) == days
    assert ages.over((ORGANIZATION, client, kind), DataClass.AUDIO, NOW - timedelta(days=days), NOW) == days
    assert ages.over((ORGANIZATION, client, kind), DataClass.AUDIO, NOW - timedelta(days=days - 1), NOW) is None


def test_minutes_go_with_the_transcript_and_without_a_rule_everything_stays() -> None:
    ages = Ages(RULES, load_policy())
    assert ages.over((ORGANIZATION, None, None), DataClass.ARTIFACTS, NOW - timedelta(days=11), NOW) == 10
    assert ages.over((uuid4(), None, None), DataClass.AUDIO, NOW - timedelta(days=9_999), NOW) is None
    assert Ages({}, load_policy()).anything_ends is False
    assert ages.anything_ends
