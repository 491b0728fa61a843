"""Work that waits in a queue while its state waits for a task token.

The worker owns the retries of what it does: what may pass comes back by its message's visibility, real failures are
counted in the stage's record, and what is final is told to the state machine under the name of its leaf.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from aam.foundation.aws import client
from aam.foundation.clock import Clock, new_id, utc_now
from aam.foundation.errors import AppError, Transient
from aam.foundation.observability import frames_of, logger
from aam.foundation.queues import LOOK_AGAIN_S, Delivery
from aam.foundation.storage import ObjectMissing, ObjectStore
from aam.pipeline.context import read_context
from aam.pipeline.errors import RunNotCurrent, StepFailed
from aam.pipeline.schemas import RunContext, RunInput, Stored
from aam.vendor_limits.errors import (
    VendorBusy,
    VendorFault,
    VendorNeverAnswered,
    VendorRateLimited,
    VendorWaitedTooLong,
    WorkerDied,
)
from aam.vendor_limits.heartbeat import BEAT_S, LIFE_S, beating
from aam.vendor_limits.ports import Permit, RateLimiter, Submitted
from aam.vendor_limits.task_claims import Record, Stage, StageName, TaskClaims

NOBODY_WAITS = {"TaskDoesNotExist", "TaskTimedOut", "InvalidToken"}

DEATHS_MOST = 3
FAULTS_MOST = 4
SUBMISSIONS_MOST = 2
"""After so many workers that died, passing faults, or callbacks that never came, the stage fails by name."""

BACKOFF_S, BACKOFF_MOST_S = 10.0, 300.0
"""The longest wait after the first fault, doubling with each; the wait itself is a random share of it."""

JITTER_S = 2.0


class Task(BaseModel):
    """A message of the state machine: the run, and the token that resumes it.

    ``stage`` is named where a queue brings the work of several stages.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    run: RunInput
    task_token: str
    stage: StageName | None = None


@dataclass(frozen=True)
class Job:
    """Dependencies of a worker's task: the task, the meeting, the store, and the vendor's limiter.

    ``submission`` counts how often the work has been handed to a vendor that answers by callback and did not.
    """

    task: Task
    context: RunContext
    store: ObjectStore
    limiter: RateLimiter
    submission: int = 0


Work = Callable[[Job], Stored | Submitted]
Look = Callable[[Job], Stored | None]


def nothing_else(_job: Job) -> None:
    """Do nothing: the look of work whose answers stand only where it stores them."""


@dataclass(frozen=True)
class Worker:
    """Worker that does the tasks of one stage.

    ``answer`` is the name of the derived object that ``work`` writes last: where it stands, it is taken and nothing is
    paid again.  ``look`` finds an answer that a vendor has left elsewhere.  Messages older than ``waiting_limit_s`` are
    not begun any more.
    """

    stage: StageName
    answer: str
    work: Work
    store: ObjectStore
    limiter: RateLimiter
    claims: TaskClaims
    waiting_limit_s: float
    look: Look = nothing_else
    clock: Clock = field(default=utc_now)
    beat_s: float = BEAT_S

    def now(self) -> float:
        """Return seconds since the epoch."""
        return self.clock().timestamp()


def perform_task(task: Task, delivery: Delivery, worker: Worker) -> float | None:
    """Do the work of a message once, and tell the state machine how it went.

    Returns the seconds after which the message has to come back, or None when it is done.  Nothing is done for a run
    whose context is gone (it was deleted), nor where nobody waits for the token (it was cancelled, or is over); for one
    that was revoked nothing is paid, and its execution, should it still run, is failed.
    Raises StateUnavailable, StorageUnavailable and what AWS raises; the message then comes back as it is.
    """
    delivery.hide(LIFE_S)  # before all else: the queue itself would hide it for much longer if this worker died
    log = logger()
    log.append_keys(run_id=str(task.run.run_id), meeting_id=str(task.run.meeting_id))
    log.set_correlation_id(task.run.correlation_id)
    try:
        context = read_context(worker.store, task.run)
    except ObjectMissing:
        log.info("run is gone, nothing done")
        return None
    if not resume("send_task_heartbeat", taskToken=task.task_token):
        return None
    stage, owner, now = Stage(task.run.run_id, worker.stage), str(new_id()), worker.now()
    record = worker.claims.claim(stage, owner, task_token=task.task_token, until=now + LIFE_S, now=now)
    if record.over:
        send_outcome(task.task_token, record)
        return None
    if record.owner != owner:
        return max(record.deadline, record.answer_by) - now + random.uniform(0, JITTER_S)  # noqa: S311 - jitter
    attempt = _Attempt(task, delivery, worker, stage, owner, record)
    outcome = attempt.make(context)
    if isinstance(outcome, (int, float)):
        return outcome
    attempt.end(outcome)
    return None


@dataclass(frozen=True)
class _LimiterOfLiveRuns:
    """Limiter of a vendor that refuses requests of cancelled or deleted runs.

    Its execution may live on all the same, where it could not be stopped: that its token is still waited for says
    nothing.
    """

    limiter: RateLimiter
    claims: TaskClaims
    run_id: UUID

    def request(self) -> AbstractContextManager[Permit]:
        """Open a request like the limiter's own; raises RunNotCurrent as well."""
        if self.claims.revoked(self.run_id):
            raise RunNotCurrent
        return self.limiter.request()


@dataclass(frozen=True)
class _Attempt:
    """One attempt at a stage that this worker has claimed."""

    task: Task
    delivery: Delivery
    worker: Worker
    stage: Stage
    owner: str
    record: Record

    def make(self, context: RunContext) -> Stored | AppError | float:
        """Find or work, while a heartbeat says that this worker lives.

        Returns the answer, what ended it, or when to come back.
        """
        limiter = _LimiterOfLiveRuns(self.worker.limiter, self.worker.claims, self.stage.run_id)
        job = Job(self.task, context, self.worker.store, limiter, submission=self.record.submissions)
        with beating(self._beat, every_s=self.worker.beat_s):
            return self._found(job) or self._hopeless() or self._worked(job)

    def _found(self, job: Job) -> Stored | float | None:
        """Return a result that was paid for already, before the task is given up or repeated.

        A store that does not answer says nothing about the work.  Whoever died that often over looking (a reply may be
        what kills) does not look any more.
        """
        record = self.record
        if not (record.deaths or record.faults or record.submissions) or record.deaths > DEATHS_MOST:
            return None
        try:
            if self.worker.store.holds(self.task.run.derived(self.worker.answer)):
                return Stored(name=self.worker.answer)
            return self.worker.look(job)
        except Transient as error:
            logger().warning("nobody knows whether there is an answer", error_code=error.code)
            return self._come_back(LOOK_AGAIN_S, fault=False)

    def _hopeless(self) -> AppError | None:
        """Return why the work must not begin again, or None."""
        if self.record.deaths >= DEATHS_MOST:
            return WorkerDied()
        if self.record.submissions >= SUBMISSIONS_MOST:
            return VendorNeverAnswered()
        if self.worker.now() - self.delivery.sent_at > self.worker.waiting_limit_s:
            return VendorWaitedTooLong()
        return None

    def _worked(self, job: Job) -> Stored | AppError | float:
        try:
            outcome = self.worker.work(job)
        except VendorBusy as busy:
            logger().info("waits for its turn", seconds=round(busy.wait_s, 1))
            return self._come_back(busy.wait_s, fault=False)
        except Transient as error:
            return self._after_fault(error)
        except AppError as error:
            return error
        except Exception as error:  # noqa: BLE001 - whatever broke, the state machine must not wait for its timeout
            # Not the exception itself: its message may quote what was said.
            logger().error("task broke", error_type=type(error).__name__, traceback_lines=frames_of(error))
            return StepFailed()
        return self._wait_for_answer(outcome) if isinstance(outcome, Submitted) else outcome

    def end(self, outcome: Stored | AppError) -> None:
        """Note the answer, or the leaf that nothing can help; then send the outcome to the state machine."""
        claims, now = self.worker.claims, self.worker.now()
        if isinstance(outcome, Stored):
            record = claims.answer(self.stage, outcome.name, now=now)
        else:
            logger().warning("task failed", error_code=outcome.code)
            record = claims.fail(self.stage, type(outcome).__name__, outcome.detail, now=now)
        send_outcome(self.task.task_token, record)

    def _beat(self) -> None:
        now = self.worker.now()
        self.worker.claims.extend(self.stage, self.owner, until=now + LIFE_S, now=now)
        self.delivery.hide(LIFE_S)

    def _after_fault(self, error: Transient) -> AppError | float:
        """Come back later; a fault that is the vendor's own and cost nothing does not count against the work."""
        logger().warning("task met a passing fault", error_code=error.code)
        if isinstance(error, VendorRateLimited):
            return self._come_back(error.retry_after_s or 0.0, fault=False)
        counts = not (isinstance(error, VendorFault) and error.vendor_is_down and not error.may_be_paid)
        if counts and self.record.faults + 1 >= FAULTS_MOST:
            return error
        longest = min(BACKOFF_S * 2**self.record.faults, BACKOFF_MOST_S)
        return self._come_back(random.uniform(0, longest), fault=counts)  # noqa: S311 - jitter

    def _come_back(self, wait_s: float, *, fault: bool) -> float:
        self.worker.claims.let_go(self.stage, self.owner, fault=fault, now=self.worker.now())
        return wait_s + random.uniform(0, JITTER_S)  # noqa: S311 - jitter

    def _wait_for_answer(self, submitted: Submitted) -> Stored | float:
        """Wait for the vendor's callback: the message is its own timer, unless the answer has arrived already."""
        record = self.worker.claims.submit(
            self.stage,
            self.owner,
            answer_by=submitted.answer_by.timestamp(),
            lease=submitted.lease,
            now=self.worker.now(),
        )
        if record.answered:
            return Stored(name=record.answered)
        return submitted.answer_by.timestamp() - self.worker.now() + 1.0


def resume_stage(stage: Stage, outcome: Stored | AppError, *, claims: TaskClaims, now: datetime) -> Record:
    """Note the answer that a vendor has called back with, or why it is none, and resume the execution that waits.

    Returns the stage's record: its ``lease`` is to be released.  A late or repeated answer changes nothing, and a stage
    that nobody ever claimed resumes nothing.
    """
    if isinstance(outcome, Stored):
        record = claims.answer(stage, outcome.name, now=now.timestamp())
    else:
        record = claims.fail(stage, type(outcome).__name__, outcome.detail, now=now.timestamp())
    if record.task_token:
        send_outcome(record.task_token, record)
    return record


def send_outcome(task_token: str, record: Record) -> None:
    """Resume the state machine with the outcome that stands in a stage's record."""
    if record.answered:
        output = Stored(name=record.answered).model_dump_json()
        resume("send_task_success", taskToken=task_token, output=output)
    else:
        resume("send_task_failure", taskToken=task_token, error=record.failed, cause=record.cause)


def resume(operation: str, **arguments: Any) -> bool:
    """Send a task's outcome or heartbeat; return whether an execution still waits for it.

    A token that nobody waits for any more is not an error.
    """
    from botocore.exceptions import ClientError

    try:
        getattr(client("stepfunctions"), operation)(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] not in NOBODY_WAITS:
            raise
        logger().info("nobody waits for this task any more")
        return False
    return True
