"""Answers to operators: ids, states, counts and sentences, never keys of objects or words."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from aam.costs.schemas import MeetingCost
from aam.foundation.schemas import Value
from aam.pipeline.health import State
from aam.pipeline.progress import StageTiming
from aam.uploads.archive import StorageState


class Advice(Value):
    """Next step for the operator: a sentence, and where there is one the command."""

    why: str
    command: str | None = None


class UploadFacts(Value):
    """An upload; ``reach`` says whether the store can read it, None where the store was not asked."""

    id: UUID
    filename: str
    content_type: str
    size_bytes: int
    status: str
    in_parts: bool
    created_at: datetime
    received_at: datetime | None
    reach: StorageState | None = None


class TaskFacts(Value):
    """A vendor's stage of a run, as its workers have noted it."""

    stage: str
    state: Literal["unclaimed", "worked on", "waits for an answer", "waits in its queue", "answered", "failed"]
    deaths: int
    faults: int
    submissions: int
    failed: str
    answer_by: datetime | None


class RunFacts(Value):
    """A run with its stages; ``execution`` is what the workflow service knows of it."""

    id: UUID
    attempt: int
    trigger: str
    status: str
    stage: str
    from_stage: str
    took_over: UUID | None
    failure_code: str | None
    waiting_reason: str | None
    resumptions: int
    correlation_id: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    stages: tuple[StageTiming, ...]
    execution: str | None
    tasks: tuple[TaskFacts, ...] = ()


class ErrorFacts(Value):
    """Something that went wrong."""

    id: UUID
    attempt: int | None
    stage: str
    code: str
    message: str
    occurred_at: datetime
    is_read: bool


class ResultFacts(Value):
    """A version of the transcript (``count`` utterances) or of the minutes (``count`` items, of which so many …)."""

    kind: Literal["transcript", "minutes"]
    version: int
    engine: str
    model: str
    count: int
    quoted: int = 0
    unsupported: int = 0
    created_at: datetime


class Letter(Value):
    """A dead letter by what it is about."""

    message_id: str
    sent_at: datetime
    receives: int
    meeting_id: UUID | None = None
    run_id: UUID | None = None


class ErasureFacts(Value):
    """An erasure of a meeting, or one that takes something of it."""

    id: UUID
    subject: str
    trigger: str
    state: str
    created_at: datetime
    erased_at: datetime | None
    completed_at: datetime | None


class LogFacts(Value):
    """A line of the maintenance log; ``details`` are ids and counts."""

    at: datetime
    level: str
    operation: str
    result: str
    details: dict[str, Any]


class Traces(Value):
    """Traces of a meeting outside its own rows; letters stand under the queue that gave them up."""

    erasures: tuple[ErasureFacts, ...]
    log: tuple[LogFacts, ...]
    letters: dict[str, tuple[Letter, ...]] = Field(default_factory=dict)


class Departure(Value):
    """Deletion of a meeting: when it was marked, when its rows were gone, and the cause."""

    marked_at: datetime
    gone_at: datetime | None
    by: str


class GoneMeeting(Value):
    """Remaining facts of a deleted meeting; ``departure`` is None when its tombstone has gone as well."""

    meeting_id: UUID
    departure: Departure | None
    traces: Traces
    advice: tuple[Advice, ...]


class MeetingDiagnosis(Value):
    """A meeting's whole history, and what to do next."""

    meeting_id: UUID
    organization_id: UUID
    client_id: UUID
    title: str
    status: str
    language: str
    created_at: datetime
    going: bool
    holds: tuple[str, ...]
    kept_days: dict[str, int | None]
    uploads: tuple[UploadFacts, ...]
    runs: tuple[RunFacts, ...]
    errors: tuple[ErrorFacts, ...]
    results: tuple[ResultFacts, ...]
    cost: MeetingCost
    waits: tuple[str, ...]
    traces: Traces
    advice: tuple[Advice, ...]


class Statement(Value):
    """A statement that has been at work for long; ``text`` is its beginning, without values."""

    seconds: float
    state: str
    text: str


class Session(Value):
    """A session of the database that is at work; ``blocked_by`` are the numbers of sessions that it waits for.

    ``seconds`` counts from the beginning of its statement, ``text`` is the statement's beginning, without values.
    """

    pid: int
    since: datetime
    application: str
    state: str
    seconds: float
    blocked_by: tuple[int, ...]
    text: str


class SlowStatement(Value):
    """A kind of statement by what it has cost since the statistics began; times in milliseconds."""

    calls: int
    mean_ms: float
    most_ms: float
    total_ms: float
    text: str


class DatabaseDiagnosis(Value):
    """Work of the database: sessions by state, those at work for long or waiting, and the slowest statements.

    ``slowest`` None: the server keeps no such statistics.
    """

    connections: dict[str, int]
    connections_most: int
    sessions: tuple[Session, ...]
    slowest: tuple[SlowStatement, ...] | None
    advice: tuple[Advice, ...]


class Ended(Value):
    """The number of a session that was ended."""

    pid: int


class Dismissed(Value):
    """An error that is marked as read; ``was_read`` says that it was so before."""

    error_id: UUID
    meeting_id: UUID
    code: str
    was_read: bool


class DatabaseFacts(Value):
    """State of the database."""

    version: str
    connections: int
    connections_most: int
    slow: tuple[Statement, ...]
    size_bytes: int
    cache_hit_ratio: float | None
    revision: str | None
    newest_revision: str


class VendorFacts(Value):
    """A vendor's limiter, and whether there is a key."""

    vendor: str
    has_key: bool
    state: Literal["open", "asked us to slow down", "down"]
    faults: int
    wait_s: int
    under_way: int


class ScheduleFacts(Value):
    """Something that runs by schedule, and when it last came to its end."""

    name: str
    last: datetime | None


class ServicesDiagnosis(Value):
    """Everything that the system stands on; what does not answer has a state of ``error``."""

    status: State
    checks: dict[str, State]
    database: DatabaseFacts | None
    vendors: tuple[VendorFacts, ...]
    schedules: tuple[ScheduleFacts, ...]
    advice: tuple[Advice, ...]


class QueueFacts(Value):
    """A queue with its dead letters; ``oldest_s`` is the longest wait, None where it is unknown."""

    name: str
    waiting: int
    in_flight: int
    oldest_s: int | None
    dead: int
    letters: tuple[Letter, ...]


class QueuesDiagnosis(Value):
    """All queues, and what to do."""

    queues: tuple[QueueFacts, ...]
    advice: tuple[Advice, ...]


class Overview(Value):
    """A little of everything, and what deserves attention."""

    meetings: dict[str, int]
    runs_alive: int
    runs_waiting: int
    unread_errors: dict[str, int]
    queues: tuple[QueueFacts, ...]
    checks: dict[str, State]
    last_sweep: datetime | None
    holds: int
    advice: tuple[Advice, ...]


class FailedMeeting(Value):
    """A meeting that waits for a retry: where it failed and why, and what is paid again."""

    meeting_id: UUID
    title: str
    stage: str
    code: str
    sentence: str
    helps: bool
    finished_at: datetime | None


class FailedMeetings(Value):
    """Those that a retry can help, and some that none can; ``after`` begins the next page of the former.

    ``beyond_help`` counts all of the latter.
    """

    meetings: tuple[FailedMeeting, ...]
    after: UUID | None
    beyond_help: int


class Retried(Value):
    """The run that was begun, where it begins, and what it says of money."""

    run_id: UUID
    from_stage: str
    took_over: UUID | None
    paid_again: tuple[str, ...] = Field(default=())


class Restored(Value):
    """State of the recording when its restore was requested."""

    reach: StorageState


class Resolved(Value):
    """The whole id that a short one begins."""

    id: UUID
