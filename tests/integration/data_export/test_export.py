"""Exports: everything of a client or user, a participant's own words, checksums, and flat memory."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from aam.audit.models import Read
from aam.audit.service import note_read
from aam.data_export import rows, service
from aam.data_export.errors import BadExportRequest, ExportTooLarge, SubjectUnknown
from aam.data_export.schemas import Exported, ExportRequest, Subject, parse
from aam.data_export.service import ExportDeps, export
from aam.foundation.clock import new_id
from aam.foundation.storage import ObjectStore
from aam.identity.schemas import Caller
from aam.migrations.models import metadata
from aam.pipeline.schemas import RunInput
from aam.transcription.repository import insert_rows, rows_of
from aam.transcription.schemas import Transcript, Utterance
from tests.integration.database.test_cascades import fill
from tests.support.postgres import Database
from tests.support.rows import Scene
from tests.support.store import moto_store

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
RECORDING = b"RIFF" + bytes(range(256)) * 8192
"""Two megabytes."""

SAID = ("We decided to move the release.", "My budget is confidential.", "Fine by me.")


@dataclass
class Desk:
    """A client with one whole meeting, and the store that exports go to."""

    database: Database
    store: ObjectStore
    scene: Scene
    participant_id: UUID
    seconds: int = 999

    def export(self, subject: Subject, subject_id: UUID, *, recordings: bool = True) -> Exported:
        deps = ExportDeps(
            store=self.store,
            public=self.store,
            open_transaction=self.database.transaction,
            clock=lambda: NOW,
            has_time=lambda: self.seconds > 0,
        )
        return export(ExportRequest(subject=subject, id=subject_id, recordings=recordings), deps=deps)

    def open(self, made: Exported) -> zipfile.ZipFile:
        (key,) = self.store.keys("temp/exports/")
        body = self.store.read(key)
        assert (hashlib.sha256(body).hexdigest(), len(body)) == (made.sha256, made.size_bytes)
        return zipfile.ZipFile(io.BytesIO(body))


@pytest.fixture
def database(emptied_database: Database) -> Database:
    return emptied_database


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    with moto_store() as store:
        scene = fill(database)
        store.write(scene.key, RECORDING, content_type="audio/wav")
        with database.transaction() as session:
            session.execute(text("update upload_blobs set status = 'received', filename = 'talk ../../x.wav'"))
            session.execute(text("delete from transcripts"))
            ((participant,),) = session.execute(
                text("update directory_participants set full_name = 'Anna Ray' returning id")
            )
            session.execute(text("update meeting_participants set full_name = 'Anna  ray'"))
            ((run_id,),) = session.execute(text("select id from processing_runs"))
            run = RunInput(
                run_id=run_id,
                meeting_id=scene.meeting_id,
                organization_id=scene.organization_id,
                upload_id=scene.upload_id,
                correlation_id="c",
            )
            insert_rows(session, run=run, transcript=transcript(), rows=rows_of(transcript()), key="k")
            session.execute(
                text(
                    "insert into speaker_names (transcript_id, organization_id, label, name) "
                    "select id, organization_id, 'Speaker 1', 'Anna Ray' from transcripts"
                )
            )
            session.execute(text(MINUTES), {"document": json.dumps(document()), "id": new_id()})
        yield Desk(database, store, scene, participant)


def transcript() -> Transcript:
    speakers = ("Speaker 1", "Speaker 2", "Speaker 1")
    return Transcript(
        language="en",
        engine="deepgram",
        model="nova-3",
        version="1",
        utterances=tuple(
            Utterance(id=number, speaker=speaker, start_ms=number * 1000, end_ms=number * 1000 + 500, text=said)
            for number, (speaker, said) in enumerate(zip(speakers, SAID, strict=True), start=1)
        ),
    )


MINUTES = (
    "insert into artifacts (id, organization_id, meeting_id, run_id, transcript_id, version, engine, model, "
    "prompt_version, language, supported_count, quoted_count, unsupported_count, document) "
    "select :id, organization_id, meeting_id, run_id, "
    "id, 1, 'openai', 'm', '1', 'en', 0, 1, 0, cast(:document as jsonb) from transcripts"
)


def document() -> dict[str, Any]:
    def quote(number: int, speaker: str) -> dict[str, Any]:
        return {
            "quote": SAID[number - 1],
            "utterance_id": number,
            "last_utterance_id": number,
            "start_ms": None,
            "end_ms": None,
            "speaker": speaker,
        }

    item = {
        "id": "1",
        "text": "The release moves.",
        "priority": "high",
        "quotes": [quote(1, "Speaker 1"), quote(2, "Speaker 2")],
        "support": "quoted",
    }
    return {
        "engine": "openai",
        "model": "m",
        "prompt_version": "1",
        "language": "en",
        "sections": [{"kind": "decisions", "title": "Decisions", "items": [item]}],
    }


def read_by_somebody(desk: Desk, times: int) -> None:
    caller = Caller(user_id=desk.scene.user_id, organization_id=desk.scene.organization_id)
    for _ in range(times):
        with desk.database.transaction() as session:
            note_read(session, desk.scene.meeting_id, Read.ARTIFACTS, caller=caller, now=NOW)


def test_a_clients_export_has_everything_and_each_member_its_checksum(desk: Desk) -> None:
    read_by_somebody(desk, 2)
    made = desk.export(Subject.CLIENT, desk.scene.client_id)
    archive = desk.open(made)
    assert archive.testzip() is None
    manifest = json.loads(archive.read("manifest.json"))
    for member in manifest["members"]:
        body = archive.read(member["name"])
        assert (len(body), hashlib.sha256(body).hexdigest()) == (member["size_bytes"], member["sha256"])
    names = set(archive.namelist())
    assert {member["name"] for member in manifest["members"]} | {"manifest.json"} == names
    folder = f"meetings/{desk.scene.meeting_id}"
    (recording,) = [name for name in names if name.startswith(f"{folder}/recordings/")]
    assert ".." not in recording.removesuffix(".wav")
    assert archive.read(recording) == RECORDING
    assert SAID[1] in archive.read(f"{folder}/transcript-1.txt").decode()
    assert "The release moves" in archive.read(f"{folder}/minutes-1.md").decode()
    access = json.loads(archive.read(f"{folder}/access.json"))
    assert [(read["what"], read["times"]) for read in access["reads"]] == [("transcript", 1), ("artifacts", 2)]
    assert access["may_read"][0]["owns"] is True
    assert "rows/clients.json" in names
    assert desk.database.rows("select operation, details->>'subject' from maintenance_log where operation <> 'o'") == [
        ("export", f"client:{desk.scene.client_id}")
    ]


def test_no_secret_and_no_key_is_handed_out(desk: Desk) -> None:
    for subject, subject_id in ((Subject.CLIENT, desk.scene.client_id), (Subject.USER, desk.scene.user_id)):
        archive = desk.open(desk.export(subject, subject_id))
        for name in archive.namelist():
            if name.endswith(".json"):
                said = archive.read(name).decode()
                assert '"password_hash"' not in said, name
                assert '"token_hash"' not in said, name
                assert desk.scene.key not in said, name
        desk.store.delete(desk.store.keys("temp/exports/")[0])


LEFT_OUT = frozenset(
    {
        "organizations",
        "meeting_types",
        "prompt_scenarios",
        "directory_participants",
        "store_identity",
        "cleanup_runs",
        "erasures",
        "erasure_traces",
        "maintenance_log",
        "meeting_tombstones",
    }
)
"""Tables that say nothing of a client."""


def test_every_table_is_exported_or_left_out_for_a_reason() -> None:
    exported = {model.__tablename__ for model in (*rows.OF_MEETING, *rows.OF_TRANSCRIPT)} | {
        "meetings",
        "clients",
        "users",
        "refresh_tokens",
        "retention_rules",
        "access_log",
    }
    assert exported | LEFT_OUT == set(metadata.tables)
    assert not exported & LEFT_OUT


def test_participant_export_holds_their_own_words_only(desk: Desk) -> None:
    made = desk.export(Subject.PARTICIPANT, desk.participant_id)
    archive = desk.open(made)
    told = json.loads(archive.read(f"meetings/{desk.scene.meeting_id}.json"))
    assert [each["text"] for each in told["utterances"]] == [SAID[0], SAID[2]]
    assert [each["quote"] for each in told["quotes"]] == [SAID[0]]
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert SAID[1].encode() not in everything
    assert RECORDING[:64] not in everything


def test_participants_of_the_same_name_get_no_words(desk: Desk) -> None:
    with desk.database.transaction() as session:
        session.execute(
            text(
                "insert into meeting_participants (id, organization_id, meeting_id, full_name) "
                "select gen_random_uuid(), organization_id, meeting_id, 'ANNA RAY' from meeting_participants"
            )
        )
    archive = desk.open(desk.export(Subject.PARTICIPANT, desk.participant_id))
    told = json.loads(archive.read(f"meetings/{desk.scene.meeting_id}.json"))
    assert (told["speakers_unclear"], told["utterances"], told["quotes"]) == (True, [], [])


def test_recordings_that_cannot_be_read_are_named(desk: Desk) -> None:
    made = desk.export(Subject.CLIENT, desk.scene.client_id, recordings=False)
    assert made.left_out == 1
    (why,) = [each["why"] for each in json.loads(desk.open(made).read("manifest.json"))["left_out"]]
    assert why == "not asked for"
    desk.store.delete(desk.store.keys("temp/exports/")[0])
    desk.store.client.put_object(Bucket=desk.store.bucket, Key=desk.scene.key, Body=b"x", StorageClass="GLACIER")
    made = desk.export(Subject.CLIENT, desk.scene.client_id)
    (why,) = [each["why"] for each in json.loads(desk.open(made).read("manifest.json"))["left_out"]]
    assert why == "archived"


def test_what_an_export_never_holds_is_counted_and_named(desk: Desk) -> None:
    meeting_id, another = desk.scene.meeting_id, new_id()
    for key in (
        f"derived/{meeting_id}/{new_id()}/audio.ogg",
        f"derived/{meeting_id}/{new_id()}/deepgram.json",
        f"quarantine/meetings/{meeting_id}/old.wav",
        f"quarantine/derived/{another}/audio.ogg",
        f"derived/{another}/x",
    ):
        desk.store.write(key, b"their words", content_type="audio/ogg")
    made = desk.export(Subject.CLIENT, desk.scene.client_id)
    archive = desk.open(made)
    manifest = json.loads(archive.read("manifest.json"))
    assert [(each["what"], each["objects"], each["meeting_id"]) for each in manifest["left_out"]] == [
        ("derived", 2, str(meeting_id)),
        ("quarantined", 1, str(meeting_id)),
    ]
    assert (made.left_out, made.not_packed) == (0, 3)
    assert any("backups" in each for each in manifest["never_in_it"])
    assert b"their words" not in b"".join(archive.read(name) for name in archive.namelist())
    desk.store.delete(desk.store.keys("temp/exports/")[0])
    archive = desk.open(desk.export(Subject.PARTICIPANT, desk.participant_id))
    assert "others' words" in json.loads(archive.read("manifest.json"))["never_in_it"][0]


def test_what_cannot_be_done_in_time_leaves_nothing_behind(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.seconds = 0
    with pytest.raises(ExportTooLarge):
        desk.export(Subject.CLIENT, desk.scene.client_id)
    monkeypatch.setattr(service, "BYTES_MOST", 9)
    desk.seconds = 1
    with pytest.raises(ExportTooLarge):
        desk.export(Subject.CLIENT, desk.scene.client_id)
    assert desk.store.keys("temp/exports/") == []


def test_who_is_not_there_is_said(desk: Desk) -> None:
    for subject in Subject:
        with pytest.raises(SubjectUnknown):
            desk.export(subject, new_id())
    for wrong in ({}, {"subject": "meeting", "id": str(new_id())}, {"subject": "client", "id": "1", "more": 1}):
        with pytest.raises(BadExportRequest):
            parse(wrong)


def test_memory_stays_flat_over_a_large_recording(desk: Desk) -> None:
    """48 MB pass through in parts of 8."""
    size, chunk = 48 * 1024 * 1024, bytes(1024 * 1024)

    class Passing(ObjectStore):
        def stream(self, key: str) -> Iterator[bytes]:
            yield from (chunk for _ in range(size // len(chunk)))

    class Sent:
        """What S3 would be sent; nothing is kept."""

        def create_multipart_upload(self, **_arguments: Any) -> Any:
            return {"UploadId": "1"}

        def upload_part(self, **arguments: Any) -> Any:
            assert len(arguments["Body"]) <= 8 * 1024 * 1024
            return {"ETag": "e"}

        def complete_multipart_upload(self, **_arguments: Any) -> None:
            return None

        def get_paginator(self, _operation: str) -> Any:
            return self

        def paginate(self, **_arguments: Any) -> Any:
            return ()

        def head_object(self, **_arguments: Any) -> Any:
            return {"ContentLength": size}

    deps = ExportDeps(
        store=Passing(Sent(), "b"),  # type: ignore[arg-type]
        public=desk.store,
        open_transaction=desk.database.transaction,
        clock=lambda: NOW,
        has_time=lambda: True,
    )
    tracemalloc.start()
    try:
        made = export(ExportRequest(subject=Subject.CLIENT, id=desk.scene.client_id), deps=deps)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert made.size_bytes > size
    assert peak < 40 * 1024 * 1024
