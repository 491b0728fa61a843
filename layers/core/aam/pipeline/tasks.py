"""Work that waits in a queue while its state waits for a task token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ConfigDict

from aam.foundation.aws import client
from aam.foundation.errors import AppError
from aam.foundation.observability import frames_of, logger
from aam.foundation.schemas import Value
from aam.foundation.storage import ObjectMissing, ObjectStore
from aam.pipeline.errors import StepFailed
from aam.pipeline.schemas import RunContext, RunInput, Stored
from aam.vendors.ports import Gate

NOBODY_WAITS = {"TaskDoesNotExist", "TaskTimedOut", "InvalidToken"}


class Task(Value):
    """A message of the state machine: the run, and the token that resumes it."""

    model_config = ConfigDict(extra="ignore")

    run: RunInput
    task_token: str


@dataclass(frozen=True)
class Job:
    """What a worker works with: its task, the meeting, the store, and the gate to its vendor.

    ``submission`` counts how often the work has been handed to a vendor that answers by callback and did not.
    """

    task: Task
    context: RunContext
    store: ObjectStore
    gate: Gate
    submission: int = 0


def perform_task(task: Task, *, store: ObjectStore, gate: Gate, work: Callable[[Job], Stored]) -> None:
    """Do the work and tell the state machine how it went, under the name of the leaf that was raised.

    Passing faults are retried by the state machine, which owns them; only a dead worker brings the message back.
    A run whose context is gone was deleted: nothing is done.
    """
    log = logger()
    log.append_keys(run_id=str(task.run.run_id), meeting_id=str(task.run.meeting_id))
    log.set_correlation_id(task.run.correlation_id)
    try:
        context = RunContext.model_validate_json(store.read(task.run.derived("context.json")))
    except ObjectMissing:
        log.info("run is gone, nothing done")
        return
    try:
        outcome = work(Job(task=task, context=context, store=store, gate=gate))
    except AppError as error:
        log.warning("task failed", error_code=error.code)
        _tell("send_task_failure", taskToken=task.task_token, error=type(error).__name__, cause=error.detail)
        return
    except Exception as error:  # noqa: BLE001 - whatever broke, the state machine must not wait for its timeout
        log.error(  # noqa: TRY400 - a traceback's message may quote what was said
            "task broke", error_type=type(error).__name__, traceback_lines=frames_of(error)
        )
        failure = StepFailed()
        _tell("send_task_failure", taskToken=task.task_token, error=type(failure).__name__, cause=failure.detail)
        return
    _tell("send_task_success", taskToken=task.task_token, output=outcome.model_dump_json())


def _tell(operation: str, **arguments: Any) -> None:
    """Resume the state machine; a token that nobody waits for any more is not an error."""
    from botocore.exceptions import ClientError

    try:
        getattr(client("stepfunctions"), operation)(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] not in NOBODY_WAITS:
            raise
        logger().info("nobody waits for this task any more")
