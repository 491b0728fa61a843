"""Archived recordings: read their storage state and restore them.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html
"""

from __future__ import annotations

from typing import Literal

from aam.foundation.storage import ObjectMissing, ObjectStore, translated
from aam.uploads.errors import RecordingArchived

ARCHIVES = frozenset({"GLACIER", "DEEP_ARCHIVE"})
"""Storage classes that cannot be read at once."""

DAYS_BACK = 7
"""For how many days the copy that is brought back can be read."""

StorageState = Literal["readable", "archived", "returning", "missing"]


def storage_state(key: str, *, store: ObjectStore) -> StorageState:
    """Return whether an object can be read now; ``returning``: its restore is under way.  Raise StorageUnavailable."""
    try:
        with translated():
            head = store.client.head_object(Bucket=store.bucket, Key=key)
    except ObjectMissing:
        return "missing"
    if head.get("StorageClass", "STANDARD") not in ARCHIVES and "ArchiveStatus" not in head:
        return "readable"
    restore = head.get("Restore", "")
    if 'ongoing-request="false"' in restore:
        return "readable"
    return "returning" if restore else "archived"


def require_readable(key: str, *, store: ObjectStore) -> None:
    """Raise RecordingArchived where an object must be brought back first; one that is missing is the run's to tell."""
    state = storage_state(key, store=store)
    if state == "archived":
        raise RecordingArchived
    if state == "returning":
        raise RecordingArchived("This recording is on its way back from the store's archive; retry in some hours.")


def bring_back(key: str, *, store: ObjectStore) -> StorageState:
    """Ask the store to bring an archived object back for a week; returns how it stood before.

    Nothing is asked for one that can be read or is on its way.  Raises StorageUnavailable.
    """
    state = storage_state(key, store=store)
    if state == "archived":
        with translated():
            store.client.restore_object(
                Bucket=store.bucket,
                Key=key,
                RestoreRequest={"Days": DAYS_BACK, "GlacierJobParameters": {"Tier": "Standard"}},
            )
    return state
