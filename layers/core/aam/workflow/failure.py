"""Fail the run of an execution that ended, or of a step that could not note its failure itself."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Json

import aam.workflow.failure_names  # noqa: F401 - so that every failure has its name
from aam.artifacts.repository import keep_interactions_of_failed_run
from aam.foundation.clock import utc_now
from aam.foundation.database import transaction
from aam.foundation.storage import media_store
from aam.pipeline.schemas import Failure, RunInput
from aam.pipeline.termination import fail_run
from aam.transcription.charges import charge_failed_transcription


class Ended(BaseModel):
    """End of an execution, and the input that it was started with."""

    status: Literal["FAILED", "TIMED_OUT", "ABORTED"]
    input: Json[RunInput]
    error: str | None = None
    cause: str | None = None


class ExecutionChange(BaseModel):
    """EventBridge's "Step Functions Execution Status Change", as far as we read it."""

    detail: Ended


def fail_ended_execution(ended: Ended) -> bool:
    """Fail the run of an ended execution, unless it has failed already; return whether it was alive."""
    return fail_run(
        run_id=ended.input.run_id,
        error_name=ended.status if ended.status != "FAILED" else ended.error or "",
        cause=ended.cause or "",
        open_transaction=transaction,
        now=utc_now(),
        resumption=ended.input.resumption,
    )


def fail_step(run: RunInput, failure: Failure) -> bool:
    """Fail the run, then book what it has spent; return whether it was alive.

    An error that the stage itself wrote stays.
    """
    now = utc_now()
    noted = fail_run(
        run_id=run.run_id,
        error_name=failure.error,
        cause=failure.cause,
        open_transaction=transaction,
        now=now,
        resumption=run.resumption,
    )
    with transaction() as session:
        charge_failed_transcription(session, run=run, store=media_store(), now=now)
        keep_interactions_of_failed_run(session, run=run, store=media_store(), now=now)
    return noted
