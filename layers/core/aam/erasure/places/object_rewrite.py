"""Objects of a meeting after a person was erased from its rows: rewrite those in use, delete the rest."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select

from aam.erasure.dependencies import ErasureDeps
from aam.erasure.places.external_copies import delete_prefix, uploaded_anew
from aam.foundation.schemas import Value
from aam.foundation.storage import ObjectMissing, StorageUnavailable, translated
from aam.meetings.models import Meeting
from aam.pipeline.context import CONTEXT
from aam.pipeline.schemas import RunContext
from aam.redaction.name_matching import ERASED, Person
from aam.store.bucket import BATCH, Bucket, batched
from aam.transcription.models import TranscriptRow
from aam.transcription.queries import load_transcript
from aam.transcription.repository import OBJECT
from aam.transcription.schemas import Transcript
from aam.uploads.models import UploadBlob
from aam.uploads.status import UploadStatus
from aam.uploads.subject import DERIVED, EXPORTS, UPLOADED, place_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SOUND = ("audio.",)
"""What is derived and has a voice but no words: it stays where the person is only spoken of."""


def transcripts_of(session: Session, meeting_id: UUID) -> dict[str, Transcript]:
    """Return the transcripts of a meeting by the keys of their objects, made of their rows."""
    rows = session.scalars(select(TranscriptRow).where(TranscriptRow.meeting_id == meeting_id)).all()
    return {row.key: load_transcript(session, row, words=True, named=False) for row in rows}


def wanted(deps: ErasureDeps, meeting_id: UUID) -> set[str]:
    """Return the keys of a meeting's transcripts and wanted uploads."""
    with deps.open_transaction() as session:
        keys = session.scalars(select(TranscriptRow.key).where(TranscriptRow.meeting_id == meeting_id))
        return set(keys) | wanted_uploads(session, meeting_id)


def wanted_uploads(session: Session, meeting_id: UUID) -> set[str]:
    """Return the keys of uploads that are still kept or waited for."""
    return set(
        session.scalars(
            select(UploadBlob.key).where(
                UploadBlob.meeting_id == meeting_id,
                UploadBlob.status.in_((UploadStatus.RECEIVED, UploadStatus.PENDING)),
            )
        )
    )


def rewrite(deps: ErasureDeps, meeting_id: UUID, known: Person, *, own: bool) -> Counter[str]:
    """Bring a meeting's objects to what its rows say by now; may be killed anywhere and called again."""
    with deps.open_transaction() as session:
        if session.get(Meeting, meeting_id) is None:
            return Counter()
        transcripts = transcripts_of(session, meeting_id)
    for key, transcript in transcripts.items():
        replace(deps.bucket, key, transcript)
    for key in keys_of(deps.bucket, f"{DERIVED}{meeting_id}/", ending=f"/{CONTEXT}"):
        rewrite_context(deps.bucket, key, known, own=own)
    return clear(deps, meeting_id, own=own)


def clear(deps: ErasureDeps, meeting_id: UUID, *, own: bool, only: Collection[UUID] | None = None) -> Counter[str]:
    """Delete a meeting's objects but wanted uploads, transcripts, contexts, and its sound unless the person spoke.

    With ``only`` what other runs have derived stays as well.
    """
    counts: Counter[str] = Counter()
    for name, bucket, before in deps.buckets:
        for prefix in (UPLOADED, DERIVED):
            found = list(bucket.versions(f"{before}{prefix}{meeting_id}/"))
            # rows are read after objects were listed: whoever uploads anew has a row before there is an object
            kept = wanted(deps, meeting_id) if found else set()
            going = []
            for each in found:
                key = each.key.removeprefix(before)
                place = place_of(key)
                if only is not None and prefix == DERIVED and place.run_id is not None and place.run_id not in only:
                    continue
                sound = not own and prefix == DERIVED and place.name.startswith(SOUND)
                stays = key in kept or place.name == CONTEXT or sound
                # copies of what was written anew are old; the next backup makes new ones
                if not stays or (before and is_rewritten(key)):
                    going.append((each.key, each.version))
            if going and bucket.delete(list(batched(going, BATCH))):
                raise StorageUnavailable
            counts[name] += len(going)
        counts[name] += delete_prefix(bucket, f"{before}{EXPORTS}{meeting_id}/")
    return counts


def is_rewritten(key: str) -> bool:
    """Return whether an object is one of those that are rewritten."""
    return place_of(key).name in (OBJECT, CONTEXT)


def rewrite_context(
    bucket: Bucket, key: str, known: Person, *, own: bool = False, before: Callable[[], object] = lambda: None
) -> bool:
    """Put the pseudonym into what a run's first step wrote down; says whether there was anything to change.

    In an own meeting the upload is gone, and so is its name.  A context that cannot be read any more is of no use to a
    later step, and goes.  ``before`` is called before anything is changed.
    """
    try:
        context = RunContext.model_validate_json(bucket.store.read(key))
    except ObjectMissing:
        return False
    except ValidationError:
        before()
        delete_prefix(bucket, key)
        return True
    said = context.model_dump(mode="json", exclude={"run"})
    for who in said["participants"]:
        if known.is_named(who["full_name"]):
            who["role_title"] = None
    rewritten = dataclasses.replace(known, in_any_case=own).json(said)
    for who, was in zip(rewritten["participants"], said["participants"], strict=True):
        if was["full_name"] in known.others and not known.is_named(was["full_name"]):
            who["full_name"] = was["full_name"]  # another participant who bears a part of the name alone
    changed = RunContext.model_validate({**rewritten, "run": context.run})
    if own or changed.upload.filename != context.upload.filename:
        upload = context.upload.model_copy(update={"key": ERASED, "filename": ERASED})
        changed = changed.model_copy(update={"upload": upload})
    if changed == context:
        delete_earlier_versions(bucket, key)
        return False
    before()
    replace(bucket, key, changed)
    return True


def replace(bucket: Bucket, key: str, document: Value) -> None:
    """Write an object anew; no earlier version of it stays."""
    body = document.model_dump_json().encode()
    with translated():
        answer = bucket.store.client.put_object(
            Bucket=bucket.store.bucket, Key=key, Body=body, ContentType="application/json"
        )
    delete_earlier_versions(bucket, key, newest=answer.get("VersionId", "null"))


def delete_earlier_versions(bucket: Bucket, key: str, *, newest: str | None = None) -> None:
    """Delete the earlier versions of an object, where there are any."""
    if not bucket.has_versions:
        return
    found = [each for each in bucket.versions(key) if each.key == key]
    stays = newest or max(found, key=lambda each: each.modified).version
    if any(bucket.delete([[(each.key, each.version)]]) for each in found if each.version != stays):
        raise StorageUnavailable


def keys_of(bucket: Bucket, prefix: str, *, ending: str) -> list[str]:
    """Return the keys under a prefix with an ending."""
    return sorted({each.key for each in bucket.versions(prefix) if each.key.endswith(ending)})


def names_them(bucket: Bucket, key: str, known: Person) -> bool:
    """Return whether a run's context has the name; raises ObjectMissing."""
    said = bucket.store.read(key).decode(errors="replace")
    return known.json(said) != said or any(name in said for name in known.names)


def clear_again(deps: ErasureDeps, meeting_ids: Iterable[UUID], *, runs: Collection[UUID]) -> Counter[str]:
    """Delete objects that arrived late in redacted meetings: all but transcripts and contexts of their rows.

    Where somebody has uploaded anew, what is derived of that is no leftover: only ``runs`` are, which are older.
    """
    counts: Counter[str] = Counter()
    for meeting_id in sorted(meeting_ids):
        with deps.open_transaction() as session:
            anew = bool(uploaded_anew(session, [meeting_id]))
        counts += clear(deps, meeting_id, own=True, only=runs if anew else None)
    return counts
