"""The doors of backups and restores: a request goes in, its answer comes out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from typing import Any

from pydantic import BaseModel

from aam.backups.copies import keep_up, listed
from aam.backups.dependencies import BackupDeps, RestoreDeps
from aam.backups.errors import NoSuchBackup, RestoreInProgress
from aam.backups.manifest import COPIES, backups_in, choose, keys_of, whole
from aam.backups.reconciling import copy_back, reconcile, release
from aam.backups.restoring import chosen, refuse, restore
from aam.backups.schemas import (
    PAGE,
    BackupRequest,
    CopyBackRequest,
    FetchRequest,
    LookRequest,
    OfBackup,
    OfRestore,
    ReconcileRequest,
    RestoreRequest,
    Signed,
    WantedRequest,
)
from aam.backups.service import back_up
from aam.backups.wanting import wanted_of
from aam.foundation.deadline import HasTime
from aam.foundation.errors import AppError
from aam.foundation.storage import ObjectStore
from aam.store.layout import QUARANTINE
from aam.store.restore_marker import read_marker

SIGNED_FOR_S = 3600
LISTED_AT_MOST = 100


def answer_backup(
    request: OfBackup, *, deps: Callable[[], BackupDeps], signer: ObjectStore, has_time: HasTime
) -> dict[str, Any]:
    """Do what is asked; raises leaves of `aam.backups.errors`, and passing faults."""
    made = deps()
    if isinstance(request, BackupRequest):
        if request.action == "list":
            names = backups_in(made.backups)[:LISTED_AT_MOST]
            manifests = {name: whole(made.backups, name) for name in names}
            return {
                "backups": [found.model_dump(mode="json") for found in manifests.values() if found],
                "broken": [name for name, found in manifests.items() if not found],
            }
        answer: BaseModel
        if request.action == "backup":
            answer = back_up(deps=made, has_time=has_time)
            return answer.model_dump(mode="json")
        copied = keep_up(made.media, made.backups, has_time=has_time)
        return {"objects": copied.model_dump(mode="json"), "finished": copied.complete}
    if isinstance(request, FetchRequest):
        manifest = choose(made.backups, request.backup)
        found = [signed_get(signer, key, made.backups.size(key)) for key in keys_of(manifest.backup)]
        return {"manifest": manifest.model_dump(mode="json"), "files": [each.model_dump() for each in found]}
    page = list(islice(listed(made.backups, COPIES, after=request.after), PAGE))
    found = [signed_get(signer, each.key, each.size) for each in page]
    return {"files": [each.model_dump() for each in found], "after": page[-1].key if len(page) == PAGE else None}


def signed_get(signer: ObjectStore, key: str, size: int | None) -> Signed:
    """A URL that reads one object."""
    return Signed(key=key, url=signer.presigned_get(key, expires_s=SIGNED_FOR_S), size_bytes=size)


def answer_restore(request: OfRestore, *, deps: Callable[[], RestoreDeps], has_time: HasTime) -> dict[str, Any]:
    """Do what is asked; raises leaves of `aam.backups.errors`, and passing faults."""
    made = deps()
    answer: BaseModel
    if isinstance(request, RestoreRequest):
        answer = restore(request.backup, deps=made, has_time=has_time, without_ledger=request.without_ledger)
    elif isinstance(request, ReconcileRequest):
        answer = reconcile(point=request.point, deps=made, has_time=has_time)
    elif isinstance(request, CopyBackRequest):
        answer = copy_back(deps=made, has_time=has_time)
    elif isinstance(request, LookRequest):
        return look(request, deps=made)
    elif isinstance(request, WantedRequest):
        return {"keys": wanted_of(request.keys, deps=made)}
    else:
        answer = release(request.key, meeting_id=request.meeting_id, deps=made)
    return answer.model_dump(mode="json")


def look(request: LookRequest, *, deps: RestoreDeps) -> dict[str, Any]:
    """What would be restored, how far the last restore is, and the keys in quarantine.

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
