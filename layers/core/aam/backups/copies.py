"""Copies of objects in the bucket of backups: kept up by each backup, made by the store itself.

A copy whose object has gone gets a delete marker and goes after the policy's age; until then it can be had back.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from aam.backups.manifest import COPIES, Copied
from aam.foundation.deadline import HasTime
from aam.foundation.observability import logger
from aam.foundation.storage import ObjectMissing, ObjectStore, translated
from aam.retention.policy import BackupAges
from aam.store.bucket import BATCH, PARALLEL, Bucket, Version, batched
from aam.store.layout import PROTECTED

ONE_CALL_BYTES = 5 * 1024**3
PART_BYTES = 1024**3
"""CopyObject takes objects of up to 5 GB; larger ones are copied in parts.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html"""

COPIES_AT_ONCE = 200


def copy(source: ObjectStore, key: str, target: ObjectStore, to: str, *, size: int, version: str | None = None) -> None:
    """Copy an object within the store, whatever its size; raises ObjectMissing, StorageUnavailable."""
    place = {"Bucket": source.bucket, "Key": key, **({"VersionId": version} if version else {})}
    if size <= ONE_CALL_BYTES:
        with translated():
            # The class is S3's default; other stores hand on the object's own, and nobody could read an archived copy.
            target.client.copy_object(
                Bucket=target.bucket, Key=to, CopySource=place, TaggingDirective="REPLACE", StorageClass="STANDARD"
            )
        return
    with translated():
        kind = source.client.head_object(**place).get("ContentType", "binary/octet-stream")
        where = {"Bucket": target.bucket, "Key": to}
        where["UploadId"] = target.client.create_multipart_upload(**where, ContentType=kind)["UploadId"]
    parts = []
    for number, first in enumerate(range(0, size, PART_BYTES), start=1):
        last = min(first + PART_BYTES, size) - 1
        with translated():
            made = target.client.upload_part_copy(
                **where, PartNumber=number, CopySource=place, CopySourceRange=f"bytes={first}-{last}"
            )
        parts.append({"PartNumber": number, "ETag": made["CopyPartResult"]["ETag"]})
    with translated():
        target.client.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})


def keep_up(source: ObjectStore, target: ObjectStore, *, has_time: HasTime) -> Copied:
    """Copy what is new or changed, mark what has gone; another call goes on where the time was over."""
    done = Copied()
    for prefix in PROTECTED:
        for batch in batched(differences(source, target, prefix), COPIES_AT_ONCE):
            if not has_time():
                return done
            done = added(done, batch, source, target)
    return done.model_copy(update={"complete": True})


def differences(source: ObjectStore, target: ObjectStore, prefix: str) -> Iterator[tuple[str, Version | None]]:
    """Yield keys whose copy is missing, another or older, with the object; and keys of copies without one."""
    copies = Bucket(target).current(f"{COPIES}{prefix}")
    kept = next(copies, None)
    for each in Bucket(source).current(prefix):
        while kept is not None and plain(kept).encode() < each.key.encode():
            yield plain(kept), None
            kept = next(copies, None)
        if kept is not None and plain(kept) == each.key:
            if kept.size != each.size or kept.modified < each.modified:
                yield each.key, each
            kept = next(copies, None)
        else:
            yield each.key, each
    while kept is not None:
        yield plain(kept), None
        kept = next(copies, None)


def plain(kept: Version) -> str:
    """Return the key of the object that a copy is of."""
    return kept.key.removeprefix(COPIES)


def added(done: Copied, batch: list[tuple[str, Version | None]], source: ObjectStore, target: ObjectStore) -> Copied:
    """Copy and mark one batch; what was done until now."""
    gone = [key for key, each in batch if each is None]
    if gone:
        with translated():
            target.client.delete_objects(
                Bucket=target.bucket, Delete={"Objects": [{"Key": f"{COPIES}{key}"} for key in gone], "Quiet": True}
            )
    wanted = [each for _, each in batch if each is not None]
    with ThreadPoolExecutor(max_workers=PARALLEL) as pool:
        copied = list(pool.map(lambda each: copied_one(source, each, target), wanted))
    return done.model_copy(
        update={
            "objects": done.objects + sum(size is not None for size in copied),
            "size_bytes": done.size_bytes + sum(size or 0 for size in copied),
            "gone": done.gone + len(gone),
            "failed": done.failed + sum(size is None for size in copied),
        }
    )


def copied_one(source: ObjectStore, each: Version, target: ObjectStore) -> int | None:
    """Copy one object; its size, or None when the store refused (an archived one that was never copied before)."""
    from botocore.exceptions import ClientError

    try:
        copy(source, each.key, target, f"{COPIES}{each.key}", size=each.size or 0)
    except ObjectMissing:  # deleted meanwhile
        return 0
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidObjectState":
            raise
        logger().warning("an archived object has no copy", error_code="InvalidObjectState")
        return None
    return each.size


def expire(target: ObjectStore, ages: BackupAges, *, now: datetime) -> int:
    """Delete what is past its age, as the bucket's lifecycle does where there is one; returns how many versions."""
    gone = 0
    over = (found for prefix in ("backups/", COPIES) for found in expired(target, prefix, ages, now))
    for batch in batched(over, BATCH):
        Bucket(target).delete([[(each.key, each.version) for each in batch]])
        gone += len(batch)
    return gone


def expired(target: ObjectStore, prefix: str, ages: BackupAges, now: datetime) -> Iterator[Version]:
    """Yield the versions under a prefix that are past their age."""
    copies = prefix == COPIES
    earlier_than = now - timedelta(days=ages.gone_objects_days if copies else 1)
    for of_key in Bucket(target).histories(prefix):
        newest = of_key[0]
        if not copies and newest.size is not None and newest.modified < now - timedelta(days=ages.days):
            yield newest
        for replaced, by in zip(of_key[1:], of_key, strict=False):
            if by.modified < earlier_than:
                yield replaced
        if newest.size is None and newest.modified < earlier_than:
            yield newest
