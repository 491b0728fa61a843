"""Executions of the state machine: their names, starting them, stopping them, looking whether they live."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Literal

from pydantic import Field

from aam.foundation.aws import client
from aam.foundation.errors import Transient
from aam.foundation.settings import Environment, load
from aam.pipeline.models import ProcessingRun
from aam.pipeline.schemas import RunInput

StartExecution = Callable[[ProcessingRun], None]
StopExecution = Callable[[str], None]
ExecutionState = Literal["running", "ended", "missing"]
LookUpExecution = Callable[[str], ExecutionState]


class ExecutionsUnavailable(Transient):
    """Step Functions did not answer."""

    code = "executions_unavailable"
    sentence = "The workflow service did not answer; try again in a moment."


class ExecutionSettings(Environment):
    """Name of the state machine that processes recordings."""

    state_machine_arn: str = Field(alias="STATE_MACHINE_ARN", min_length=1)


def execution_name(*, bucket: str, key: str, version: str, attempt: int) -> str:
    """Return a name that depends on object and attempt alone, so that the service refuses a duplicate start."""
    return hashlib.sha256("\n".join((bucket, key, version, str(attempt))).encode()).hexdigest()


def resumed_name(name: str, resumption: int) -> str:
    """Return the name of the execution in which a run continues after it waited for the nth time."""
    return f"{name.removesuffix(f'-{resumption - 1}')}-{resumption}"


def execution_arn(name: str) -> str:
    """Return the ARN that an execution of our state machine will have."""
    return f"{load(ExecutionSettings).state_machine_arn.replace(':stateMachine:', ':execution:', 1)}:{name}"


def start_execution(run: ProcessingRun) -> None:
    """Start a run's execution; one that started already is a success.  Raises ExecutionsUnavailable."""
    from botocore.exceptions import ClientError, HTTPClientError

    run_input = RunInput(
        run_id=run.id,
        meeting_id=run.meeting_id,
        organization_id=run.organization_id,
        upload_id=run.upload_id,
        correlation_id=run.correlation_id,
        resumption=run.resumptions,
        from_stage=run.from_stage or "probe",
        takes_over=run.takes_over_id,
    )
    try:
        client("stepfunctions").start_execution(
            stateMachineArn=load(ExecutionSettings).state_machine_arn,
            name=run.execution_name,
            input=run_input.model_dump_json(),
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "ExecutionAlreadyExists":
            return
        raise ExecutionsUnavailable from None
    except HTTPClientError:
        raise ExecutionsUnavailable from None


def stop_execution(arn: str) -> None:
    """Stop an execution; nothing happens when it is over or was never started.  Raises ExecutionsUnavailable."""
    _call("stop_execution", executionArn=arn, error="cancelled", cause="cancelled by a person")


def look_up_execution(arn: str) -> ExecutionState:
    """Return whether an execution runs, has ended, or is unknown.  Raises ExecutionsUnavailable."""
    answer = _call("describe_execution", executionArn=arn)
    if answer is None:
        return "missing"
    return "running" if answer["status"] == "RUNNING" else "ended"


def _call(operation: str, **arguments: Any) -> dict[str, Any] | None:
    """Call Step Functions; None when it knows no such execution."""
    from botocore.exceptions import ClientError, HTTPClientError

    try:
        answer: dict[str, Any] = getattr(client("stepfunctions"), operation)(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ExecutionDoesNotExist":
            return None
        raise ExecutionsUnavailable from None
    except HTTPClientError:
        raise ExecutionsUnavailable from None
    return answer
