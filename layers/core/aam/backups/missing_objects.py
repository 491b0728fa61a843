"""List the copies kept elsewhere that a restored database lacks.

A folder that somebody kept only ever grows: it holds what was deleted and erased since.  So rows come first, are freed
of whom the ledger knows, and then say what is theirs by its key: recordings and transcripts.  What else was derived
of a recording is not brought, for no row says whether a person had to go from it; another run makes it anew.
"""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from sqlalchemy import select

from aam.backups.dependencies import RestoreDeps
from aam.backups.errors import RowsFirst
from aam.backups.manifest import COPIES
from aam.backups.restore import is_loaded
from aam.foundation.sql import any_of
from aam.foundation.storage import ObjectStore
from aam.store.bucket import PARALLEL
from aam.store.restore_marker import read_marker
from aam.transcription.models import TranscriptRow
from aam.uploads.models import UploadBlob
from aam.uploads.status import UploadStatus
from aam.uploads.subject import DERIVED, UPLOADED

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def wanted_of(keys: Collection[str], *, deps: RestoreDeps) -> list[str]:
    """Return the copies (``objects/…``) that rows want and neither bucket has; raises RowsFirst, StorageUnavailable.

    Nothing is changed: asked again, it says what is left to be brought.
    """
    marked = read_marker(deps.bucket)
    if marked is None or not is_loaded(marked.store_id, deps=deps):
        raise RowsFirst
    with deps.open_statements() as session:
        named = named_by_rows(session, {key.removeprefix(COPIES) for key in keys if key.startswith(COPIES)})
    missing = lacking(deps.bucket.store, "", named)
    return [f"{COPIES}{key}" for key in lacking(deps.backups, COPIES, missing)]


def named_by_rows(session: Session, keys: set[str]) -> list[str]:
    """Return the keys that a row of an upload or of a transcript refers to, in order."""
    uploads = select(UploadBlob.key).where(
        any_of(UploadBlob.key, [key for key in keys if key.startswith(UPLOADED)]),
        UploadBlob.status.in_((UploadStatus.PENDING, UploadStatus.RECEIVED)),
    )
    transcripts = select(TranscriptRow.key).where(
        any_of(TranscriptRow.key, [key for key in keys if key.startswith(DERIVED)])
    )
    return sorted({*session.scalars(uploads), *session.scalars(transcripts)})


def lacking(store: ObjectStore, before: str, keys: list[str]) -> list[str]:
    """Return the keys below which, behind a prefix, a store has nothing."""
    with ThreadPoolExecutor(max_workers=PARALLEL) as pool:
        there = list(pool.map(lambda key: store.holds(f"{before}{key}"), keys))
    return [key for key, holds in zip(keys, there, strict=True) if not holds]
