"""After a restore: nothing that the database has forgotten is taken for rubbish, and what was lost comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from aam.backups import restore
from aam.backups.dependencies import Step
from aam.backups.errors import (
    DatabaseNotEmpty,
    NoMeetingForIt,
    NothingToReconcile,
    NotInQuarantine,
    NotReleasable,
    PointInFuture,
    RestoreUnfinished,
    RestoreWaits,
)
from aam.backups.manifest import Manifest, choose
from aam.backups.reconcile import copy_back, reconcile, release
from aam.foundation.deadline import HasTime
from aam.store.errors import RestoreNotReconciled
from aam.store.restore_marker import RestoreMarker, RestoreState, read_marker, write_marker
from tests.support.backups import MEDIA, BackupWorld


def test_nothing_is_deleted_before_rows_and_objects_were_compared(world: BackupWorld) -> None:
    """What arrived after the backup is nobody's in the restored database, and must not be taken for rubbish."""
    kept = world.meeting()
    world.clean("temp", dry_run=False)
    world.backed_up()
    later = world.meeting()
    world.wipe()
    lost = {key for key in world.found() if str(later.id) in key}
    assert len(lost) > 2
    report = world.restored()
    assert report.integrity.waiting == len(lost)
    world.now += timedelta(days=30)
    with pytest.raises(RestoreNotReconciled):
        world.clean("media", dry_run=False)
    done = world.reconciled()
    assert world.found() - {key for key in world.found() if str(kept.id) in key} == {
        f"quarantine/{key}" for key in lost
    }
    assert done.quarantined == len(lost)
    assert world.clean("media", dry_run=False).objects == 0
    assert world.clean("aggressive", dry_run=False, no_backup=True, allow=["objects", "bytes"]).failed == 0
    assert {key for key in world.found() if key.startswith("quarantine/")} == {f"quarantine/{key}" for key in lost}
    world.now += timedelta(days=61)
    assert world.clean("logs", dry_run=False).objects == len(lost), "its age ends it"
    with pytest.raises(NothingToReconcile):
        world.reconciled()


def test_a_quarantined_recording_becomes_an_upload_again(world: BackupWorld) -> None:
    world.clean("temp", dry_run=False)
    known = world.meeting()
    world.backed_up()
    later = world.meeting()
    of_known = world.put(f"meetings/{known.id}/20261122T000000Z_second.mp3", size=5)
    world.wipe()
    world.restored()
    world.reconciled()
    deps = world.restore_deps
    with pytest.raises(NotInQuarantine):
        release("quarantine/meetings/nothing", meeting_id=None, deps=deps)
    with pytest.raises(NotReleasable):
        release(f"quarantine/derived/{later.id}/x/transcript.json", meeting_id=None, deps=deps)
    with pytest.raises(NoMeetingForIt):
        release(f"quarantine/{later.key}", meeting_id=None, deps=deps)
    other = release(f"quarantine/{later.key}", meeting_id=known.id, deps=deps)
    own = release(f"quarantine/{of_known}", meeting_id=None, deps=deps)
    assert (other.meeting_id, own.meeting_id) == (known.id, known.id)
    rows = world.rows(
        "select key, filename, size_bytes, status from upload_blobs where status = 'pending' order by size_bytes"
    )
    assert [row[1:] for row in rows] == [("second.mp3", 5, "pending"), ("a.mp3", 1_000, "pending")]
    assert {str(row[0]) for row in rows} <= world.found()
    assert not {f"quarantine/{later.key}", f"quarantine/{of_known}"} & world.found()


def test_lost_objects_come_back_and_deleted_ones_do_not(world: BackupWorld) -> None:
    made, other = world.meeting(), world.meeting()
    world.clean("temp", dry_run=False)
    world.backed_up()
    before = world.found()
    world.s3.delete_object(Bucket=MEDIA, Key=made.key)
    world.now += timedelta(hours=1)
    world.delete_one(other.id)
    world.backed_up()  # the newest backup counts both as gone
    for key in before:
        world.s3.delete_object(Bucket=MEDIA, Key=key)
    world.wipe()
    assert world.restored().integrity.rows_without_object > 0
    done = copy_back(deps=world.restore_deps, has_time=lambda: True)
    assert world.found() == {key for key in before if str(other.id) not in key}
    assert done.brought_back == len(world.found())
    assert (fits := world.reconciled().integrity) is not None
    assert fits.ok


def test_what_ran_at_the_backups_moment_is_over(world: BackupWorld) -> None:
    made = world.meeting(status="running")
    with world.database.admin.begin() as connection:
        connection.exec_driver_sql(
            "insert into cleanup_runs (id, mode, scope, trigger, plan_hash, state, lease_until)"
            " values (gen_random_uuid(), 'full', 'all', 'event', 'h', 'running', now())"
        )
    world.backed_up()
    world.wipe()
    assert world.restored().changed == {"failed_runs": 1}
    assert world.rows(f"select status from processing_runs where id = '{made.run_id}'") == [("failed",)]
    assert world.rows("select state from cleanup_runs") == [("failed",)]


def test_a_restore_that_died_after_loading_is_gone_on_with_by_reconciling(world: BackupWorld) -> None:
    world.clean("temp", dry_run=False)
    world.meeting(status="running")
    world.backed_up()
    world.wipe()

    def dies(_has_time: HasTime) -> Step:
        raise KeyboardInterrupt

    deps = replace(world.restore_deps, after={"dies": dies})
    with pytest.raises(KeyboardInterrupt):
        restore.restore(None, deps=deps, has_time=lambda: True)
    with pytest.raises(RestoreNotReconciled):
        world.clean("temp", dry_run=False)
    with pytest.raises(DatabaseNotEmpty):
        world.restored()
    world.reconciled()
    assert world.rows("select distinct status from processing_runs") == [("failed",)]
    assert world.clean("temp", dry_run=False).finished


def test_a_restore_that_died_before_loading_has_to_be_done_again(world: BackupWorld) -> None:
    world.clean("temp", dry_run=False)
    report = world.backed_up()
    manifest: Manifest = choose(world.backup_store, report.backup)
    world.wipe()
    write_marker(
        world.bucket,
        RestoreMarker(
            backup=report.backup, point=manifest.taken_at, store_id=manifest.store_id, state=RestoreState.RESTORING
        ),
    )
    with pytest.raises(RestoreUnfinished):
        world.reconciled()
    assert world.restored().rows > 0


def test_a_recovery_by_other_means_is_reconciled_to_its_point(world: BackupWorld) -> None:
    world.clean("temp", dry_run=False)
    point = world.now - timedelta(hours=1)
    stray = world.put(f"meetings/{uuid4()}/x.mp3")
    done = reconcile(point=point, deps=world.restore_deps, has_time=lambda: True)
    assert (done.quarantined, world.found()) == (1, {f"quarantine/{stray}"})
    assert world.clean("temp", dry_run=False).finished


def test_a_point_is_neither_in_the_future_nor_in_the_place_of_a_restores_own(world: BackupWorld) -> None:
    world.clean("temp", dry_run=False)
    deps = world.restore_deps
    with pytest.raises(PointInFuture):
        reconcile(point=world.now + timedelta(minutes=1), deps=deps, has_time=lambda: True)
    assert read_marker(world.bucket) is None
    point = world.now - timedelta(hours=1)
    assert not reconcile(point=point, deps=deps, has_time=lambda: False).finished
    with pytest.raises(RestoreWaits):
        reconcile(point=point + timedelta(minutes=1), deps=deps, has_time=lambda: True)
    assert reconcile(point=point, deps=deps, has_time=lambda: True).finished, "the same point goes on"
    world.backed_up()
    world.wipe()
    world.restored()
    waiting = read_marker(world.bucket)
    with pytest.raises(RestoreWaits):
        reconcile(point=point, deps=deps, has_time=lambda: True)
    assert read_marker(world.bucket) == waiting
    assert world.reconciled().finished


def test_cleanups_wait_until_every_step_after_a_restore_is_done(world: BackupWorld) -> None:
    world.clean("temp", dry_run=False)
    world.backed_up()
    world.wipe()
    deps = replace(world.restore_deps, after={"erased": lambda _has_time: Step(3, finished=False, failed=1, held=2)})
    report = restore.restore(None, deps=deps, has_time=lambda: True)
    assert (report.finished, report.changed) == (False, {"erased": 3, "not_erased": 1, "held_erased": 2})
    assert reconcile(point=None, deps=deps, has_time=lambda: True).finished is False
    with pytest.raises(RestoreNotReconciled):
        world.clean("temp", dry_run=False)
    assert world.reconciled().finished


def test_reconciling_goes_on_where_its_time_was_over(world: BackupWorld) -> None:
    world.clean("temp", dry_run=False)
    world.backed_up()
    for _ in range(3):
        world.put(f"meetings/{uuid4()}/x.mp3")
    world.wipe()
    world.restored()
    left = iter([True, False, False])
    done = reconcile(point=None, deps=world.restore_deps, has_time=lambda: next(left))
    assert (done.finished, done.quarantined, done.integrity) == (False, 1, None)
    with pytest.raises(RestoreNotReconciled):
        world.clean("temp", dry_run=False)
    assert world.reconciled().quarantined == 2
