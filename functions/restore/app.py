"""Woken by an operator (`aam restore`): a backup into an empty database, and rows and objects side by side."""

import json
from dataclasses import replace
from functools import cache, partial
from typing import Any

from pydantic import Field
from sqlalchemy import URL, Engine, NullPool, create_engine

from aam.backups.answering import answer_restore
from aam.backups.dependencies import RestoreDeps, Schema, Step
from aam.backups.errors import LedgerUnavailable
from aam.backups.ledger import ask_erasures, readable_facts
from aam.backups.login import login_of
from aam.backups.schemas import parse_restore
from aam.foundation.aws import patient_lambda
from aam.foundation.clock import utc_now
from aam.foundation.database import single_statements, tls_arguments, transaction
from aam.foundation.deadline import HasTime, until
from aam.foundation.errors import AppError, Transient
from aam.foundation.handlers import Event, lambda_handler
from aam.foundation.secrets import read_secret
from aam.foundation.settings import DatabaseSettings, load
from aam.foundation.storage import backup_store, media_store
from aam.migrations.roles import OWNER, STATEMENTS, set_app_password
from aam.migrations.service import ADVISORY_LOCK, MigrationRequest, known_revisions, migrate
from aam.pipeline.ending import fail_vanished_runs
from aam.retention.policy import load_policy
from aam.store.bucket import Bucket

ENDS_BEFORE_MS = 60_000
"""Moving and copying objects stops with this much time left."""

REPLAY_S = 30
"""How long one call may erase, once it has read the ledger."""

IDLE_AT_MOST = 12
"""After so many calls in a row that erased nobody it is left to reconciling: somebody else may be at the same work."""


class RestoreSettings(DatabaseSettings):
    """The administrator's secret, and who knows the ledger of erasures."""

    admin_secret_arn: str = Field(alias="ADMIN_SECRET_ARN", min_length=1)
    erasure_function: str = Field(alias="ERASURE_FUNCTION", min_length=1)


class ErasuresUnavailable(Transient):
    """The function that erases did not answer."""

    code = "erasures_unavailable"
    sentence = "What was erased could not be erased again; run 'aam restore --reconcile', which goes on with it."


@lambda_handler
def handler(event: Event, context: Any) -> dict[str, Any]:
    """Do what is asked; a refusal is told as ``{"error": code, "detail": sentence}``."""
    try:
        request = parse_restore(event)
        seconds = getattr(request, "seconds", None)
        return answer_restore(request, deps=deps, has_time=until(context, seconds=seconds, before_ms=ENDS_BEFORE_MS))
    except AppError as error:
        return {"error": error.code, "detail": error.detail}


def deps() -> RestoreDeps:
    """What this function's settings name."""
    settings = load(RestoreSettings)
    return RestoreDeps(
        bucket=Bucket(media_store()),
        backups=backup_store(),
        admin=admin(),
        login=login_of(settings, settings.admin_secret_arn),
        open_transaction=transaction,
        open_statements=single_statements,
        policy=load_policy(),
        clock=utc_now,
        schema=Schema(
            owner=OWNER,
            roles=STATEMENTS,
            advisory_lock=ADVISORY_LOCK,
            revisions=known_revisions(),
            bring_up=bring_up,
        ),
        after={"failed_runs": fail_runs, "erased": erase_again},
        ledger=partial(readable_facts, settings.erasure_function),
    )


@cache
def admin() -> Engine:
    """The database, opened as its administrator."""
    settings = load(RestoreSettings)
    secret = json.loads(read_secret(settings.admin_secret_arn))
    url = URL.create(
        "postgresql+pg8000",
        username=secret["username"],
        password=secret["password"],
        host=settings.database_host,
        port=settings.database_port,
        database=settings.database_name,
    )
    return create_engine(url, poolclass=NullPool, connect_args=tls_arguments(settings))


def bring_up() -> None:
    """Migrate, and give the application's role the password that this stack's secret holds."""
    password = json.loads(read_secret(load(RestoreSettings).database_secret_arn))["password"]
    migrate(
        MigrationRequest(command="up"),
        engine=admin(),
        finish=lambda connection: set_app_password(connection, password),
    )


def fail_runs(_has_time: HasTime) -> Step:
    """Fail the runs that were alive at the backup's moment: their executions are over, or not of this stack."""
    failed = fail_vanished_runs(
        restarted=True, open_transaction=transaction, look_up=lambda _arn: "missing", now=utc_now()
    )
    return Step(failed)


def erase_again(has_time: HasTime) -> Step:
    """Have erased again whom the ledger knows, in as many calls as it takes; raises ErasuresUnavailable.

    Each call finds again who failed or is held: the last one's word counts.
    """
    erased = idle = 0
    while True:
        done = replay()
        erased += done.changed
        idle = 0 if done.changed else idle + 1
        if done.finished or idle >= IDLE_AT_MOST or not has_time():
            return replace(done, changed=erased)


def replay() -> Step:
    """One call of the function that alone reads the ledger; raises ErasuresUnavailable, LedgerForged."""
    try:
        told = ask_erasures(
            load(RestoreSettings).erasure_function, {"action": "replay", "seconds": REPLAY_S}, by=patient_lambda
        )
    except LedgerUnavailable:
        raise ErasuresUnavailable from None
    return Step(changed=told["erased"], finished=told["finished"], failed=told["failed"], held=told["waiting"])
