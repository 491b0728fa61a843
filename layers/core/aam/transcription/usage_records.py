"""Usage records: what a speech service charges for, noted before its replies are judged: refused ones are paid as well.

A small object for each recording that was handed over, and one for each reply, without a word of what was said.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import ConfigDict, Field, ValidationError

from aam.foundation.schemas import IfPlausible, Storable, Value
from aam.foundation.storage import ObjectStore
from aam.pipeline.schemas import RunInput
from aam.vendor_limits.store_with_retry import store_with_retry

BILLS = "bills/"
ASKED, SAID = "asked", "said"

GENERAL = "general-"
"""What Deepgram puts before the name of a model that is not made for one trade."""

HEARD_MOST_S = 24 * 3600
"""More seconds than any recording that we take has; a report beyond is none."""


class _Loose(Value):
    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)


class _Model(_Loose):
    name: Annotated[Storable, Field(max_length=200)] = ""
    arch: Annotated[Storable, Field(max_length=200)] = ""

    @property
    def known_as(self) -> str:
        return self.arch or self.name.removeprefix(GENERAL)


_Heard = Annotated[float | None, Field(ge=0, le=HEARD_MOST_S), IfPlausible]


class _Metadata(_Loose):
    duration: _Heard = None
    model_info: dict[str, _Model] = Field(default_factory=dict)


class _Reply(_Loose):
    """Usage in a reply of Deepgram's: seconds of audio and the model, or the reason of a refusal."""

    metadata: Annotated[_Metadata | None, IfPlausible] = None
    err_code: Annotated[str | None, IfPlausible] = None


class UsageRecord(_Loose):
    """Usage that one submission is charged by; ``heard_s`` None is the whole recording.

    ``certain`` is one that Deepgram's own reply speaks of.  What it refused is not ``charged``.
    """

    model: str
    heard_s: float | None = None
    certain: bool = False
    charged: bool = True


def usage_in(reply: bytes, *, model: str) -> UsageRecord:
    """Return the usage that a reply reports, whatever else it holds; ``model`` is the one that was asked."""
    try:
        said = _Reply.model_validate_json(reply)
    except ValidationError:
        return UsageRecord(model=model)
    if said.metadata is None:
        return UsageRecord(model=model, charged=not said.err_code)
    named = next(iter(said.metadata.model_info.values()), _Model()).known_as
    return UsageRecord(model=named or model, heard_s=said.metadata.duration, certain=True)


def store_request(store: ObjectStore, run: RunInput, submission: str, *, model: str) -> None:
    """Note that a recording was handed over: it may be paid for although no reply ever comes."""
    _keep(store, run, f"{submission}_{ASKED}", UsageRecord(model=model))


def store_reply(store: ObjectStore, run: RunInput, submission: str, reply: bytes, *, model: str) -> None:
    """Note the usage that a reply reports, which then stands for its submission."""
    _keep(store, run, f"{submission}_{SAID}", usage_in(reply, model=model))


def store_usage(store: ObjectStore, run: RunInput, submission: str, usage: UsageRecord, *, replied: bool) -> None:
    """Note the usage of a request whose reply reports none: when it goes out, and again when it was answered."""
    _keep(store, run, f"{submission}_{SAID if replied else ASKED}", usage)


def read_usage_records(store: ObjectStore, run: RunInput) -> Iterator[UsageRecord]:
    """Return one usage record for each submission of a run: its reply's, or that it was asked."""
    found: dict[str, dict[str, str]] = {}
    for key in sorted(store.keys(run.derived(BILLS))):
        submission, _, kind = key.rpartition("/")[2].removesuffix(".json").rpartition("_")
        found.setdefault(submission, {})[kind] = key
    for kinds in found.values():
        yield UsageRecord.model_validate_json(store.read(kinds.get(SAID) or kinds[ASKED]))


def _keep(store: ObjectStore, run: RunInput, name: str, usage: UsageRecord) -> None:
    key = run.derived(f"{BILLS}{name}.json")
    store_with_retry(store, key, usage.model_dump_json().encode())
