"""Identity of the store: database and bucket carry the same id, or nothing is deleted.

A database restored or named by mistake knows nothing of a bucket's objects, and would take all of them for
unreferenced.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select

from aam.foundation.schemas import Value
from aam.foundation.storage import ObjectMissing
from aam.store.bucket import Bucket
from aam.store.errors import StoreNotAdopted, WrongStore
from aam.store.models import StoreIdentity
from aam.uploads.models import UploadBlob
from aam.uploads.subject import UPLOADED

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

KEY = "system/store.json"
LOOKED_AT = 1_000


class StoreLabel(Value):
    """Label of the bucket."""

    store_id: UUID


def store_id(session: Session) -> UUID:
    """Return this database's id."""
    return session.scalars(select(StoreIdentity.store_id)).one()


def label_of(bucket: Bucket) -> UUID | None:
    """Return the id that the bucket carries, or None; raises WrongStore when it is malformed."""
    try:
        return StoreLabel.model_validate_json(bucket.store.read(KEY)).store_id
    except ObjectMissing:
        return None
    except ValidationError:
        raise WrongStore from None


def require_match(session: Session, bucket: Bucket) -> None:
    """Raise WrongStore or StoreNotAdopted unless both belong together.

    A bucket without an id is taken when it holds no recordings, or some that this database knows.
    """
    ours, theirs = store_id(session), label_of(bucket)
    if theirs is None:
        keys = [each.key for each in islice(bucket.versions(UPLOADED), LOOKED_AT)]
        known = session.scalar(select(UploadBlob.id).where(UploadBlob.key.in_(keys)).limit(1)) if keys else True
        if known is None:
            raise StoreNotAdopted
        adopt(session, bucket)
    elif theirs != ours:
        raise WrongStore


def adopt(session: Session, bucket: Bucket) -> None:
    """Write this database's id into a bucket that has none; raises WrongStore when it has another."""
    ours, theirs = store_id(session), label_of(bucket)
    if theirs not in (None, ours):
        raise WrongStore
    take_over(session, bucket)


def take_over(session: Session, bucket: Bucket) -> None:
    """Write this database's id into a bucket, over any other; the caller knows that both belong together."""
    ours = store_id(session)
    bucket.store.write(KEY, StoreLabel(store_id=ours).model_dump_json().encode(), content_type="application/json")
