"""Search imported transcripts that have no rows: only the file itself tells which names it holds.

Rows are missing where the file could not be read as a transcript, or its rows went by their age while the file stays.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import exists, select

from aam.foundation.storage import ObjectMissing
from aam.pipeline.models import ProcessingRun
from aam.redaction.name_matching import Person
from aam.store.bucket import Bucket
from aam.transcription.imports import MAX_BYTES, text_of
from aam.transcription.models import TranscriptRow
from aam.uploads.facts import brings_transcript
from aam.uploads.models import UploadBlob
from aam.uploads.status import UploadStatus

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class ImportedTranscript:
    """An imported transcript: its upload, and the key of its file."""

    id: UUID
    meeting_id: UUID
    key: str


Uploads = Mapping[UUID, set[UUID]]
"""Uploads by their meetings."""


def without_rows(session: Session, organization_id: UUID) -> list[ImportedTranscript]:
    """Return the organization's imported transcripts that have no rows."""
    of_upload = (TranscriptRow.run_id == ProcessingRun.id, ProcessingRun.upload_id == UploadBlob.id)
    found = session.scalars(
        select(UploadBlob)
        .where(
            UploadBlob.organization_id == organization_id,
            UploadBlob.status == UploadStatus.RECEIVED,
            UploadBlob.size_bytes <= MAX_BYTES,  # a larger one is refused
            ~exists().where(*of_upload),
        )
        .order_by(UploadBlob.id)
    )
    return [ImportedTranscript(row.id, row.meeting_id, row.key) for row in found if brings_transcript(row)]


def naming(
    bucket: Bucket, uploads: list[ImportedTranscript], known: Person, has_time: Callable[[], bool]
) -> Uploads | None:
    """Return the uploads whose files name the person; None where time ran out."""
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for upload in uploads:
        if not has_time():
            return None
        try:
            said = as_read(bucket.store.read(upload.key))
        except ObjectMissing:
            continue
        if known.text(said) != said:
            found[upload.meeting_id].add(upload.id)
    return found


def as_read(body: bytes) -> str:
    """Return a file as text: JSON without its escapes, everything else unchanged."""
    said = text_of(body)
    try:
        return json.dumps(json.loads(said), ensure_ascii=False)
    except (ValueError, RecursionError):
        return said
