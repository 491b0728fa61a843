"""Map each request of the function that restores to its use case."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from pydantic import Field

from aam.backups.dependencies import RestoreDeps, Schema, Step
from aam.backups.erasure_client import readable_facts
from aam.backups.errors import NoSuchBackup, RestoreInProgress
from aam.backups.ledger_replay import erase_again
from aam.backups.missing_objects import wanted_of
from aam.backups.pg_connection import login_of
from aam.backups.reconcile import copy_back, reconcile, release
from aam.backups.restore import chosen, refuse, restore
from aam.backups.schemas import (
    CopyBackRequest,
    LookRequest,
    OfRestore,
    ReconcileRequest,
    ReleaseRequest,
    RestoreRequest,
    WantedRequest,
)
from aam.foundation.clock import utc_now
from aam.foundation.database import admin_engine, single_statements, transaction
from aam.foundation.deadline import HasTime
from aam.foundation.errors import AppError
from aam.foundation.operator import Answer
from aam.foundation.secrets import read_secret
from aam.foundation.settings import AdminSettings, load
from aam.foundation.storage import backup_store, media_store
from aam.migrations.roles import OWNER, STATEMENTS, set_app_password
from aam.migrations.service import ADVISORY_LOCK, MigrationRequest, known_revisions, migrate
from aam.pipeline.termination import fail_vanished_runs
from aam.retention.policy import load_policy
from aam.store.bucket import Bucket
from aam.store.layout import QUARANTINE
from aam.store.restore_marker import read_marker

if TYPE_CHECKING:
    from sqlalchemy import Engine

LISTED_AT_MOST = 100


class RestoreSettings(AdminSettings):
    """The administrator's secret, and the function that reads the ledger of erasures."""

    erasure_function: str = Field(alias="ERASURE_FUNCTION", min_length=1)


def restore_deps() -> RestoreDeps:
    """Build the dependencies from the settings of the function."""
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
            bring_up=migrate_restored_database,
        ),
        after={"failed_runs": fail_runs, "erased": partial(erase_again, settings.erasure_function)},
        ledger=partial(readable_facts, settings.erasure_function),
    )


@cache
def admin() -> Engine:
    """Return this worker's engine of the administrator."""
    return admin_engine(load(RestoreSettings))


def migrate_restored_database() -> None:
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


def perform(request: OfRestore, *, deps: RestoreDeps, has_time: HasTime) -> Answer:
    """Perform one request and return its answer; raise leaves of `aam.backups.errors`, and transient errors."""
    return HANDLERS[type(request)](request, deps, has_time)


def look(request: LookRequest, deps: RestoreDeps, _has_time: HasTime) -> Answer:
    """Return what would be restored, how far the last restore is, and the keys in quarantine.

    ``refused`` is what a backup that is coming would be refused for, but for the ledger, which may come with it.
    """
    refused: AppError | None = None
    passed_over: list[str] = []
    manifest = request.coming
    if manifest is not None:
        try:
            refuse(manifest, deps=deps)
        except AppError as error:
            if error.retryable and not isinstance(error, RestoreInProgress):
                raise
            refused = error
    else:
        with suppress(NoSuchBackup):
            manifest, passed_over = chosen(request.backup, deps=deps)
    marked = read_marker(deps.bucket)
    waiting = list(islice(deps.bucket.versions(QUARANTINE), LISTED_AT_MOST))
    return {
        "backup": manifest.model_dump(mode="json") if manifest else None,
        "passed_over": passed_over,
        "refused": {"code": refused.code, "detail": refused.detail} if refused else None,
        "restored": marked.model_dump(mode="json") if marked else None,
        "quarantined": [{"key": each.key, "size_bytes": each.size} for each in waiting],
    }


HANDLERS: dict[type[OfRestore], Callable[[Any, RestoreDeps, HasTime], Answer]] = {
    RestoreRequest: lambda request, deps, has_time: restore(
        request.backup, deps=deps, has_time=has_time, without_ledger=request.without_ledger
    ),
    LookRequest: look,
    ReconcileRequest: lambda request, deps, has_time: reconcile(point=request.point, deps=deps, has_time=has_time),
    CopyBackRequest: lambda _request, deps, has_time: copy_back(deps=deps, has_time=has_time),
    WantedRequest: lambda request, deps, _: {"keys": wanted_of(request.keys, deps=deps)},
    ReleaseRequest: lambda request, deps, _: release(request.key, meeting_id=request.meeting_id, deps=deps),
}
