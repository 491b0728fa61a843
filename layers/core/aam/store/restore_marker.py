"""Marker that a restore leaves in the bucket: until rows and objects are reconciled, nothing may be deleted.

A restored database knows nothing of what arrived after its backup was taken, and would take it for unreferenced.  The
marker lies in the bucket, because the database is what was replaced.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import ValidationError

from aam.foundation.database import Transaction
from aam.foundation.schemas import Value
from aam.foundation.storage import ObjectMissing
from aam.store import identity
from aam.store.bucket import Bucket
from aam.store.errors import RestoreNotReconciled, WrongStore

KEY = "system/restore.json"


class RestoreState(StrEnum):
    """restoring: it may have died; restored: to be reconciled; settled: cleanups may act again."""

    RESTORING = "restoring"
    RESTORED = "restored"
    SETTLED = "settled"


class RestoreMarker(Value):
    """The restored backup, its moment, and the progress of the restore."""

    backup: str
    point: datetime
    store_id: UUID
    state: RestoreState


def read_marker(bucket: Bucket) -> RestoreMarker | None:
    """Return the marker of the last restore, or None when there was none; raises RestoreNotReconciled if unreadable."""
    try:
        return RestoreMarker.model_validate_json(bucket.store.read(KEY))
    except ObjectMissing:
        return None
    except ValidationError:
        raise RestoreNotReconciled from None


def write_marker(bucket: Bucket, marker: RestoreMarker) -> None:
    """Replace the marker; raises StorageUnavailable."""
    bucket.store.write(KEY, marker.model_dump_json().encode(), content_type="application/json")


def knows_its_objects(bucket: Bucket, *, open_transaction: Transaction) -> bool:
    """Return whether an object without a row is unreferenced: the bucket is this database's, and no restore waits.

    A bucket without an id counts as this database's.  Raises StorageUnavailable.
    """
    with open_transaction() as session:
        ours = identity.store_id(session)
    try:
        require_reconciled(bucket)
        return identity.label_of(bucket) in (None, ours)
    except (RestoreNotReconciled, WrongStore):
        return False


def require_reconciled(bucket: Bucket) -> None:
    """Raise RestoreNotReconciled while a restore is not reconciled."""
    marker = read_marker(bucket)
    if marker is not None and marker.state is not RestoreState.SETTLED:
        raise RestoreNotReconciled
