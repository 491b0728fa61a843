"""Tags by which the bucket itself expires objects.

The bucket asks nobody before it expires what carries a tag.  So the tag is put on late, by cleanups that look at media,
never on what is held or worked on; and it is taken off early, before somebody is told that a hold stands or that an age
has changed.  What else changes, such as a meeting's type, the next cleanup sees; the bucket acts later than that.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aam.deletion import legal_holds
from aam.deletion.schemas import HoldRequest
from aam.foundation.sql import any_of
from aam.identity.models import Organization
from aam.meetings.models import Meeting
from aam.pipeline.models import ALIVE
from aam.retention import ages, references
from aam.retention.ages import Ages, load_ages
from aam.retention.delete_guard import lock_and_find_held
from aam.retention.dependencies import CleanupDeps
from aam.retention.schemas import KeepRequest
from aam.store.bucket import PARALLEL, batched
from aam.uploads.status import UploadStatus
from aam.uploads.subject import DERIVED, UPLOADED, place_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MEETINGS_AT_ONCE = 50


def add_tags(meeting_ids: Collection[UUID], *, deps: CleanupDeps) -> int:
    """Give the objects of these meetings the tags that they should carry by now; how many changed.

    Meetings, clients and organizations stay locked meanwhile, so that a hold or another age comes before or after.
    """
    changed = 0
    for some in batched(sorted(meeting_ids), MEETINGS_AT_ONCE):
        keys = keys_of(some, deps)
        with deps.open_transaction() as session:
            held = lock_and_find_held(session, set(some))
            owners = select(Meeting.organization_id).where(any_of(Meeting.id, some))
            session.execute(select(Organization.id).where(Organization.id.in_(owners)).with_for_update(read=True))
            wanted = tags_of(session, keys, held=held, of=load_ages(session, deps.policy))
            changed += deps.bucket.tag(wanted.items(), name=deps.policy.tiers.tag)
    return changed


def remove_tags(meeting_ids: Collection[UUID], *, deps: CleanupDeps) -> int:
    """Take the tags off everything of these meetings; how many changed."""
    changed = 0
    for some in batched(sorted(meeting_ids), MEETINGS_AT_ONCE):
        changed += deps.bucket.tag(((key, None) for key in keys_of(some, deps)), name=deps.policy.tiers.tag)
    return changed


def keys_of(meeting_ids: Sequence[UUID], deps: CleanupDeps) -> list[str]:
    """Return the objects of these meetings, but for copies for downloading."""
    prefixes = [f"{prefix}{meeting_id}/" for meeting_id in meeting_ids for prefix in (UPLOADED, DERIVED)]
    with ThreadPoolExecutor(max_workers=PARALLEL) as pool:
        listed = pool.map(lambda prefix: {each.key for each in deps.bucket.versions(prefix)}, prefixes)
        return sorted(key for keys in listed for key in keys)


def tags_of(session: Session, keys: Collection[str], *, held: set[UUID], of: Ages) -> dict[str, str | None]:
    """Return the tag that each object should carry; none while it is held, on its way, or a run works on it."""
    wanted: dict[str, str | None] = dict.fromkeys(keys)
    uploads = references.uploads(session, {key for key in keys if key.startswith(UPLOADED)})
    for key, upload in uploads.items():
        if upload.status == UploadStatus.RECEIVED and not upload.busy and upload.meeting.id not in held:
            wanted[key] = of.tier(upload.meeting.subject, of.policy.class_of_upload(upload.content_type))
    places = {key: place_of(key) for key in keys if key.startswith(DERIVED)}
    runs = references.runs(session, {place.run_id for place in places.values() if place.run_id})
    for key, place in places.items():
        run = runs.get(place.run_id) if place.run_id else None
        if run and run.meeting.id == place.meeting_id and run.status not in ALIVE and run.meeting.id not in held:
            wanted[key] = of.tier(run.meeting.subject, of.policy.class_of_derived(place.name))
    return wanted


# ---------------------------------------------------------------------- what takes them off


def hold(asked: HoldRequest, *, deps: CleanupDeps) -> None:
    """Place a hold, then take the tags off the held objects; when this returns, none of them will be deleted.

    May be killed and called again.  Raises UnknownScope, AlreadyGoing, StorageUnavailable.
    """
    with deps.open_transaction() as session:
        legal_holds.hold(session, asked)
        of_subject = Meeting.client_id == asked.client_id if asked.client_id else Meeting.id == asked.meeting_id
        tagged = tagged_among(session, select(Meeting.id).where(of_subject), load_ages(session, deps.policy))
    remove_tags(tagged, deps=deps)


def keep(asked: KeepRequest, *, deps: CleanupDeps) -> None:
    """Change an age: tags of the old one off, then the rule, then tags of the new one on.

    May be killed and called again.  Raises UnknownScope, AgesContradict (nothing is changed then), StorageUnavailable.
    """
    with deps.open_transaction() as session:
        ages.check(session, asked, policy=deps.policy)
        before = tagged_among(session, concerned(asked), load_ages(session, deps.policy))
    remove_tags(before, deps=deps)
    with deps.open_transaction() as session:
        session.execute(
            select(Organization.id).where(Organization.id == asked.organization_id).with_for_update(key_share=True)
        )
        ages.keep(session, asked, policy=deps.policy)
    with deps.open_transaction() as session:
        after = tagged_among(session, concerned(asked), load_ages(session, deps.policy))
    add_tags(after | before, deps=deps)


def concerned(asked: KeepRequest) -> references.Anything:
    """Return the ids of the meetings whose age a request may change."""
    wanted: references.Anything = select(Meeting.id).where(Meeting.organization_id == asked.organization_id)
    return wanted if asked.client_id is None else wanted.where(Meeting.client_id == asked.client_id)


def tagged_among(session: Session, ids: references.Anything, of: Ages) -> set[UUID]:
    """Return those of the meetings whose objects may carry tags."""
    if not of.anything_ends:
        return set()
    found: set[UUID] = set()
    for page in batched((row[0] for row in references.paged(session, ids)), references.PAGE):
        found |= {each.id for each in references.meetings(session, page).values() if of.concern(each.subject)}
    return found
