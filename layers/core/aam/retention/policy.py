"""The one policy of what is kept how long, as both of its executors read it.

`infra/retention.yaml` is what people edit; `make policy` writes it into this package as JSON, and its rules into the
template's bucket.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, Field, model_validator

from aam.foundation.schemas import Value
from aam.retention.models import DataClass

FILE = Path(__file__).with_name("policy.json")


class Strict(Value):
    """Unknown fields of the policy are mistakes."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Transition(Strict):
    """A move to a colder storage class after so many days."""

    days: int = Field(ge=0)
    storage_class: Literal["STANDARD_IA", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"]


class PrefixRule(Strict):
    """Rule for objects under a prefix; ``mode`` is the cleanup that expires them as the bucket does."""

    prefix: str = Field(pattern=r"^[a-z]+/([a-z]+/)*$")
    mode: Literal["temp", "logs"] | None = None
    expire_days: int | None = Field(default=None, ge=1)
    transitions: tuple[Transition, ...] = ()

    @model_validator(mode="after")
    def expires_in_both(self) -> PrefixRule:
        """Raise ValueError unless a cleanup expires what the bucket expires as well."""
        if (self.mode is None) != (self.expire_days is None):
            raise ValueError("mode and expire_days go together")
        return self


class RowAges(Strict):
    """Days after which rows go."""

    refresh_tokens: int = Field(ge=0)
    read_errors: int = Field(ge=1)
    superseded_runs: int = Field(ge=1)
    finished_runs: int = Field(ge=1)
    maintenance_log: int = Field(ge=1)
    tombstones: int = Field(ge=1)


class ClassRule(Strict):
    """A class of data: its default age in days (None: for ever), and which objects belong to it."""

    days: int | None = Field(ge=0)
    content_types: tuple[str, ...]
    derived: tuple[str, ...]


class Tiers(Strict):
    """Ages in days that the bucket keeps as well, of objects that carry the tag with the age's name.

    It acts ``later_days`` after a cleanup would have: what has changed meanwhile was seen by a cleanup by then.
    """

    tag: str = Field(pattern=r"^[a-z][a-z-]*$")
    days: tuple[int, ...]
    later_days: int = Field(ge=1)

    @model_validator(mode="after")
    def is_a_ladder(self) -> Tiers:
        """Raise ValueError unless the ages are distinct and in rising order."""
        if list(self.days) != sorted({each for each in self.days if each >= 1}):
            raise ValueError("days are numbers from 1 up, each larger than the one before")
        return self

    def named(self, days: int | None) -> str | None:
        """Return the tag's value for an age, or None where no tier has exactly this one."""
        return f"{days}-days" if days in self.days else None


class CircuitBreaker(Strict):
    """A cleanup stops when a larger share than this would go, looked at from so many up."""

    share: float = Field(gt=0, le=1)
    from_: int = Field(alias="from", ge=1)


class BackupAges(Strict):
    """Days that backups of the database are kept, and copies of objects that the store no longer has."""

    days: int = Field(ge=2)
    gone_objects_days: int = Field(ge=1)


class Missed(Strict):
    """Hours after the last cleanup of a mode when its schedule counts as missed."""

    temp: int
    full: int
    aggressive: int


class Policy(Strict):
    """The whole policy."""

    prefixes: tuple[PrefixRule, ...]
    incomplete_uploads_days: int = Field(ge=1)
    noncurrent_days: int = Field(ge=1)
    cache_minutes: int = Field(ge=15)
    unreferenced_hours: int = Field(ge=1)
    rows: RowAges
    classes: dict[DataClass, ClassRule]
    tiers: Tiers
    leftovers: tuple[str, ...]
    breaker: CircuitBreaker
    backups: BackupAges
    backup_hours: int = Field(ge=1)
    plan_hours: int = Field(ge=1)
    missed_after_hours: Missed

    @model_validator(mode="after")
    def is_whole(self) -> Policy:
        """Raise ValueError unless every class has its rule, and minutes do not outlive their transcript."""
        if set(self.classes) != set(DataClass):
            raise ValueError(f"classes must be {', '.join(DataClass)}")
        transcript, artifacts = (self.classes[name].days for name in (DataClass.TRANSCRIPT, DataClass.ARTIFACTS))
        if transcript is not None and (artifacts is None or artifacts > transcript):
            raise ValueError("artifacts quote the transcript and cannot be kept longer")
        return self

    @property
    def grace(self) -> timedelta:
        """Return how long an object may lie without its row."""
        return timedelta(hours=self.unreferenced_hours)

    def is_outdated(self, useless_since: datetime | None, now: datetime) -> bool:
        """Return whether an earlier version, or a delete marker, has outlived the bucket's age for such."""
        return useless_since is not None and useless_since < now - timedelta(days=self.noncurrent_days)

    def expiring(self, mode: str) -> tuple[PrefixRule, ...]:
        """Return the prefixes whose old objects this cleanup deletes."""
        return tuple(rule for rule in self.prefixes if rule.mode == mode)

    def class_of_upload(self, content_type: str) -> DataClass:
        """Return the class of an uploaded file by its media type; an unknown one counts as a transcript."""
        kind = content_type.partition(";")[0].strip().lower()
        for name, rule in self.classes.items():
            if any(fnmatchcase(kind, pattern) for pattern in rule.content_types):
                return name
        return DataClass.TRANSCRIPT

    def class_of_derived(self, name: str) -> DataClass:
        """Return the class of a derived object by its name within its run; an unknown one counts as a transcript."""
        for found, rule in self.classes.items():
            if any(fnmatchcase(name, pattern) for pattern in rule.derived):
                return found
        return DataClass.TRANSCRIPT

    def is_leftover(self, name: str) -> bool:
        """Return whether a derived object of this name is of no use once its run has finished."""
        return any(fnmatchcase(name, pattern) for pattern in self.leftovers)


@lru_cache(maxsize=1)
def load_policy() -> Policy:
    """Return the policy that this package was built with."""
    return Policy.model_validate_json(FILE.read_bytes())


def lifecycle_rules(policy: Policy) -> list[dict[str, Any]]:
    """Return the bucket's lifecycle in CloudFormation's words (AWS::S3::Bucket Rule)."""
    rules: list[dict[str, Any]] = [
        {
            "Id": "incomplete-uploads",
            "Status": "Enabled",
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": policy.incomplete_uploads_days},
        },
        {
            "Id": "earlier-versions",
            "Status": "Enabled",
            "NoncurrentVersionExpiration": {"NoncurrentDays": policy.noncurrent_days},
            "ExpiredObjectDeleteMarker": True,
        },
    ]
    for rule in policy.prefixes:
        made: dict[str, Any] = {"Id": rule.prefix.strip("/").replace("/", "-"), "Status": "Enabled"}
        made["Prefix"] = rule.prefix
        if rule.expire_days is not None:
            made["ExpirationInDays"] = rule.expire_days
        if rule.transitions:
            made["Transitions"] = [
                {"StorageClass": step.storage_class, "TransitionInDays": step.days} for step in rule.transitions
            ]
        rules.append(made)
    for days in policy.tiers.days:
        tag = {"Key": policy.tiers.tag, "Value": policy.tiers.named(days)}
        expires = days + policy.tiers.later_days
        rules.append({"Id": f"keep-{days}", "Status": "Enabled", "TagFilters": [tag], "ExpirationInDays": expires})
    return rules


def backup_lifecycle_rules(policy: Policy) -> list[dict[str, Any]]:
    """Return the lifecycle of the backups' bucket in CloudFormation's words.

    Its copies of objects are current as long as the store has them; deleting one leaves an earlier version.
    """
    return [
        {
            "Id": "incomplete-uploads",
            "Status": "Enabled",
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": policy.incomplete_uploads_days},
        },
        {
            "Id": "backups",
            "Status": "Enabled",
            "Prefix": "backups/",
            "ExpirationInDays": policy.backups.days,
            "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
        },
        {
            "Id": "objects",
            "Status": "Enabled",
            "Prefix": "objects/",
            "NoncurrentVersionExpiration": {"NoncurrentDays": policy.backups.gone_objects_days},
            "ExpiredObjectDeleteMarker": True,
        },
    ]
