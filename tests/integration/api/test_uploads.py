"""Uploads through presigned requests, against moto's S3."""

from __future__ import annotations

import base64
import hashlib
import math
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
import pytest
import requests

from aam.uploads import rules
from tests.support.api import BUCKET, Api, Person, listen_to_logs, reset_caches

MIB = 1024 * 1024


def begin(api: Api, by: Person, meeting_id: str, **fields: Any) -> Any:
    """A new upload."""
    body = {"filename": "talk.mp3", "content_type": "audio/mpeg", "size": 5, **fields}
    answer = api.call("POST", f"/meetings/{meeting_id}/uploads", body, by=by)
    assert answer.status == 201, answer.text
    return answer.json


def sha256(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def signed_headers(url: str) -> set[str]:
    return set(parse_qs(urlsplit(url).query)["X-Amz-SignedHeaders"][0].split(";"))


def send_part(api: Api, by: Person, upload_id: str, number: int, data: bytes) -> None:
    """Ask for one part's URL and PUT the part."""
    wanted = {"parts": [{"part_number": number, "size": len(data), "sha256": sha256(data)}]}
    answer = api.call("POST", f"/uploads/{upload_id}/parts", wanted, by=by)
    assert answer.status == 200, answer.text
    part = answer.json["parts"][0]
    assert requests.put(part["url"], data=data, headers=part["headers"], timeout=10).status_code == 200


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> int:
    """Parts of the smallest size that S3 takes, so that tests move little."""
    monkeypatch.setattr(rules, "PART_BYTES", 5 * MIB)
    return 5 * MIB


def test_a_small_file_goes_by_one_put_that_is_signed_whole(api: Api) -> None:
    anna = api.person()
    meeting = api.meeting(anna)
    made = begin(api, anna, meeting["id"], filename="stand up+1.mp3")
    put = made["put"]
    assert (made["status"], made["parts"], put["method"], put["expires_in"]) == ("pending", None, "PUT", 900)
    assert signed_headers(put["url"]) == {"content-length", "content-type", "host", "if-none-match"}
    assert parse_qs(urlsplit(put["url"]).query)["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert put["headers"] == {"Content-Type": "audio/mpeg", "If-None-Match": "*"}
    assert requests.put(put["url"], data=b"hello", headers=put["headers"], timeout=10).status_code == 200
    (stored,) = boto3.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    assert stored["Key"].startswith(f"meetings/{meeting['id']}/2")
    assert stored["Key"].endswith("Z_stand_up_1.mp3")
    assert stored["Key"] == unquote(urlsplit(put["url"]).path).lstrip("/").removeprefix(f"{BUCKET}/")
    again = requests.put(put["url"], data=b"HELLO", headers=put["headers"], timeout=10)
    assert again.status_code == 412
    assert api.call("GET", f"/meetings/{meeting['id']}", by=anna).json["status"] == "uploading"


def test_urls_are_signed_for_the_public_endpoint(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = api.person()
    meeting = api.meeting(anna)
    monkeypatch.setenv("STORAGE_PUBLIC_ENDPOINT", "https://files.example.com:9443")
    reset_caches()
    url = begin(api, anna, meeting["id"])["put"]["url"]
    assert url.startswith(f"https://files.example.com:9443/{BUCKET}/meetings/")


def test_reading_an_upload_gives_nothing_that_could_be_used_to_write(api: Api) -> None:
    anna = api.person()
    made = begin(api, anna, api.meeting(anna)["id"])
    read = api.call("GET", f"/uploads/{made['id']}", by=anna)
    assert read.json == {**made, "put": None}


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"content_type": "application/zip"}, 415, "unsupported_media_type"),
        ({"content_type": "text/html"}, 415, "unsupported_media_type"),
        ({"content_type": "audio/mpeg\r\nx-evil: 1"}, 422, "invalid_fields"),
        ({"content_type": "audio"}, 422, "invalid_fields"),
        ({"size": 10 * 1024**3 + 1}, 413, "upload_too_large"),
        ({"size": 100_000_001, "multipart": False}, 413, "upload_too_large"),
        ({"size": -1}, 422, "invalid_fields"),
        ({"size": "5"}, 422, "invalid_fields"),
        ({"size": True}, 422, "invalid_fields"),
        ({"size": 5.0}, 201, ""),
        ({"size": 5.5}, 422, "invalid_fields"),
        ({"filename": ""}, 422, "invalid_fields"),
        ({"filename": "x" * 1025}, 422, "invalid_fields"),
        ({"content_type": "Video/WebM; codecs=vp8,opus"}, 201, ""),
        ({"content_type": "text/vtt"}, 201, ""),
        ({"size": 0}, 201, ""),
    ],
)
def test_types_and_sizes_are_checked_before_anything_is_signed(
    api: Api, fields: dict[str, Any], status: int, code: str
) -> None:
    anna = api.person()
    meeting = api.meeting(anna)
    body = {"filename": "a.mp3", "content_type": "audio/mpeg", "size": 5, **fields}
    answer = api.call("POST", f"/meetings/{meeting['id']}/uploads", body, by=anna)
    assert answer.status == status, answer.text
    if code:
        assert answer.code == code
        assert api.database.rows("select id from upload_blobs") == []
        assert api.database.rows("select status from meetings") == [("created",)]


def test_the_largest_size_and_the_types_are_settings(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = api.person()
    path = f"/meetings/{api.meeting(anna)['id']}/uploads"
    monkeypatch.setenv("MAX_UPLOAD_BYTES", "1000")
    monkeypatch.setenv("UPLOAD_TYPES", "audio/flac, text/*")
    reset_caches()
    body = {"filename": "a", "content_type": "audio/flac", "size": 1000}
    assert api.call("POST", path, body, by=anna).status == 201
    assert api.call("POST", path, {**body, "size": 1001}, by=anna).code == "upload_too_large"
    assert api.call("POST", path, {**body, "content_type": "audio/mpeg"}, by=anna).code == "unsupported_media_type"


def test_past_five_gigabytes_a_file_goes_in_parts_of_eight_mebibytes_or_more(api: Api) -> None:
    anna = api.person()
    size = 7 * 1024**3 + 1
    made = begin(api, anna, api.meeting(anna)["id"], size=size, content_type="video/mp4")
    plan = made["parts"]
    assert made["put"] is None
    assert plan["part_size"] >= 8 * MIB
    assert plan["part_count"] == math.ceil(size / plan["part_size"]) <= 10_000
    last = {"part_number": plan["part_count"], "size": size - (plan["part_count"] - 1) * plan["part_size"]}
    answer = api.call("POST", f"/uploads/{made['id']}/parts", {"parts": [{**last, "sha256": sha256(b"")}]}, by=anna)
    assert answer.status == 200


def test_parts_are_signed_with_size_and_checksum_a_hundred_at_a_time(api: Api, small_parts: int) -> None:
    anna = api.person()
    made = begin(api, anna, api.meeting(anna)["id"], size=small_parts * 150, multipart=True)
    path = f"/uploads/{made['id']}/parts"
    parts = [{"part_number": number, "size": small_parts, "sha256": sha256(b"x")} for number in range(1, 102)]
    answer = api.call("POST", path, {"parts": parts[:100]}, by=anna)
    assert len(answer.json["parts"]) == 100
    first = answer.json["parts"][0]
    assert signed_headers(first["url"]) == {"content-length", "host", "x-amz-checksum-sha256"}
    assert first["headers"] == {"x-amz-checksum-sha256": sha256(b"x")}
    assert api.call("POST", path, {"parts": parts}, by=anna).code == "invalid_fields"


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ({"part_number": 4}, "bad_parts"),
        ({"part_number": 0}, "invalid_fields"),
        ({"part_number": 1, "size": 5 * MIB - 1}, "bad_parts"),
        ({"part_number": 1, "size": 5 * MIB + 1}, "bad_parts"),
        ({"part_number": 3, "size": 11}, "bad_parts"),
        ({"sha256": "abc"}, "invalid_fields"),
        ({"sha256": hashlib.sha256(b"").hexdigest()}, "invalid_fields"),
    ],
)
def test_parts_that_do_not_fit_the_file_are_refused(
    api: Api, small_parts: int, part: dict[str, Any], code: str
) -> None:
    anna = api.person()
    made = begin(api, anna, api.meeting(anna)["id"], size=small_parts * 2 + 10, multipart=True)
    wanted = {"part_number": 1, "size": small_parts, "sha256": sha256(b""), **part}
    assert api.call("POST", f"/uploads/{made['id']}/parts", {"parts": [wanted]}, by=anna).code == code
    twice = {"part_number": 1, "size": small_parts, "sha256": sha256(b"")}
    assert api.call("POST", f"/uploads/{made['id']}/parts", {"parts": [twice, twice]}, by=anna).status == 422


def test_an_upload_in_parts_is_resumed_and_completed_once(api: Api, small_parts: int) -> None:
    anna = api.person()
    meeting = api.meeting(anna)
    made = begin(api, anna, meeting["id"], size=small_parts + 10, multipart=True)
    path = f"/uploads/{made['id']}"
    assert (made["parts"], made["parts_received"]) == ({"part_size": small_parts, "part_count": 2}, [])
    send_part(api, anna, made["id"], 2, b"b" * 10)
    read = api.call("GET", path, by=anna).json
    assert [(part["part_number"], part["size"]) for part in read["parts_received"]] == [(2, 10)]
    early = api.call("POST", f"{path}/complete", by=anna)
    assert (early.status, early.code) == (409, "parts_missing")
    assert early.json["detail"] == "These parts have not arrived: 1."
    send_part(api, anna, made["id"], 1, b"a" * small_parts)
    done = api.call("POST", f"{path}/complete", by=anna)
    assert (done.status, done.json["status"]) == (200, "received")
    (stored,) = boto3.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    assert stored["Size"] == small_parts + 10

    # The store finished and our answer was lost: the same call says the same.
    again = api.call("POST", f"{path}/complete", by=anna)
    assert (again.status, again.json) == (200, done.json)
    assert api.call("GET", path, by=anna).json["status"] == "received"
    # Until its notification begins a run, the row itself is untouched.
    assert api.database.rows("select status from upload_blobs") == [("pending",)]


def test_completing_after_the_notification_came_first(api: Api, small_parts: int) -> None:
    anna = api.person()
    made = begin(api, anna, api.meeting(anna)["id"], size=small_parts, multipart=True)
    with api.database.admin.begin() as connection:
        connection.exec_driver_sql("update upload_blobs set status = 'received', received_at = now()")
    answer = api.call("POST", f"/uploads/{made['id']}/complete", by=anna)
    assert (answer.status, answer.json["status"]) == (200, "received")


def test_an_upload_that_vanished_from_the_store_is_over(api: Api) -> None:
    anna = api.person()
    made = begin(api, anna, api.meeting(anna)["id"], size=10, multipart=True)
    s3 = boto3.client("s3")
    (open_upload,) = s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]
    s3.abort_multipart_upload(Bucket=BUCKET, Key=open_upload["Key"], UploadId=open_upload["UploadId"])
    answer = api.call("POST", f"/uploads/{made['id']}/complete", by=anna)
    assert (answer.status, answer.code) == (409, "upload_over")


def test_single_puts_have_no_parts_and_nothing_to_complete(api: Api) -> None:
    anna = api.person()
    path = f"/uploads/{begin(api, anna, api.meeting(anna)['id'])['id']}"
    part = {"part_number": 1, "size": 5, "sha256": sha256(b"")}
    assert api.call("POST", f"{path}/parts", {"parts": [part]}, by=anna).code == "not_multipart"
    assert api.call("POST", f"{path}/complete", by=anna).code == "not_multipart"


@pytest.mark.parametrize("multipart", [True, False])
def test_giving_up_frees_the_store_and_puts_the_meeting_back(api: Api, multipart: bool) -> None:
    anna = api.person()
    meeting = api.meeting(anna)
    made = begin(api, anna, meeting["id"], multipart=multipart)
    if made["put"]:
        requests.put(made["put"]["url"], data=b"hello", headers=made["put"]["headers"], timeout=10)
    for _ in range(2):
        assert api.call("DELETE", f"/uploads/{made['id']}", by=anna).status == 204
    assert api.call("GET", f"/uploads/{made['id']}", by=anna).json["status"] == "aborted"
    s3 = boto3.client("s3")
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)
    assert api.call("GET", f"/meetings/{meeting['id']}", by=anna).json["status"] == "created"
    if multipart:
        assert api.call("POST", f"/uploads/{made['id']}/complete", by=anna).code == "upload_over"


def test_a_meeting_stays_uploading_while_another_upload_waits(api: Api) -> None:
    anna = api.person()
    meeting = api.meeting(anna)
    first, _second = begin(api, anna, meeting["id"]), begin(api, anna, meeting["id"])
    api.call("DELETE", f"/uploads/{first['id']}", by=anna)
    assert api.call("GET", f"/meetings/{meeting['id']}", by=anna).json["status"] == "uploading"


def test_what_was_received_goes_only_with_its_meeting(api: Api) -> None:
    anna = api.person()
    made = begin(api, anna, api.meeting(anna)["id"])
    with api.database.admin.begin() as connection:
        connection.exec_driver_sql("update upload_blobs set status = 'received', received_at = now()")
    assert api.call("DELETE", f"/uploads/{made['id']}", by=anna).code == "upload_over"


def test_logs_name_neither_key_nor_url(api: Api) -> None:
    anna = api.person()
    said = listen_to_logs()
    made = begin(api, anna, api.meeting(anna)["id"], filename="Secret plan.mp3")
    api.call("DELETE", f"/uploads/{made['id']}", by=anna)
    assert '"route":"/uploads/{upload_id}"' in said.getvalue()
    for secret in ("Secret", "X-Amz", "http", "mp3"):
        assert secret not in said.getvalue()
