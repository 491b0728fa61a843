"""The frame around every step of a run.

A step begins by claiming its stage, which fails when the run is over; it persists its result in one transaction that
checks again; and when it fails it writes a ProcessingError before it raises.  A failure that no retry can mend also
ends the run at once, so that the person waiting is told without delay.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from aam.foundation.clock import Clock, utc_now
from aam.foundation.database import Transaction, single_statements, transaction
from aam.foundation.errors import AppError
from aam.foundation.lambda_handler import Event, Handler, lambda_handler
from aam.foundation.observability import frames_of, gauge, logger, record_seconds
from aam.foundation.storage import ObjectStore, media_store
from aam.pipeline import runs
from aam.pipeline.context import read_context
from aam.pipeline.errors import RunNotCurrent, StepFailed
from aam.pipeline.models import Stage
from aam.pipeline.schemas import RunContext, RunInput

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Step:
    """Dependencies of a step: its run, the store, transactions, the clock, and the event.

    ``open_statements`` opens a session whose every statement stands alone, for a change that is one statement.
    """

    run: RunInput
    stage: Stage
    event: Event
    open_store: Callable[[], ObjectStore]
    open_transaction: Transaction
    open_statements: Transaction
    clock: Clock

    @property
    def store(self) -> ObjectStore:
        """Return the store, opened when a step first wants it."""
        return self.open_store()

    def context(self) -> RunContext:
        """Return the meeting's context as the first step stored it."""
        return read_context(self.store, self.run)

    def current(self) -> AbstractContextManager[Session]:
        """Return a transaction in which the run is held as current; raises RunNotCurrent when it is over."""
        return runs.holding(self.run.run_id, open_transaction=self.open_transaction)


Work = Callable[[Step], BaseModel]


def step_handler(stage: Stage) -> Callable[[Work], Handler]:
    """Make a Lambda handler of a step's use case."""

    def decorate(work: Work) -> Handler:
        @lambda_handler
        def handler(event: Event, _context: Any) -> Any:
            step = Step(
                run=RunInput.model_validate(event),
                stage=stage,
                event=event,
                open_store=media_store,
                open_transaction=transaction,
                open_statements=single_statements,
                clock=utc_now,
            )
            return perform(step, work).model_dump(mode="json")

        return handler

    return decorate


def perform(step: Step, work: Work) -> BaseModel:
    """Run a step inside its frame.

    Raises what the step raised; anything unforeseen becomes StepFailed, so that only leaves of our tree go out.
    """
    log = logger()
    log.append_keys(run_id=str(step.run.run_id), meeting_id=str(step.run.meeting_id), stage=step.stage)
    started = time.monotonic()
    try:
        with step.open_statements() as session:
            runs.begin_stage(
                session,
                run_id=step.run.run_id,
                stage=step.stage,
                now=step.clock(),
                resumption=step.run.resumption,
            )
        outcome = work(step)
    except RunNotCurrent:
        log.info("run is over, nothing changed")
        raise
    except AppError as error:
        log.warning("step failed", error_code=error.code)
        note_failure(step, error, now=step.clock())
        raise
    except Exception as error:  # noqa: BLE001 - the border: whatever broke, people get one of our sentences
        log.error(  # noqa: TRY400 - a traceback's message may quote what was said
            "step broke", error_type=type(error).__name__, traceback_lines=frames_of(error)
        )
        failure = StepFailed()
        note_failure(step, failure, now=step.clock())
        raise failure from None
    seconds = time.monotonic() - started
    record_seconds("StageDuration", seconds, stage=step.stage)
    log.info("step done", seconds=round(seconds, 3))
    return outcome


def note_failure(step: Step, error: AppError, *, now: datetime) -> None:
    """Write and count the error, and end the run when no retry can help."""
    gauge("StageFailures", 1, "Count", stage=step.stage)
    with step.open_transaction() as session:
        runs.record_error(session, run_id=step.run.run_id, stage=step.stage, error=error, now=now)
        if not error.retryable:
            runs.end_failed(session, run_id=step.run.run_id, code=error.code, now=now)
