"""When the newest backup was taken: what the backups' bucket says by the names of its manifests.

A manifest is written last, so whatever has one is whole.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from aam.foundation.storage import ObjectStore

DATABASE = "backups/database/"
MANIFEST = re.compile(r"backups/database/(\d{4}-\d\d-\d\d)/(\d{6})Z\.json")


def taken_at(key: str) -> datetime | None:
    """The moment that a manifest's key speaks of, or None when it is no manifest's."""
    match = MANIFEST.fullmatch(key)
    if match is None:
        return None
    try:
        return datetime.strptime(f"{match[1]} {match[2]}", "%Y-%m-%d %H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def newest_backup(backups: ObjectStore) -> datetime | None:
    """When the newest whole backup was taken; raises StorageUnavailable."""
    moments = (taken_at(key) for key in backups.keys(DATABASE))
    return max((moment for moment in moments if moment is not None), default=None)
