"""What somebody kept elsewhere comes back only where a restored row bears its very key."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from aam.backups.errors import RowsFirst
from aam.backups.missing_objects import wanted_of
from tests.support.backups import BACKUPS, MEDIA, BackupWorld


def wanted(world: BackupWorld, *keys: str) -> list[str]:
    return wanted_of(keys, deps=world.restore_deps)


def test_what_was_erased_since_is_not_wanted_and_what_is_there_is_not_brought_twice(world: BackupWorld) -> None:
    made, gone, redacted = world.meeting(), world.meeting(), world.meeting()
    elsewhere = [f"objects/{key}" for key in sorted(world.found())]
    world.clean("temp", dry_run=False)
    world.backed_up()
    for bucket, before in ((MEDIA, ""), (BACKUPS, "objects/")):  # the store is lost, copies and all
        for key in world.found() if not before else elsewhere:
            world.s3.delete_object(Bucket=bucket, Key=key)
    world.wipe()
    with pytest.raises(RowsFirst):
        wanted(world, *elsewhere)
    world.restored()
    world.reconciled()
    world.delete_one(gone.id)
    with world.database.transaction() as session:  # as an erasure leaves an upload that a person was heard in
        session.execute(
            text("update upload_blobs set key = 'meetings/erased', status = 'expired' where key = :key"),
            {"key": redacted.key},
        )
    ((transcript,),) = world.rows(f"select key from transcripts where meeting_id = '{made.id}'")
    ((other,),) = world.rows(f"select key from transcripts where meeting_id = '{redacted.id}'")
    asked = [*elsewhere, "objects/meetings/never", "objects/reports/x", "objects/../x", f"backups/{made.key}"]
    assert wanted(world, *asked) == sorted(f"objects/{key}" for key in (made.key, transcript, other))
    world.put(made.key)
    world.s3.put_object(Bucket=BACKUPS, Key=f"objects/{transcript}", Body=b"x")
    assert wanted(world, *asked) == [f"objects/{other}"]
