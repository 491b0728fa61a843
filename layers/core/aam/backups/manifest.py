"""Manifest of a backup: its parts and their keys.

    backups/database/{date}/{time}Z.dump    pg_dump's custom format, compressed
    backups/config/{date}/{time}Z.json      what the stack was
    backups/database/{date}/{time}Z.json    the manifest, written last: without it there is no backup
    objects/{key}                           copies of objects, kept up by each backup

The same names stand in the bucket of backups, in a folder and below a prefix of another bucket.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from uuid import UUID

from aam.backups.errors import ManifestBroken, NoSuchBackup
from aam.foundation.storage import ObjectStore
from aam.store.manifest import (
    DATABASE,
    NAME,
    Copied,
    LedgerFacts,
    Manifest,
    backups_in,
    dump_key,
    has_dump,
    manifest_key,
    read_manifest,
    whole,
)

__all__ = [
    "CONFIG",
    "COPIES",
    "DATABASE",
    "NAME",
    "Copied",
    "LedgerFacts",
    "Manifest",
    "backups_in",
    "choose",
    "config_key",
    "dump_key",
    "has_dump",
    "keys_of",
    "manifest_key",
    "name_of",
    "read_manifest",
    "whole",
]

CONFIG, COPIES = "backups/config/", "objects/"


def name_of(moment: datetime) -> str:
    """Return a backup's name, such as ``2026-11-22/010000Z``."""
    return f"{moment.astimezone(UTC):%Y-%m-%d/%H%M%SZ}"


def config_key(backup: str) -> str:
    """Return the key of the backup's description of the stack."""
    return f"{CONFIG}{backup}.json"


def keys_of(backup: str) -> tuple[str, str, str]:
    """Return the keys of all parts of a database backup, in the order in which they are written."""
    return dump_key(backup), config_key(backup), manifest_key(backup)


def choose(store: ObjectStore, wanted: str | None, *, store_id: UUID | None = None) -> Manifest:
    """Return the manifest of a backup by its name or date, or of the newest; of this system, where there is one of it.

    Raises NoSuchBackup, and ManifestBroken, which names the newest one that can be chosen instead.
    """
    if wanted is not None and not re.fullmatch(rf"{NAME}|\d{{4}}-\d\d-\d\d", wanted):
        raise NoSuchBackup
    there = backups_in(store)
    first: Manifest | None = None
    for name in there:
        if wanted is not None and name != wanted and not name.startswith(f"{wanted}/"):
            continue
        manifest = read_manifest(store, name)
        if manifest is None:
            raise ManifestBroken(
                f"The manifest of the backup {name} is cut or was changed; {alternative_to(store, there)}. "
                "Nothing was changed."
            )
        if store_id in (None, manifest.store_id):
            return manifest
        first = first or manifest
    if first is None:
        raise NoSuchBackup
    return first


def alternative_to(store: ObjectStore, there: list[str]) -> str:
    """Return the backup to choose where the wanted one is broken."""
    other = next((name for name in there if whole(store, name) is not None), None)
    return f"choose the newest whole one, {other}, by its name" if other else "no other one is whole"
