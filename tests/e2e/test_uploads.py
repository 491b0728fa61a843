"""A large recording goes up in parts, stops, and goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from aam_cli.uploading import batches, read_part, send
from tests.support.recordings import cut, noise, padded, wav
from tests.support.stack import CHECKOUT, Person

STANDUP = CHECKOUT / "infra" / "sample" / "standup.ogg"
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of the sample behind much padding, so that it is larger than one part."""
    file = tmp_path_factory.mktemp("large") / "standup.wav"
    file.write_bytes(padded(cut(STANDUP.read_bytes(), seconds=4), padding=17 * MIB))
    assert 16 * MIB < file.stat().st_size < 32 * MIB
    return file


def test_two_parts_the_second_first_and_a_pause_between(person: Person, large: Path) -> None:
    meeting_id = person.meeting("In parts")
    begun = person.begin(meeting_id, large, multipart=True)
    assert begun["put"] is None
    assert begun["parts"]["part_count"] == 2
    size = begun["parts"]["part_size"]
    assert size >= 8 * MIB
    path = f"/uploads/{begun['id']}"
    (wanted,) = batches(large, size)
    signed = {
        part["part_number"]: part for part in person.api.call("POST", f"{path}/parts", {"parts": wanted})["parts"]
    }
    send(person.api, signed[2], read_part(large, size, 2))

    status, problem = person.api.ask("POST", f"{path}/complete", {})
    assert (status, problem["code"]) == (409, "parts_missing")
    received = person.api.call("GET", path)["parts_received"]
    assert [part["part_number"] for part in received] == [2], "a client that starts again knows where to go on"

    again = person.api.call("POST", f"{path}/parts", {"parts": wanted[:1]})["parts"]
    send(person.api, again[0], read_part(large, size, 1))
    for _ in range(2):
        assert person.api.call("POST", f"{path}/complete", {})["status"] == "received"
    meeting, _ = person.follow(meeting_id)
    assert meeting["status"] == "review"
    ((attempts,),) = person.stack.rows("SELECT count(*) FROM processing_runs WHERE meeting_id = %s", meeting_id)
    assert attempts == 1


def test_an_aborted_multipart_leaves_nothing(person: Person, large: Path) -> None:
    meeting_id = person.meeting("Aborted")
    begun = person.begin(meeting_id, large, multipart=True)
    person.api.call("DELETE", f"/uploads/{begun['id']}")
    open_uploads = person.stack.aws("s3").list_multipart_uploads(Bucket=person.stack.bucket).get("Uploads", [])
    assert [entry for entry in open_uploads if meeting_id in entry["Key"]] == []


def test_a_long_recording_that_breaks_off_leaves_no_half_written_audio(person: Person, tmp_path: Path) -> None:
    file = tmp_path / "broken.wav"
    file.write_bytes(wav(noise(600, seed=1))[: 300 * 16_000 * 2])
    meeting, _ = person.process(file)
    assert (meeting["status"], [error["code"] for error in meeting["errors"]]) == ("failed", ["truncated_recording"])
    storage, bucket = person.stack.aws("s3"), person.stack.bucket
    assert "Uploads" not in storage.list_multipart_uploads(Bucket=bucket, Prefix=f"derived/{meeting['id']}/")
    kept = storage.list_objects_v2(Bucket=bucket, Prefix=f"derived/{meeting['id']}/")["Contents"]
    assert [entry["Key"].rpartition("/")[2] for entry in kept] == ["context.json"]
