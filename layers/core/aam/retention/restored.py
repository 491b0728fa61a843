"""What a restore leaves in the bucket: until somebody has compared rows and objects, nothing may be deleted.

A restored database knows nothing of what arrived after its backup was taken, and would take it for unreferenced.  The
note lies in the bucket, because the database is what was replaced.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import ValidationError

from aam.foundation.schemas import Value
from aam.foundation.storage import ObjectMissing
from aam.retention.errors import RestoreNotReconciled
from aam.retention.objects import Bucket

KEY = "system/restore.json"


class RestoreState(StrEnum):
    """restoring: it may have died; restored: to be reconciled; settled: cleanups may act again."""

    RESTORING = "restoring"
    RESTORED = "restored"
    SETTLED = "settled"


class RestoreNote(Value):
    """Which backup was restored, of what moment, and how far that is."""

    backup: str
    point: datetime
    store_id: UUID
    state: RestoreState


def read_note(bucket: Bucket) -> RestoreNote | None:
    """The note of the last restore, or None when there never was one; raises RestoreNotReconciled if it is none."""
    try:
        return RestoreNote.model_validate_json(bucket.store.read(KEY))
    except ObjectMissing:
        return None
    except ValidationError:
        raise RestoreNotReconciled from None


def write_note(bucket: Bucket, note: RestoreNote) -> None:
    """Replace the note; raises StorageUnavailable."""
    bucket.store.write(KEY, note.model_dump_json().encode(), content_type="application/json")


def require_reconciled(bucket: Bucket) -> None:
    """Raise RestoreNotReconciled while a restore is not reconciled."""
    note = read_note(bucket)
    if note is not None and note.state is not RestoreState.SETTLED:
        raise RestoreNotReconciled
