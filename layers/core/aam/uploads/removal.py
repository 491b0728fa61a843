"""Use case: delete every object of a meeting; a cascade in the database deletes none."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aam.uploads.models import UploadBlob
from aam.uploads.store import UploadStore

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

PREFIXES = ("meetings/{}/", "derived/{}/", "temp/exports/{}/")


def open_multiparts(session: Session, meeting_id: UUID) -> tuple[tuple[str, str], ...]:
    """Keys and ids of the meeting's multipart uploads, whatever became of them."""
    rows = session.execute(
        select(UploadBlob.key, UploadBlob.multipart_id).where(
            UploadBlob.meeting_id == meeting_id, UploadBlob.multipart_id.is_not(None)
        )
    )
    return tuple((row.key, row.multipart_id) for row in rows)


def delete_objects(meeting_id: UUID, multiparts: tuple[tuple[str, str], ...], *, store: UploadStore) -> int:
    """Abort what is being uploaded and delete what is there; returns how many objects went.

    May run again at any time.  Raises StorageUnavailable.
    """
    for key, multipart_id in multiparts:
        store.abort(key, multipart_id)
    return sum(store.delete_prefix(prefix.format(meeting_id)) for prefix in PREFIXES)
