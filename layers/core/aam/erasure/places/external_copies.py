"""Copies outside rows and the meetings' prefixes: state table, dead letters, plans, exports, replies of vendors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aam.clients.models import Client
from aam.erasure.dependencies import ErasureDeps
from aam.erasure.places.state_table_items import holds_id, speaking_of
from aam.foundation.sql import any_of
from aam.foundation.storage import ObjectMissing, StorageUnavailable
from aam.identity.models import User
from aam.meetings.models import DirectoryParticipant
from aam.redaction.schemas import SubjectKind
from aam.retention.models import CleanupRun, is_running
from aam.store.bucket import BATCH, Bucket, batched
from aam.store.layout import PLANS
from aam.transcription.callbacks import PREFIX as CALLBACKS
from aam.uploads.models import UploadBlob
from aam.uploads.status import UploadStatus
from aam.uploads.subject import EXPORTS, Subject

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from aam.redaction.name_matching import Person

OVERLAP = 512


def delete_prefix(bucket: Bucket, prefix: str) -> int:
    """Delete everything under a prefix, every version; how many.  Raises StorageUnavailable when one would not go."""
    gone, refused = bucket.delete_prefix(prefix)
    if refused:
        raise StorageUnavailable
    return gone


def delete_meetings_objects(deps: ErasureDeps, meeting_ids: Iterable[UUID]) -> Counter[str]:
    """Delete every object of meetings, copies included."""
    counts: Counter[str] = Counter()
    for meeting_id in meeting_ids:
        for name, bucket, before in deps.buckets:
            for prefix in Subject(meeting_id).prefixes:
                counts[name] += delete_prefix(bucket, f"{before}{prefix}")
    return counts


def delete_callbacks(deps: ErasureDeps, run_ids: Iterable[UUID]) -> Counter[str]:
    """Delete replies of vendors that no run has taken."""
    return Counter({"vendor_replies": sum(delete_prefix(deps.bucket, f"{CALLBACKS}{run_id}/") for run_id in run_ids)})


def delete_mentions(
    deps: ErasureDeps,
    ids: Collection[UUID],
    *,
    organization_id: UUID,
    known: Person | None = None,
    say: Callable[[], None],
) -> Counter[str]:
    """Delete all else that mentions these ids: facts and answers, messages, plans, exports; answers by names too.

    The plan of a cleanup that is at work stays until it is done; looking again finds it.  What somebody has uploaded
    anew for a meeting that stays is begun.  ``say`` is called between the parts: each takes seconds.
    """
    words = {str(each) for each in ids}
    counts: Counter[str] = Counter()
    for pk in list(speaking_of(deps.table, words, organization_id=organization_id, known=known)):
        deps.table.delete(pk)
        counts["short_lived_facts"] += 1
    say()
    with deps.open_transaction() as session:
        others = ids_of_others(session, organization_id)
        anew = {str(each) for each in uploaded_anew(session, ids)}
    counts += deps.message_queues.remove(words, spared=anew)
    say()
    counts["cleanup_plans"] = forget_plans(deps, words)
    say()
    for name, bucket, before in deps.buckets:
        going = [
            (each.key, each.version)
            for each in bucket.versions(f"{before}{EXPORTS}")
            if may_hold_erased_data(each.key.removeprefix(before), words, others)
        ]
        if going and bucket.delete(list(batched(going, BATCH))):
            raise StorageUnavailable
        counts[name] += len(going)
    return counts


def uploaded_anew(session: Session, ids: Collection[UUID]) -> set[UUID]:
    """Return the ids of meetings with an upload that is kept or waited for."""
    wanted = UploadBlob.status.in_((UploadStatus.RECEIVED, UploadStatus.PENDING))
    return set(session.scalars(select(UploadBlob.meeting_id).where(any_of(UploadBlob.meeting_id, ids), wanted)))


def may_hold_erased_data(key: str, words: AbstractSet[str], others: Collection[str]) -> bool:
    """Return whether an export may hold erased data: by its key, or as an export of all of a subject's data.

    Such a one (``temp/exports/client/{id}/…``) has the meetings of others in it as well; it lives for a day and is
    made anew in a minute, so all of an organization's go.
    """
    kind, _, rest = key.removeprefix(EXPORTS).partition("/")
    whole = kind in tuple(SubjectKind) and rest.partition("/")[0] not in others
    return whole or holds_id(key, words)


def ids_of_others(session: Session, organization_id: UUID) -> set[str]:
    """Return the ids of subjects of other organizations whose data may have been exported whole."""
    models: tuple[type[Client | User | DirectoryParticipant], ...] = (Client, User, DirectoryParticipant)
    return {
        str(found)
        for model in models
        for found in session.scalars(select(model.id).where(model.organization_id != organization_id))
    }


def forget_plans(deps: ErasureDeps, words: AbstractSet[str]) -> int:
    """Delete stored plans that name one of the words; how many."""
    with deps.open_transaction() as session:
        working = set(session.scalars(select(CleanupRun.plan_hash).where(is_running())))
    stored = {each.key.rpartition("/")[2].partition(".")[0] for each in deps.bucket.versions(PLANS)}
    found = 0
    for plan_hash in sorted(stored - working):
        if any(names_one(deps.bucket, f"{PLANS}{plan_hash}{ending}", words) for ending in (".json", ".jsonl")):
            delete_prefix(deps.bucket, f"{PLANS}{plan_hash}.")
            found += 1
    return found


def names_one(bucket: Bucket, key: str, words: AbstractSet[str]) -> bool:
    """Return whether an object holds one of the words; memory holds a piece of it."""
    before = b""
    try:
        for chunk in bucket.store.stream(key):
            piece = before + chunk
            if holds_id(piece.decode("latin-1"), words):
                return True
            before = piece[-OVERLAP:]
    except ObjectMissing:
        return False
    return False
