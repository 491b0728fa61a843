"""What a backup consists of, and where its parts lie.

    backups/database/{date}/{time}Z.dump    pg_dump's custom format, compressed
    backups/config/{date}/{time}Z.json      what the stack was
    backups/database/{date}/{time}Z.json    the manifest, written last: without it there is no backup
    objects/{key}                           copies of objects, kept up by each backup

The same names stand in the bucket of backups, in a folder and below a prefix of another bucket.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field, ValidationError

from aam.backups.errors import NoSuchBackup
from aam.foundation.schemas import Value
from aam.foundation.storage import ObjectMissing, ObjectStore
from aam.retention.newest_backup import DATABASE, taken_at

CONFIG, COPIES = "backups/config/", "objects/"
NAME = r"\d{4}-\d\d-\d\d/\d{6}Z"


class Copied(Value):
    """What became of the objects: those that were copied now, and those that this backup did not come to."""

    objects: int = 0
    size_bytes: int = 0
    gone: int = 0
    failed: int = 0
    complete: bool = False


class Manifest(Value):
    """One whole backup; ``taken_at`` is the moment that the database is of, ``counts`` its rows by table."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal[1] = 1
    backup: str = Field(pattern=f"^{NAME}$")
    taken_at: datetime
    store_id: UUID
    revision: str
    server_version: str
    dump_bytes: int = Field(ge=1)
    dump_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    config_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    counts: dict[str, int]
    objects: Copied = Field(default_factory=Copied)

    @property
    def dump_key(self) -> str:
        """Where the dump lies."""
        return dump_key(self.backup)


def name_of(moment: datetime) -> str:
    """A backup's name, such as ``2026-11-22/010000Z``."""
    return f"{moment.astimezone(UTC):%Y-%m-%d/%H%M%SZ}"


def dump_key(backup: str) -> str:
    """Where a backup's dump lies."""
    return f"{DATABASE}{backup}.dump"


def manifest_key(backup: str) -> str:
    """Where a backup's manifest lies."""
    return f"{DATABASE}{backup}.json"


def config_key(backup: str) -> str:
    """Where it is said what the stack was."""
    return f"{CONFIG}{backup}.json"


def keys_of(backup: str) -> tuple[str, str, str]:
    """Everything that a backup of the database consists of, in the order in which it is written."""
    return dump_key(backup), config_key(backup), manifest_key(backup)


def backups_in(store: ObjectStore) -> list[str]:
    """The names of all whole backups, the newest first; raises StorageUnavailable."""
    found = [key for key in store.keys(DATABASE) if taken_at(key) is not None]
    return sorted((key.removeprefix(DATABASE).removesuffix(".json") for key in found), reverse=True)


def choose(store: ObjectStore, wanted: str | None) -> Manifest:
    """The manifest of a backup by its name or date, or of the newest; raises NoSuchBackup."""
    if wanted is not None and not re.fullmatch(rf"{NAME}|\d{{4}}-\d\d-\d\d", wanted):
        raise NoSuchBackup
    names = [name for name in backups_in(store) if wanted is None or name == wanted or name.startswith(f"{wanted}/")]
    if not names:
        raise NoSuchBackup
    manifest = read_manifest(store, names[0])
    if manifest is None:
        raise NoSuchBackup
    return manifest


def read_manifest(store: ObjectStore, backup: str) -> Manifest | None:
    """A backup's manifest, or None when it is none; raises StorageUnavailable."""
    try:
        return Manifest.model_validate_json(store.read(manifest_key(backup)))
    except (ObjectMissing, ValidationError):
        return None
