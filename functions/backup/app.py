"""Woken by the state machine of the schedule, or by an operator (`aam backup`): the database, and copies of objects."""

from typing import Any

from pydantic import Field

from aam.backups.answering import answer_backup
from aam.backups.dependencies import BackupDeps
from aam.backups.ledger import ledger_facts
from aam.backups.login import login_of
from aam.backups.schemas import parse_backup
from aam.foundation.aws import client
from aam.foundation.clock import utc_now
from aam.foundation.database import transaction
from aam.foundation.deadline import until
from aam.foundation.errors import AppError
from aam.foundation.handlers import Event, lambda_handler
from aam.foundation.observability import logger
from aam.foundation.settings import DatabaseSettings, Environment, load
from aam.foundation.storage import backup_store, media_store, public_backup_store
from aam.retention.policy import load_policy

ENDS_BEFORE_MS = 60_000
"""Copying stops with this much time left."""


class StackSettings(Environment):
    """The name of the stack, and who knows the ledger of erasures."""

    stack_name: str = Field(alias="STACK_NAME", min_length=1)
    erasure_function: str = Field(alias="ERASURE_FUNCTION", min_length=1)


@lambda_handler
def handler(event: Event, context: Any) -> dict[str, Any]:
    """Do what is asked; a refusal is told as ``{"error": code, "detail": sentence}``.

    Passing faults are raised, so that the state machine tries again; what lasts is seen by NoBackupAlarm.
    """
    try:
        request = parse_backup(event)
        return answer_backup(
            request,
            deps=deps,
            signer=public_backup_store(),
            has_time=until(context, seconds=getattr(request, "seconds", None), before_ms=ENDS_BEFORE_MS),
        )
    except AppError as error:
        if error.retryable:
            raise
        logger().error("no backup", error_code=error.code)
        return {"error": error.code, "detail": error.detail}


def deps() -> BackupDeps:
    """What this function's settings name."""
    settings = load(DatabaseSettings)
    return BackupDeps(
        media=media_store(),
        backups=backup_store(),
        open_transaction=transaction,
        login=login_of(settings, settings.database_secret_arn),
        policy=load_policy(),
        clock=utc_now,
        describe_stack=describe_stack,
        ledger=lambda: ledger_facts(load(StackSettings).erasure_function),
    )


def describe_stack() -> dict[str, Any]:
    """The stack's parameters and outputs; they name secrets and never hold one."""
    (found,) = client("cloudformation").describe_stacks(StackName=load(StackSettings).stack_name)["Stacks"]
    return {
        "name": found["StackName"],
        "parameters": {each["ParameterKey"]: each.get("ParameterValue") for each in found.get("Parameters", ())},
        "outputs": {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", ())},
    }
