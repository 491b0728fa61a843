"""Adding, changing, listing and deleting meetings."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from tests.support.api import BUCKET, Api, each, reset_caches

CONSENT = {"basis": "said aloud", "by": "Anna Berg", "at": "2026-11-21T10:00:00Z"}


def test_a_meeting_comes_back_as_it_was_given(api: Api) -> None:
    anna = api.person()
    mark = api.colleague(anna)
    entry = api.call("POST", "/participants", {"full_name": "Eva Ray", "role_title": "CFO"}, by=anna).json
    made = api.meeting(
        anna,
        title="  План релиза 🚀 ",
        language="ru",
        meeting_type="stand-up",
        participants=[
            {"full_name": "Mark Stone", "role_title": "lead"},
            {"directory_participant_id": entry["id"]},
        ],
        viewers=[mark.email.upper(), anna.email],
        channels_are_speakers=True,
        consent=CONSENT,
    )
    read = api.call("GET", f"/meetings/{made['id']}", by=anna).json
    assert read == made
    assert (read["title"], read["status"], read["language"]) == ("План релиза 🚀", "created", "ru")
    assert read["meeting_type"]["key"] == read["scenario"]["key"] == "stand-up"
    assert [(p["full_name"], p["role_title"]) for p in read["participants"]] == [
        ("Mark Stone", "lead"),
        ("Eva Ray", "CFO"),
    ]
    assert [viewer["email"] for viewer in read["viewers"]] == [mark.email]
    assert read["consent"] == {**CONSENT, "note": None}
    assert (read["stage"], read["progress"], read["timings"], read["errors"]) == (None, 0, None, [])


def test_participants_are_snapshots(api: Api) -> None:
    anna = api.person()
    entry = api.call("POST", "/participants", {"full_name": "Eva Ray", "role_title": "CFO"}, by=anna).json
    meeting = api.meeting(anna, participants=[{"directory_participant_id": entry["id"]}])
    with api.database.admin.begin() as connection:
        connection.exec_driver_sql("update directory_participants set full_name = 'Eva Hill', role_title = null")
    read = api.call("GET", f"/meetings/{meeting['id']}", by=anna).json
    assert (read["participants"][0]["full_name"], read["participants"][0]["role_title"]) == ("Eva Ray", "CFO")


NOBODYS = "01900000-0000-7000-8000-000000000000"


@each(
    [
        ({"client_id": NOBODYS}, "unknown_client"),
        ({"meeting_type": "wedding"}, "unknown_meeting_type"),
        ({"scenario": "wedding"}, "unknown_scenario"),
        ({"participants": [{"directory_participant_id": NOBODYS}]}, "unknown_participant"),
        ({"viewers": ["nobody@example.com"]}, "unknown_viewer"),
        ({"title": ""}, "invalid_fields"),
        ({"title": "x" * 301}, "invalid_fields"),
        ({"title": "a\0b"}, "invalid_fields"),
        ({"language": "English"}, "invalid_fields"),
        ({"participants": [{}]}, "invalid_fields"),
        ({"participants": [{"full_name": "A", "directory_participant_id": NOBODYS}]}, "invalid_fields"),
        ({"participants": [{"full_name": "A"}] * 101}, "invalid_fields"),
        ({"consent": {"basis": "b", "by": "c", "at": "2026-11-21T10:00:00"}}, "invalid_fields"),
        ({"consent": {"basis": "b", "by": "c", "at": "0001-01-01T00:00:00+14:00"}}, "invalid_fields"),
        ({"owner_id": NOBODYS}, "invalid_fields"),
    ],
)
def test_what_cannot_be_used_is_named(api: Api, fields: dict[str, Any], code: str) -> None:
    anna = api.person()
    body = {"client_id": api.client_id(anna), "title": "T", "language": "en", **fields}
    answer = api.call("POST", "/meetings", body, by=anna)
    assert (answer.status, answer.code) == (422, code)
    if code == "invalid_fields":
        assert next(iter(fields)) in answer.json["detail"]
    assert api.database.rows("select id from meetings") == []


def test_others_clients_people_and_users_are_unknown(api: Api) -> None:
    anna, boris = api.person(), api.person()
    entry = api.call("POST", "/participants", {"full_name": "Eva"}, by=boris).json["id"]
    body = {"client_id": api.client_id(anna), "title": "T", "language": "en"}
    for fields, code in (
        ({"client_id": api.client_id(boris)}, "unknown_client"),
        ({"participants": [{"directory_participant_id": entry}]}, "unknown_participant"),
        ({"viewers": [boris.email]}, "unknown_viewer"),
    ):
        assert api.call("POST", "/meetings", {**body, **fields}, by=anna).code == code


def test_consent_can_be_required(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = api.person()
    body = {"client_id": api.client_id(anna), "title": "T", "language": "en"}
    monkeypatch.setenv("CONSENT_REQUIRED", "true")
    reset_caches()
    assert api.call("POST", "/meetings", body, by=anna).code == "consent_required"
    made = api.call("POST", "/meetings", {**body, "consent": CONSENT}, by=anna)
    assert made.status == 201
    path = f"/meetings/{made.json['id']}"
    assert api.call("PATCH", path, {"consent": None}, by=anna).code == "consent_required"
    assert api.call("PATCH", path, {"title": "New"}, by=anna).status == 200


def test_changing_touches_only_what_was_sent(api: Api) -> None:
    anna = api.person()
    made = api.meeting(
        anna, meeting_type="stand-up", participants=[{"full_name": "A"}, {"full_name": "B"}], consent=CONSENT
    )
    path = f"/meetings/{made['id']}"
    changed = api.call("PATCH", path, {"title": "New", "participants": [{"full_name": "C"}]}, by=anna).json
    assert changed["title"] == "New"
    assert [person["full_name"] for person in changed["participants"]] == ["C"]
    same = ("language", "client", "meeting_type", "scenario", "consent", "channels_are_speakers", "viewers")
    assert {name: changed[name] for name in same} == {name: made[name] for name in same}
    cleared = api.call("PATCH", path, {"scenario": None, "meeting_type": None, "consent": None}, by=anna).json
    assert (cleared["scenario"], cleared["meeting_type"], cleared["consent"]) == (None, None, None)
    assert cleared["updated_at"] > made["updated_at"]


def test_the_minutes_may_be_in_another_language_than_the_talk(api: Api) -> None:
    anna = api.person()
    plain = api.meeting(anna, language="ru")
    assert (plain["language"], plain["summary_language"]) == ("ru", None)
    made = api.meeting(anna, language="ru", summary_language="en-GB")
    path = f"/meetings/{made['id']}"
    assert api.call("GET", path, by=anna).json["summary_language"] == "en-GB"
    assert api.call("GET", "/meetings", by=anna).json["items"][0]["summary_language"] == "en-GB"
    assert api.call("PATCH", path, {"title": "New"}, by=anna).json["summary_language"] == "en-GB"
    assert api.call("PATCH", path, {"summary_language": None}, by=anna).json["summary_language"] is None
    assert api.call("PATCH", path, {"summary_language": "English"}, by=anna).code == "invalid_fields"


@each(["title", "language", "client_id", "participants", "viewers"])
def test_some_fields_cannot_be_taken_away(api: Api, name: str) -> None:
    anna = api.person()
    made = api.meeting(anna)
    assert api.call("PATCH", f"/meetings/{made['id']}", {name: None}, by=anna).code == "invalid_fields"


def test_lists_go_newest_first_page_by_page_without_gaps_or_repeats(api: Api) -> None:
    anna = api.person()
    mark = api.colleague(anna)
    client_id = api.client_id(anna)
    made = [
        api.meeting(anna if number % 3 else mark, client_id=client_id, title=str(number), viewers=[anna.email])["id"]
        for number in range(7)
    ]
    seen, cursor = [], ""
    for _ in range(4):
        page = api.call("GET", f"/meetings?limit=2{cursor}", by=anna).json
        seen += [meeting["id"] for meeting in page["items"]]
        assert page["has_more"] is (page["next_cursor"] is not None)
        if not page["has_more"]:
            break
        if len(seen) == 2:
            api.meeting(anna, client_id=client_id, title="newer than the cursor")
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == made[::-1]


def test_rows_of_one_moment_are_told_apart_by_their_id(api: Api) -> None:
    anna = api.person()
    for number in range(5):
        api.call("POST", "/clients", {"name": str(number)}, by=anna)
    with api.database.admin.begin() as connection:
        connection.exec_driver_sql("update clients set created_at = '2026-11-21T10:00:00Z'")
    first = api.call("GET", "/clients?limit=3", by=anna).json
    second = api.call("GET", f"/clients?limit=3&cursor={first['next_cursor']}", by=anna).json
    assert [c["name"] for c in first["items"] + second["items"]] == ["4", "3", "2", "1", "0"]


@each(["cursor=abc", "cursor=e30", "cursor=%F0%9F%98%80", "cursor=" + "A" * 120])
def test_foreign_cursors_are_refused(api: Api, query: str) -> None:
    anna = api.person()
    for path in ("/meetings", "/clients", "/participants"):
        answer = api.call("GET", f"{path}?{query}", by=anna)
        assert (answer.status, answer.code) == (422, "bad_cursor")


@each(["limit=0", "limit=101", "limit=x", "status=done", "client_id=1", "page=2", "limit=1&limit=2"])
def test_foreign_queries_are_refused(api: Api, query: str) -> None:
    answer = api.call("GET", f"/meetings?{query}", by=api.person())
    assert (answer.status, answer.code) == (422, "invalid_fields")


def test_lists_are_filtered_by_status_and_client(api: Api) -> None:
    anna = api.person()
    one, other = api.client_id(anna), api.client_id(anna)
    first, second = api.meeting(anna, client_id=one), api.meeting(anna, client_id=other)
    with api.database.admin.begin() as connection:
        connection.exec_driver_sql(f"update meetings set status = 'review' where id = '{first['id']}'")

    def found(query: str) -> list[str]:
        return [meeting["id"] for meeting in api.call("GET", f"/meetings?{query}", by=anna).json["items"]]

    assert found("status=review") == [first["id"]]
    assert found("status=created") == [second["id"]]
    assert found(f"client_id={one}") == [first["id"]]
    assert found(f"client_id={other}&status=review") == []


def test_a_list_takes_two_statements_however_long_it_is(api: Api) -> None:
    anna = api.person()
    mark = api.colleague(anna)
    client_id = api.client_id(anna)
    people = [{"full_name": f"P{number}", "role_title": f"R{number}"} for number in range(7)]

    def statements() -> int:
        api.statements.clear()
        page = api.call("GET", "/meetings?limit=100", by=anna).json
        assert all(len(meeting["participants"]) == 5 for meeting in page["items"])
        return len(api.statements)

    counts = []
    for _ in range(2):
        for _ in range(4):
            api.meeting(anna, client_id=client_id, participants=people, viewers=[mark.email], meeting_type="general")
        counts.append(statements())
    assert counts == [2, 2]
    meeting = api.call("GET", "/meetings?limit=1", by=anna).json["items"][0]
    assert [p["full_name"] for p in meeting["participants"]] == ["P0", "P1", "P2", "P3", "P4"]
    assert (meeting["client"]["name"], meeting["meeting_type"]["name"], meeting["scenario"]["name"]) == (
        "Client",
        "Meeting",
        "General meeting",
    )
    assert meeting["viewer_count"] == 1
    assert "viewers" not in meeting


def test_reading_a_meeting_takes_five_statements(api: Api) -> None:
    anna = api.person()
    meeting = api.meeting(anna, participants=[{"full_name": str(number)} for number in range(9)])
    api.statements.clear()
    read = api.call("GET", f"/meetings/{meeting['id']}", by=anna).json
    assert len(read["participants"]) == 9
    assert len(api.statements) <= 5


def test_deleting_takes_rows_objects_and_open_uploads(api: Api) -> None:
    anna = api.person()
    meeting, other = api.meeting(anna), api.meeting(anna)
    s3 = boto3.client("s3")
    kept = [f"meetings/{other['id']}/1_a.mp3", f"derived/{other['id']}/run/x.json", "temp/other"]
    gone = [
        *(f"meetings/{meeting['id']}/{number}_a.mp3" for number in range(3)),
        f"derived/{meeting['id']}/run/context.json",
        f"temp/exports/{meeting['id']}/transcript-1.vtt",
    ]
    for key in kept + gone:
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")
    upload = {"filename": "b.mp4", "content_type": "video/mp4", "size": 300_000_000}
    assert api.call("POST", f"/meetings/{meeting['id']}/uploads", upload, by=anna).status == 201
    assert len(s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]) == 1

    assert api.call("DELETE", f"/meetings/{meeting['id']}", by=anna).status == 204

    assert sorted(entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET)["Contents"]) == sorted(kept)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)
    assert [str(row[0]) for row in api.database.rows("select id from meetings")] == [other["id"]]
    assert api.database.rows("select id from upload_blobs") == []
    assert api.call("DELETE", f"/meetings/{meeting['id']}", by=anna).status == 404
