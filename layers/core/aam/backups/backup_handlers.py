"""Map each request of the function that makes backups to its use case."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

from pydantic import Field

from aam.backups.copies import keep_up
from aam.backups.dependencies import BackupDeps
from aam.backups.erasure_client import ledger_facts
from aam.backups.manifest import COPIES, backups_in, choose, keys_of, whole
from aam.backups.pg_connection import login_of
from aam.backups.schemas import (
    PAGE,
    BackupRequest,
    CopyRequest,
    FetchObjectsRequest,
    FetchRequest,
    ListRequest,
    OfBackup,
    Signed,
)
from aam.backups.service import back_up
from aam.foundation.aws import client
from aam.foundation.clock import utc_now
from aam.foundation.database import transaction
from aam.foundation.deadline import HasTime
from aam.foundation.operator import Answer
from aam.foundation.settings import DatabaseSettings, Environment, load
from aam.foundation.storage import ObjectStore, backup_store, media_store, public_backup_store
from aam.retention.policy import load_policy
from aam.store.bucket import Bucket

SIGNED_FOR_S = 3600
LISTED_AT_MOST = 100


class StackSettings(Environment):
    """The name of the stack, and the function that reads the ledger of erasures."""

    stack_name: str = Field(alias="STACK_NAME", min_length=1)
    erasure_function: str = Field(alias="ERASURE_FUNCTION", min_length=1)


def backup_deps() -> BackupDeps:
    """Build the dependencies from the settings of the function."""
    settings = load(DatabaseSettings)
    return BackupDeps(
        media=media_store(),
        backups=backup_store(),
        signer=public_backup_store(),
        open_transaction=transaction,
        login=login_of(settings, settings.database_secret_arn),
        policy=load_policy(),
        clock=utc_now,
        describe_stack=describe_stack,
        ledger=lambda: ledger_facts(load(StackSettings).erasure_function),
    )


def describe_stack() -> dict[str, Any]:
    """Return the stack's parameters and outputs; they name secrets and never hold one."""
    (found,) = client("cloudformation").describe_stacks(StackName=load(StackSettings).stack_name)["Stacks"]
    return {
        "name": found["StackName"],
        "parameters": {each["ParameterKey"]: each.get("ParameterValue") for each in found.get("Parameters", ())},
        "outputs": {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", ())},
    }


def perform(request: OfBackup, *, deps: BackupDeps, has_time: HasTime) -> Answer:
    """Perform one request and return its answer; raise leaves of `aam.backups.errors`, and transient errors."""
    return HANDLERS[type(request)](request, deps, has_time)


def copy(_request: CopyRequest, deps: BackupDeps, has_time: HasTime) -> Answer:
    """Copy objects that a backup left to be copied."""
    copied = keep_up(deps.media, deps.backups, has_time=has_time)
    return {"objects": copied.model_dump(mode="json"), "finished": copied.complete}


def list_backups(_request: ListRequest, deps: BackupDeps, _has_time: HasTime) -> Answer:
    """List the newest backups, and the names of broken ones."""
    manifests = {name: whole(deps.backups, name) for name in backups_in(deps.backups)[:LISTED_AT_MOST]}
    return {
        "backups": [found.model_dump(mode="json") for found in manifests.values() if found],
        "broken": [name for name, found in manifests.items() if not found],
    }


def fetch(request: FetchRequest, deps: BackupDeps, _has_time: HasTime) -> Answer:
    """Sign the files of one backup of the database."""
    manifest = choose(deps.backups, request.backup)
    found = [signed_get(deps.signer, key, deps.backups.size(key)) for key in keys_of(manifest.backup)]
    return {"manifest": manifest.model_dump(mode="json"), "files": [each.model_dump() for each in found]}


def fetch_objects(request: FetchObjectsRequest, deps: BackupDeps, _has_time: HasTime) -> Answer:
    """Sign one page of copied objects."""
    page = list(islice(Bucket(deps.backups).current(COPIES, after=request.after), PAGE))
    found = [signed_get(deps.signer, each.key, each.size) for each in page]
    return {"files": [each.model_dump() for each in found], "after": page[-1].key if len(page) == PAGE else None}


def signed_get(signer: ObjectStore, key: str, size: int | None) -> Signed:
    """Return a URL that reads one object."""
    return Signed(key=key, url=signer.presigned_get(key, expires_s=SIGNED_FOR_S), size_bytes=size)


HANDLERS: dict[type[OfBackup], Callable[[Any, BackupDeps, HasTime], Answer]] = {
    BackupRequest: lambda _request, deps, has_time: back_up(deps=deps, has_time=has_time),
    CopyRequest: copy,
    ListRequest: list_backups,
    FetchRequest: fetch,
    FetchObjectsRequest: fetch_objects,
}
