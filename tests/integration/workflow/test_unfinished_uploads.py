"""Uploads that nobody finishes end, their owner is told; what arrived without a word is begun."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from aam.foundation.paging import PagedSweep
from aam.foundation.state_table import StateTable
from aam.foundation.storage import ObjectStore, StorageUnavailable
from aam.uploads.schemas import ReceivedObject
from aam.uploads.store import UploadStore
from aam.workflow.unfinished_uploads import PARTS_END, PUT_ENDS, begin_arrived_uploads, end_unfinished_uploads
from tests.support.limits import moto_table
from tests.support.postgres import Database
from tests.support.rows import Scene


@dataclass
class Desk:
    """A meeting that is being uploaded to."""

    database: Database
    scene: Scene
    uploads: UploadStore
    table: StateTable
    begun: list[ReceivedObject] = field(default_factory=list)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def sweep(self, after: timedelta) -> int:
        return end_unfinished_uploads(
            store=self.uploads,
            open_transaction=self.database.transaction,
            paging=PagedSweep(self.table, lambda: True, self.now),
            begin=self.begun.append,
            now=self.now + after,
        )

    def restart(self) -> int:
        return begin_arrived_uploads(
            store=self.uploads, open_transaction=self.database.transaction, begin=self.begun.append
        )

    @property
    def state(self) -> tuple[object, ...]:
        ((upload,),) = self.database.rows("select status from upload_blobs")
        ((meeting,),) = self.database.rows("select status from meetings")
        errors = [code for (code,) in self.database.rows("select code from processing_errors where not is_read")]
        return upload, meeting, errors


@pytest.fixture
def database(emptied_database: Database) -> Database:
    return emptied_database


@pytest.fixture
def desk(database: Database, store: ObjectStore, scene: Scene) -> Iterator[Desk]:
    store.delete(scene.key)
    with database.transaction() as session:
        session.execute(text("update meetings set status = 'uploading'"))
    uploads = UploadStore(calls=store.client, signs=store.client, bucket=store.bucket)
    with moto_table() as table:
        yield Desk(database, scene, uploads, table)


def in_parts(desk: Desk) -> str:
    multipart_id = desk.uploads.begin_multipart(desk.scene.key, content_type="text/vtt")
    with desk.database.transaction() as session:
        session.execute(text("update upload_blobs set multipart_id = :id, part_size_bytes = 10"), {"id": multipart_id})
    return multipart_id


def test_an_upload_within_its_time_is_left_alone(desk: Desk) -> None:
    assert desk.sweep(PUT_ENDS - timedelta(minutes=1)) == 0
    in_parts(desk)
    assert desk.sweep(PARTS_END - timedelta(minutes=1)) == 0
    assert desk.state == ("pending", "uploading", [])


def test_an_upload_that_never_arrived_expires_with_an_error(desk: Desk) -> None:
    assert desk.sweep(PUT_ENDS + timedelta(minutes=1)) == 1
    assert desk.state == ("expired", "created", ["upload_never_finished"])
    assert desk.sweep(PUT_ENDS + timedelta(hours=1)) == 0
    assert desk.begun == []


def test_incomplete_multipart_uploads_are_aborted(desk: Desk) -> None:
    multipart_id = in_parts(desk)
    assert desk.sweep(PARTS_END + timedelta(minutes=1)) == 1
    assert desk.uploads.parts(desk.scene.key, multipart_id) is None
    assert desk.state == ("expired", "created", ["upload_never_finished"])


def test_an_upload_that_arrived_without_notification_is_begun(desk: Desk, store: ObjectStore) -> None:
    store.write(desk.scene.key, b"x" * 10, content_type="text/vtt")
    assert desk.sweep(PUT_ENDS + timedelta(minutes=1)) == 1
    (received,) = desk.begun
    head = store.client.head_object(Bucket=store.bucket, Key=desk.scene.key)
    assert (received.key, received.size, received.version) == (desk.scene.key, 10, head["ETag"].strip('"'))
    assert desk.state == ("pending", "uploading", []), "its run changes that"


def test_an_object_of_another_size_counts_as_not_arrived(desk: Desk, store: ObjectStore) -> None:
    store.write(desk.scene.key, b"x", content_type="text/vtt")
    desk.sweep(PUT_ENDS + timedelta(minutes=1))
    assert desk.begun == []
    assert desk.state[0] == "expired"


def test_two_sweeps_at_once_note_one_error(desk: Desk) -> None:
    with ThreadPoolExecutor(max_workers=4) as pool:
        done = list(pool.map(lambda _n: desk.sweep(PUT_ENDS + timedelta(minutes=1)), range(4)))
    assert sum(done) == 1
    assert desk.state[2] == ["upload_never_finished"]


def test_an_upload_whose_store_does_not_answer_waits_for_the_next_sweep(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(**_arguments: object) -> None:
        raise StorageUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(desk.uploads.calls, "head_object", unavailable)
        with pytest.raises(StorageUnavailable):
            desk.sweep(PUT_ENDS + timedelta(minutes=1))
    assert desk.state == ("pending", "uploading", [])
    assert desk.sweep(PUT_ENDS + timedelta(minutes=1)) == 1


def test_a_meeting_with_another_upload_under_way_stays_uploading(desk: Desk) -> None:
    with desk.database.transaction() as session:
        session.execute(
            text(
                "insert into upload_blobs (id, organization_id, meeting_id, key, filename, content_type, size_bytes, "
                "status, created_at) select gen_random_uuid(), organization_id, meeting_id, 'meetings/other', "
                "filename, content_type, size_bytes, 'pending', now() + interval '2 hours' from upload_blobs"
            )
        )
    assert desk.sweep(PUT_ENDS + timedelta(minutes=1)) == 1
    assert desk.database.rows("select status from meetings") == [("uploading",)]


def test_a_restart_begins_at_once_what_had_arrived(desk: Desk, store: ObjectStore) -> None:
    store.write(desk.scene.key, b"x" * 10, content_type="text/vtt")
    assert desk.restart() == 1
    (received,) = desk.begun
    assert (received.key, received.size) == (desk.scene.key, 10)


def test_a_restart_leaves_what_is_still_on_its_way(desk: Desk, store: ObjectStore) -> None:
    multipart_id = in_parts(desk)
    assert desk.restart() == 0, "nothing has arrived"
    assert desk.uploads.parts(desk.scene.key, multipart_id) is not None
    store.write(desk.scene.key, b"x", content_type="text/vtt")
    assert desk.restart() == 0, "that is not what was announced"
    assert desk.begun == []
    assert desk.state == ("pending", "uploading", [])


def test_a_restart_begins_no_upload_that_was_given_up(desk: Desk, store: ObjectStore) -> None:
    desk.sweep(PUT_ENDS + timedelta(minutes=1))
    store.write(desk.scene.key, b"x" * 10, content_type="text/vtt")
    assert desk.restart() == 0
