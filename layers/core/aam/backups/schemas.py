"""Requests for backups and restores, from schedules, events and the command line."""

from __future__ import annotations

from typing import Any, Literal, get_args
from uuid import UUID

from pydantic import AwareDatetime, Field

from aam.backups.errors import BadBackupRequest, BadRestoreRequest
from aam.backups.manifest import NAME, Manifest
from aam.foundation.requests import read_request
from aam.foundation.schemas import RequestBody, Value

Backup = Field(default=None, pattern=rf"^({NAME}|\d{{4}}-\d\d-\d\d)$")
"""A backup's name, or the date of the newest one of a day; without it the newest of all."""

PAGE = 500


class BackupRequest(RequestBody):
    """Make a backup; ``seconds`` is how long this call may copy objects."""

    action: Literal["backup"]
    seconds: int | None = Field(default=None, ge=0, le=900)


class CopyRequest(RequestBody):
    """Copy the objects that a backup left to be copied, for so many ``seconds``."""

    action: Literal["copy"]
    seconds: int | None = Field(default=None, ge=0, le=900)


class ListRequest(RequestBody):
    """List the newest backups."""

    action: Literal["list"]
    seconds: int | None = Field(default=None, ge=0, le=900)


class FetchRequest(RequestBody):
    """Sign the parts of a database backup, for copying it elsewhere."""

    action: Literal["fetch"]
    backup: str | None = Backup


class FetchObjectsRequest(RequestBody):
    """Sign the next page of copied objects after a key."""

    action: Literal["fetch_objects"]
    after: str = ""


class RestoreRequest(RequestBody):
    """Restore a backup into an empty database; ``without_ledger``: though its ledger of erasures is another."""

    action: Literal["restore"]
    backup: str | None = Backup
    without_ledger: bool = False


class LookRequest(RequestBody):
    """Say which backup would be restored, how far the last restore is, and what lies in quarantine.

    ``coming`` is the manifest of one that is kept elsewhere: whether it would be refused is said before it is brought.
    """

    action: Literal["look"]
    backup: str | None = Backup
    coming: Manifest | None = None


class ReconcileRequest(RequestBody):
    """Compare rows and objects after a restore; ``point`` after a recovery by other means."""

    action: Literal["reconcile"]
    point: AwareDatetime | None = None
    seconds: int | None = Field(default=None, ge=0, le=900)


class CopyBackRequest(RequestBody):
    """Copy back the objects that rows want and the store lost."""

    action: Literal["copy_back"]
    seconds: int | None = Field(default=None, ge=0, le=900)


class WantedRequest(RequestBody):
    """Return the copies kept elsewhere that rows of the restored database want and no bucket has."""

    action: Literal["wanted"]
    keys: tuple[str, ...] = Field(min_length=1, max_length=PAGE)


class ReleaseRequest(RequestBody):
    """Make a quarantined recording an upload again."""

    action: Literal["release"]
    key: str = Field(min_length=1)
    meeting_id: UUID | None = None


class Signed(Value):
    """A signed request for one object; the URL alone gives access to it."""

    key: str
    url: str
    size_bytes: int | None = None


OfBackup = BackupRequest | CopyRequest | ListRequest | FetchRequest | FetchObjectsRequest
OfRestore = RestoreRequest | LookRequest | ReconcileRequest | CopyBackRequest | WantedRequest | ReleaseRequest

BACKUP_MODELS: tuple[type[OfBackup], ...] = get_args(OfBackup)
RESTORE_MODELS: tuple[type[OfRestore], ...] = get_args(OfRestore)


def parse_backup(event: Any) -> OfBackup:
    """Return the request in an event; raises BadBackupRequest."""
    return read_request(event, models=BACKUP_MODELS, error=BadBackupRequest, ending="nothing was done")


def parse_restore(event: Any) -> OfRestore:
    """Return the request in an event; raises BadRestoreRequest."""
    return read_request(event, models=RESTORE_MODELS, error=BadRestoreRequest, ending="nothing was changed")
