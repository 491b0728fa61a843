"""Making backups: what stands in the bucket, what a death leaves behind, what is too much, and what goes when."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest

from aam.backups import copies, dump_database
from aam.backups.backup_handlers import perform
from aam.backups.copies import expire, keep_up
from aam.backups.errors import DatabaseTooLarge, DumpFailed, DumpTooSlow, NoSuchBackup
from aam.backups.manifest import Manifest, backups_in, choose, keys_of
from aam.backups.schemas import parse_backup
from aam.foundation.operator import as_json
from aam.store.manifest import newest_backup
from tests.support.backups import BACKUPS, MEDIA, BackupWorld


class Killed(BaseException):
    """No handler sees a kill."""


def kept(world: BackupWorld) -> set[str]:
    """The keys in the bucket of backups."""
    found = world.s3.list_objects_v2(Bucket=BACKUPS)
    return {each["Key"] for each in found.get("Contents", ())}


def version_count(world: BackupWorld, prefix: str = "") -> int:
    found = world.s3.list_object_versions(Bucket=BACKUPS, Prefix=prefix)
    return len(found.get("Versions", ())) + len(found.get("DeleteMarkers", ()))


def test_a_backup_is_a_dump_what_the_stack_was_and_a_manifest(world: BackupWorld) -> None:
    made = world.meeting()
    world.put("temp/exports/x")
    report = world.backed_up()
    assert report.finished
    dump, config, manifest = keys_of(report.backup)
    derived = {f"objects/{key}" for key in world.found() if key.startswith("derived/")}
    assert kept(world) == {dump, config, manifest, f"objects/{made.key}", *derived}
    said = Manifest.model_validate_json(world.backup_store.read(manifest))
    body = world.backup_store.read(dump)
    assert body[:5] == b"PGDMP"
    assert (said.dump_bytes, said.dump_sha256) == (len(body), hashlib.sha256(body).hexdigest())
    assert (said.counts["meetings"], said.counts["utterances"], said.objects.objects) == (1, 1, len(derived) + 1)
    assert said.config_sha256 == hashlib.sha256(world.backup_store.read(config)).hexdigest()
    told = json.loads(world.backup_store.read(config))
    assert told["stack"] == {"parameters": {"Stage": "test"}}
    assert told["database"]["revision"] == said.revision
    assert newest_backup(world.backup_store, store_id=said.store_id, now=world.now) == said.taken_at
    head = world.s3.head_object(Bucket=BACKUPS, Key=f"objects/{made.key}")
    assert head["ContentType"] == "audio/mpeg", "a copy is the object, whole"


def test_only_what_is_new_or_changed_is_copied_and_what_has_gone_is_kept_for_its_age(world: BackupWorld) -> None:
    one, two = world.meeting(), world.meeting()
    first = world.backed_up()
    world.now += timedelta(days=1)
    assert world.backed_up().objects.objects == 0
    world.put(two.key, size=77)
    world.s3.delete_object(Bucket=MEDIA, Key=one.key)
    world.now += timedelta(days=1)
    report = world.backed_up()
    assert (report.objects.objects, report.objects.size_bytes, report.objects.gone) == (1, 77, 1)
    assert f"objects/{one.key}" not in kept(world)
    assert version_count(world, f"objects/{one.key}") == 2, "the copy, and the mark that it has gone"
    ages = world.policy.backups
    gone = expire(world.backup_store, ages, now=world.now + timedelta(days=ages.gone_objects_days - 3))
    assert gone == 0
    over = world.now + timedelta(days=ages.gone_objects_days, minutes=1)
    assert expire(world.backup_store, ages, now=over) > 0
    assert version_count(world, f"objects/{one.key}") == 0
    assert version_count(world, f"objects/{two.key}") == 1, "what the store still has stays"
    assert backups_in(world.backup_store) == []
    with pytest.raises(NoSuchBackup):
        choose(world.backup_store, first.backup)


def test_without_time_the_database_is_backed_up_all_the_same_and_copying_goes_on_later(world: BackupWorld) -> None:
    world.meeting()
    report = world.backed_up(has_time=lambda: False)
    assert (report.finished, report.objects.objects) == (False, 0)
    assert choose(world.backup_store, None).objects.complete is False
    done = keep_up(world.bucket.store, world.backup_store, has_time=lambda: True)
    assert (done.complete, done.objects) == (True, len(world.found()))


def test_a_large_object_is_copied_in_parts(world: BackupWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    part = 5 * 1024**2
    monkeypatch.setattr(copies, "ONE_CALL_BYTES", part)
    monkeypatch.setattr(copies, "PART_BYTES", part)
    key = world.put("meetings/large", size=part + 7)
    assert world.backed_up().objects.size_bytes == part + 7
    head = world.s3.head_object(Bucket=BACKUPS, Key=f"objects/{key}")
    assert (head["ContentLength"], head["ContentType"]) == (part + 7, "audio/mpeg")


def test_too_large_or_too_slow_names_what_to_use_instead(world: BackupWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DumpTooSlow, match="point-in-time recovery or snapshots"):
        world.backed_up(limit_s=0)
    monkeypatch.setattr(dump_database, "LIMIT_BYTES", 1)
    with pytest.raises(DatabaseTooLarge, match="point-in-time recovery or snapshots"):
        world.backed_up()
    assert kept(world) == set()
    assert "Uploads" not in world.s3.list_multipart_uploads(Bucket=BACKUPS)


def test_a_dump_that_fails_leaves_nothing(world: BackupWorld) -> None:
    with world.database.admin.begin() as connection:
        connection.exec_driver_sql("revoke select on meetings from aam_app")
        connection.exec_driver_sql("alter table clients owner to current_user")
    with pytest.raises(Exception):  # noqa: B017, PT011 - whichever of both sees it first
        world.backed_up()
    with world.database.admin.begin() as connection:
        connection.exec_driver_sql("grant select on meetings to aam_app")
        connection.exec_driver_sql("create table stranger (id int)")
        connection.exec_driver_sql(
            "grant select on stranger to aam_app; alter table stranger enable row level security"
        )
    with pytest.raises(DumpFailed):
        world.backed_up()
    assert kept(world) == set()


def test_a_backup_may_be_killed_anywhere(world: BackupWorld) -> None:
    """Whatever is left has no manifest, counts for nothing, and is swept away by a later backup."""
    world.meeting()
    seen: list[str] = []
    limit = 0

    def count(model: Any, **_more: Any) -> None:
        seen.append(model.name)
        if limit and len(seen) >= limit:  # a process that is dead makes no further call
            raise Killed

    events = world.s3.meta.events
    events.register("before-parameter-build.s3", count)
    try:
        for point in range(1, 100):
            world.now += timedelta(hours=3)
            world.put(f"meetings/{point}")
            seen.clear()
            limit = point
            try:
                world.backed_up()
            except Killed:
                limit = 0
            else:
                break
            for name in backups_in(world.backup_store):
                assert set(keys_of(name)) <= kept(world), point
        assert point > 12
    finally:
        events.unregister("before-parameter-build.s3", count)
    left = {key for key in kept(world) if key.startswith("backups/")}
    assert left == {key for name in backups_in(world.backup_store) for key in keys_of(name)}
    assert "Uploads" not in world.s3.list_multipart_uploads(Bucket=BACKUPS)


def test_what_is_being_brought_is_left_alone(world: BackupWorld) -> None:
    """`aws s3 sync` and `aam restore run --from` write old names, and the manifest last."""
    old = "2026-01-02/010000Z"
    for key in (f"backups/config/{old}.json", f"backups/database/{old}.dump"):
        world.backup_store.write(key, b"x", content_type="application/octet-stream")
    upload = {"Bucket": BACKUPS, "Key": "backups/database/2026-01-03/010000Z.dump"}
    upload["UploadId"] = world.s3.create_multipart_upload(**upload)["UploadId"]
    before, began = kept(world), world.now

    def begun_now(parsed: dict[str, Any], **_more: Any) -> None:
        """Moto says of every upload that it began in 2010."""
        for each in parsed.get("Uploads", ()):
            each["Initiated"] = began

    world.s3.meta.events.register("after-call.s3.ListMultipartUploads", begun_now)
    try:
        for _ in range(2):
            assert world.backed_up().swept == 0
            assert before < kept(world)
            assert world.s3.list_parts(**upload)["UploadId"] == upload["UploadId"]
            world.now += timedelta(hours=12, minutes=1)
        assert world.backed_up().swept == 3, "nobody goes on with it"
        assert not before & kept(world)
    finally:
        world.s3.meta.events.unregister("after-call.s3.ListMultipartUploads", begun_now)


def test_one_broken_manifest_does_not_hide_the_others(world: BackupWorld) -> None:
    kept = world.backed_up().backup
    world.backup_store.write("backups/database/2020-01-01/000000Z.json", b"[]", content_type="application/json")
    bare = choose(world.backup_store, kept).model_copy(update={"backup": "2020-01-02/000000Z"})
    world.backup_store.write(
        "backups/database/2020-01-02/000000Z.json", bare.model_dump_json().encode(), content_type="x"
    )
    told = as_json(perform(parse_backup({"action": "list"}), deps=world.backup_deps, has_time=lambda: True))
    assert [each["backup"] for each in told["backups"]] == [kept]
    assert told["broken"] == ["2020-01-02/000000Z", "2020-01-01/000000Z"]
