"""Manifests of backups: a backup is judged by what its manifest says, for a name or a date of writing can be any.

Manifests may come into the bucket by other means than a backup, such as ``aws s3 sync``, and may be another system's.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field, ValidationError

from aam.foundation.schemas import Value
from aam.foundation.storage import ObjectMissing, ObjectStore

DATABASE = "backups/database/"
CLOCKS_DIFFER = timedelta(minutes=5)
TAKES_AT_MOST = timedelta(hours=1)
"""How far a backup's name and its moment may be apart; the function that makes it lives for 15 minutes."""

NAME = r"\d{4}-\d\d-\d\d/\d{6}Z"


class Copied(Value):
    """Counts of objects: those that were copied now, and those that this backup did not reach."""

    objects: int = 0
    size_bytes: int = 0
    gone: int = 0
    failed: int = 0
    complete: bool = False


class LedgerFacts(Value):
    """Facts of a system's ledger: an HMAC of a fixed word under its key, and the number of entries."""

    fingerprint: str = Field(pattern=r"^[0-9a-f]{64}$")
    entries: int = Field(ge=0)


class Manifest(Value):
    """One whole backup; ``taken_at`` is the moment that the database is of, ``counts`` its rows by table.

    ``ledger`` is None where the function that reads it did not answer.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal[1] = 1
    backup: str = Field(pattern=f"^{NAME}$")
    taken_at: AwareDatetime
    store_id: UUID
    revision: str
    server_version: str
    dump_bytes: int = Field(ge=1)
    dump_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    config_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    counts: dict[str, Annotated[int, Field(ge=0)]]
    objects: Copied = Field(default_factory=Copied)
    ledger: LedgerFacts | None = None

    @property
    def dump_key(self) -> str:
        """Return the key of the dump."""
        return dump_key(self.backup)


def dump_key(backup: str) -> str:
    """Return the key of a backup's dump."""
    return f"{DATABASE}{backup}.dump"


def manifest_key(backup: str) -> str:
    """Return the key of a backup's manifest."""
    return f"{DATABASE}{backup}.json"


def backups_in(store: ObjectStore) -> list[str]:
    """Return the names of all backups with a manifest's key, the newest first; raises StorageUnavailable."""
    found = (key.removeprefix(DATABASE).removesuffix(".json") for key in store.keys(DATABASE) if key.endswith(".json"))
    return sorted((name for name in found if re.fullmatch(NAME, name)), reverse=True)


def read_manifest(store: ObjectStore, backup: str) -> Manifest | None:
    """Return a backup's manifest, or None when it is malformed, or another backup's; raises StorageUnavailable."""
    try:
        found = Manifest.model_validate_json(store.read(manifest_key(backup)))
    except (ObjectMissing, ValidationError):
        return None
    return found if found.backup == backup else None


def whole(backups: ObjectStore, name: str) -> Manifest | None:
    """Return the manifest of a backup that has its dump as well, or None; raises StorageUnavailable."""
    manifest = read_manifest(backups, name)
    return manifest if manifest is not None and has_dump(backups, manifest) else None


def newest_backup(backups: ObjectStore, *, store_id: UUID, now: datetime) -> datetime | None:
    """Return when the newest whole backup of this system was taken, or None; raises StorageUnavailable.

    Its dump is looked at by size only: whoever restores it compares checksums.  One that says it is of the future, or
    of another time than its name, is none.
    """
    for name in backups_in(backups):
        manifest = read_manifest(backups, name)
        if manifest is None or manifest.store_id != store_id or not is_timely(manifest, now=now):
            continue
        if has_dump(backups, manifest):
            return manifest.taken_at
    return None


def is_timely(manifest: Manifest, *, now: datetime) -> bool:
    """Return whether the moment can be true: the name is the function's clock, the moment the database's."""
    named = datetime.strptime(manifest.backup, "%Y-%m-%d/%H%M%SZ").replace(tzinfo=UTC)
    return manifest.taken_at <= now + CLOCKS_DIFFER and abs(manifest.taken_at - named) <= TAKES_AT_MOST


def has_dump(backups: ObjectStore, manifest: Manifest) -> bool:
    """Return whether the dump is there in the size that the manifest says; raises StorageUnavailable."""
    try:
        return backups.size(manifest.dump_key) == manifest.dump_bytes
    except ObjectMissing:
        return False
