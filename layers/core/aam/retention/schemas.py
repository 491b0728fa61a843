"""Requests and answers of cleanups."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal, get_args
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from aam.deletion.schemas import HoldRequest
from aam.foundation.requests import read_request
from aam.foundation.schemas import Key, RequestBody, Value
from aam.retention.errors import BadCleanupRequest
from aam.retention.models import DataClass

Amount = Literal["objects", "bytes", "meetings"]
HASH = r"^[0-9a-f]{64}$"


class Mode(StrEnum):
    """Mode of a cleanup."""

    TEMP = "temp"
    LOGS = "logs"
    MEDIA = "media"
    DB = "db"
    CACHE = "cache"
    JOBS = "jobs"
    LOCKS = "locks"
    MEETINGS = "meetings"
    FULL = "full"
    AGGRESSIVE = "aggressive"

    @property
    def parts(self) -> frozenset[Mode]:
        """Return the simple modes that make up the mode."""
        full = {Mode.TEMP, Mode.LOGS, Mode.MEDIA, Mode.DB, Mode.JOBS}
        made_of = {Mode.FULL: full, Mode.AGGRESSIVE: full | {Mode.CACHE}}
        return frozenset(made_of.get(self, {self}))


class ScopeKind(StrEnum):
    """Scope of a cleanup."""

    ALL = "all"
    ORGANIZATION = "organization"
    CLIENT = "client"
    MEETING = "meeting"


class CleanupRequest(RequestBody):
    """Request of a cleanup; without ``dry_run: false`` nothing is deleted.

    ``confirm`` is the hash of a plan: exactly that plan is executed.  ``allow`` names the amounts whose circuit breaker
    is overridden; ``no_backup`` does without a backup of the last day.  ``seconds`` is how long this call may delete;
    what is left goes on by `continue`.
    """

    mode: Mode
    scope: ScopeKind = ScopeKind.ALL
    scope_id: UUID | None = None
    dry_run: bool = True
    older_than_hours: int | None = Field(default=None, ge=0, le=876_000)
    confirm: str | None = Field(default=None, pattern=HASH)
    allow: frozenset[Amount] = frozenset()
    no_backup: bool = False
    trigger: Literal["event", "schedule", "person"] = "event"
    seconds: int | None = Field(default=None, ge=0, le=900)

    @model_validator(mode="after")
    def fits_together(self) -> CleanupRequest:
        """Refuse combinations that mean nothing."""
        if (self.scope is ScopeKind.ALL) != (self.scope_id is None):
            raise ValueError("scope_id names the organization, client or meeting, and goes with such a scope")
        if self.scope is not ScopeKind.ALL and self.mode in (Mode.LOGS, Mode.CACHE, Mode.LOCKS):
            raise ValueError("logs, cache and locks are shared by all; leave the scope out")
        if self.older_than_hours is not None and self.mode not in (Mode.TEMP, Mode.MEETINGS):
            raise ValueError("older_than_hours is for the modes temp and meetings; other ages stand in the policy")
        if self.confirm is not None and self.dry_run:
            raise ValueError("confirm executes a plan; say dry_run false with it")
        return self

    @property
    def scope_text(self) -> str:
        """Return the scope in one word."""
        return self.scope if self.scope_id is None else f"{self.scope}:{self.scope_id}"

    @property
    def wants_backup(self) -> bool:
        """Return whether the cleanup may delete so much that a backup has to exist."""
        return self.mode in (Mode.FULL, Mode.AGGRESSIVE) or (
            self.mode is Mode.MEETINGS and self.scope is not ScopeKind.MEETING
        )


class ContinueRequest(RequestBody):
    """Go on with a cleanup that ran out of time or was killed."""

    action: Literal["continue"]
    run_id: UUID
    seconds: int | None = Field(default=None, ge=0, le=900)


class PlanRequest(RequestBody):
    """Show a stored plan by its hash: the lines behind ``after``, which is what the page before called ``next``."""

    action: Literal["plan"]
    hash: str = Field(pattern=HASH)
    after: int = Field(default=0, ge=0)


class HealthRequest(RequestBody):
    """Measure, and with ``catch_up`` run the scheduled cleanup that was missed."""

    action: Literal["health"]
    catch_up: bool = False


class CheckRequest(RequestBody):
    """Compare rows and objects: neither may be without the other."""

    action: Literal["check"]


class StatisticsRequest(RequestBody):
    """Count rows, objects and jobs."""

    action: Literal["statistics"]


class AdoptRequest(RequestBody):
    """Write this database's id into a bucket that says nothing."""

    action: Literal["adopt"]


class KeepRequest(RequestBody):
    """Set how many days a class of data is kept, or with ``days`` null go back to the less particular rule."""

    action: Literal["keep"]
    organization_id: UUID
    client_id: UUID | None = None
    meeting_type: Key | None = None
    data_class: DataClass
    days: int | None = Field(ge=0, le=36_500)


Request = (
    CleanupRequest
    | ContinueRequest
    | PlanRequest
    | HealthRequest
    | CheckRequest
    | StatisticsRequest
    | AdoptRequest
    | HoldRequest
    | KeepRequest
)

MODELS: tuple[type[Request], ...] = get_args(Request)


def parse(event: Any) -> Request:
    """Return the request in an event; raises BadCleanupRequest, whose sentence says what is wrong with it."""
    deletes = not isinstance(event, dict) or event.get("action") not in ("hold", "release", "keep")
    ending = "nothing was deleted" if deletes else "nothing was changed"
    return read_request(event, models=MODELS, error=BadCleanupRequest, ending=ending)


class Largest(Value):
    """One of the largest objects of a plan."""

    key: str
    size_bytes: int


class Reason(Value):
    """Number of deletions for one reason, and the first few of them by key or id."""

    why: str
    count: int
    size_bytes: int
    first: tuple[str, ...] = ()


class PlanSummary(Value):
    """A plan in short; the plan itself, line by line, lies in the bucket under its hash.

    ``name`` is what a person types to confirm: the name of whom it is about, or the mode.
    ``size_bytes`` would be freed in the bucket, ``database_bytes`` is what the database takes now.
    ``rows`` counts by table.  ``kept`` counts what a legal hold keeps.  ``population`` is what the shares of the
    circuit breaker are of, ``would_stop`` the amounts that would stop the cleanup.
    """

    hash: str
    name: str
    mode: Mode
    scope: str
    planned_at: str
    objects: int
    size_bytes: int
    multiparts: int
    meetings: int
    rows: dict[str, int]
    reasons: tuple[Reason, ...]
    largest: tuple[Largest, ...]
    kept: int
    population: dict[str, int]
    would_stop: tuple[Amount, ...]
    database_bytes: int
    lines: int


class CleanupReport(Value):
    """Deletions that were or would be made; only the plan of a dry run names anything.

    ``finished`` false: there was no time for all of it; `continue` with ``run_id`` goes on.  ``skipped`` counts what
    was planned and must stay (referenced or held meanwhile), ``failed`` what the store refused to delete.
    """

    model_config = ConfigDict(frozen=True)

    mode: Mode
    scope: str
    dry_run: bool
    finished: bool = True
    run_id: UUID | None = None
    resumed: UUID | None = None
    objects: int = 0
    size_bytes: int = 0
    multiparts: int = 0
    meetings: int = 0
    messages: int = 0
    rows: dict[str, int] = Field(default_factory=dict)
    skipped: int = 0
    failed: int = 0
    plan: PlanSummary | None = None


class PlanItem(Value):
    """A line of a plan: what is done, to which key or id (of what kind), how large it is, and why."""

    does: str
    kind: str
    name: str
    version: str
    size_bytes: int
    why: str


class PlanPage(Value):
    """Lines of a plan in the order in which they are done.

    ``plan`` stands on the first page, ``next`` on all but the last.
    """

    plan: PlanSummary | None
    items: tuple[PlanItem, ...]
    next: int | None
