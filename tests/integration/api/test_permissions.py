"""Every route as nobody, as a stranger, and as an outsider of the same organization; driven by the route table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from aam.foundation.clock import new_id
from tests.support.api import Answer, Api, Person, load_app


@dataclass(frozen=True)
class Entry:
    """How a route is called, and what others than the owner get.

    ``nobody``: without a token.  ``outsider``: of the same organization, neither owner nor viewer.  ``stranger``: of
    another organization.  ``viewer``: whom the owner lets look.
    """

    body: Any = None
    nobody: int = 401
    outsider: int = 404
    stranger: int = 404
    viewer: int = 403


PUBLIC = {"nobody": 200, "outsider": 200, "stranger": 200, "viewer": 200}
REFUSED_ALIKE = {"nobody": 401, "outsider": 401, "stranger": 401, "viewer": 401}
OF_ORGANIZATION = {"outsider": 200, "stranger": 200, "viewer": 200}
ADDING = {"outsider": 201, "stranger": 201, "viewer": 201}
OF_OWN_ORGANIZATION = {"outsider": 403, "stranger": 200, "viewer": 403}
"""The stranger owns an organization too, and sees that one."""
UPLOAD = {"filename": "a.mp3", "content_type": "audio/mpeg", "size": 10}
PART = {"part_number": 1, "size": 10, "sha256": "A" * 43 + "="}

ENTRIES: dict[tuple[str, str], Entry] = {
    ("GET", "/"): Entry(**PUBLIC),
    ("GET", "/health"): Entry(**PUBLIC),
    ("POST", "/auth/register"): Entry({}, nobody=422, outsider=422, stranger=422, viewer=422),
    ("POST", "/auth/login"): Entry({"email": "no@example.com", "password": "no"}, **REFUSED_ALIKE),
    ("POST", "/auth/refresh"): Entry({"refresh_token": "u" * 43}, **REFUSED_ALIKE),
    ("POST", "/auth/logout"): Entry({"refresh_token": "u" * 43}, nobody=204, outsider=204, stranger=204, viewer=204),
    ("POST", "/storage-events"): Entry({"Records": []}, **REFUSED_ALIKE),
    ("POST", "/vendor-replies/deepgram"): Entry({}, **REFUSED_ALIKE),
    ("GET", "/clients"): Entry(**OF_ORGANIZATION),
    ("POST", "/clients"): Entry({"name": "C"}, **ADDING),
    ("GET", "/participants"): Entry(**OF_ORGANIZATION),
    ("POST", "/participants"): Entry({"full_name": "P"}, **ADDING),
    ("GET", "/meeting-types"): Entry(**OF_ORGANIZATION),
    ("GET", "/scenarios"): Entry(**OF_ORGANIZATION),
    ("GET", "/meetings"): Entry(**OF_ORGANIZATION),
    ("POST", "/meetings"): Entry(
        {"client_id": "{client_id}", "title": "T", "language": "en"}, outsider=201, stranger=422, viewer=201
    ),
    ("GET", "/meetings/{meeting_id}"): Entry(viewer=200),
    ("PATCH", "/meetings/{meeting_id}"): Entry({"title": "Stolen"}),
    ("DELETE", "/meetings/{meeting_id}"): Entry(),
    ("POST", "/meetings/{meeting_id}/retry"): Entry(),
    ("POST", "/meetings/{meeting_id}/cancel"): Entry(),
    ("POST", "/meetings/{meeting_id}/errors/{error_id}/read"): Entry(),
    ("POST", "/meetings/{meeting_id}/uploads"): Entry(UPLOAD),
    ("GET", "/meetings/{meeting_id}/transcript"): Entry(viewer=404),
    ("GET", "/meetings/{meeting_id}/artifacts"): Entry(viewer=404),
    ("GET", "/meetings/{meeting_id}/speakers"): Entry(viewer=404),
    ("PATCH", "/meetings/{meeting_id}/speakers"): Entry({"names": {"Speaker 1": "Anna"}}),
    ("GET", "/organization/speech"): Entry(**OF_ORGANIZATION),
    ("PUT", "/organization/speech"): Entry({}, outsider=403, stranger=200, viewer=403),
    ("GET", "/uploads/{upload_id}"): Entry(viewer=200),
    ("DELETE", "/uploads/{upload_id}"): Entry(),
    ("POST", "/uploads/{upload_id}/parts"): Entry({"parts": [PART]}),
    ("POST", "/uploads/{upload_id}/complete"): Entry(),
    ("GET", "/costs"): Entry(**OF_OWN_ORGANIZATION),
    ("PUT", "/budget"): Entry({"monthly_usd": "5"}, **OF_OWN_ORGANIZATION),
}
ROUTES = sorted(
    (method, path) for path, methods in load_app().app.routes.items() for method in methods if method != "OPTIONS"
)


@dataclass
class Cast:
    """The people, and what belongs to the owner."""

    owner: Person
    viewer: Person
    outsider: Person
    stranger: Person
    ids: dict[str, str]

    def call(self, api: Api, route: tuple[str, str], by: Person | None) -> Answer:
        """This route with the owner's ids."""
        method, path = route
        body = ENTRIES[route].body
        if isinstance(body, dict):
            body = {name: value.format(**self.ids) if isinstance(value, str) else value for name, value in body.items()}
        return api.call(method, path.format(**self.ids), body, by=by)


@pytest.fixture
def cast(api: Api) -> Cast:
    owner = api.person()
    viewer, outsider = api.colleague(owner), api.colleague(owner)
    client_id = api.client_id(owner)
    meeting = api.meeting(owner, client_id=client_id, viewers=[viewer.email])
    upload = api.call("POST", f"/meetings/{meeting['id']}/uploads", {**UPLOAD, "multipart": True}, by=owner).json
    ids = {"client_id": client_id, "meeting_id": meeting["id"], "upload_id": upload["id"]}
    ids["error_id"] = str(new_id())
    return Cast(owner, viewer, outsider, api.person(), ids)


def test_every_route_has_an_entry_and_every_entry_a_route() -> None:
    assert set(ROUTES) == set(ENTRIES)


def test_every_route_without_login_and_as_stranger_outsider_and_viewer(api: Api, cast: Cast) -> None:
    for route in ROUTES:
        entry = ENTRIES[route]
        got = {
            "nobody": cast.call(api, route, None),
            "stranger": cast.call(api, route, cast.stranger),
            "outsider": cast.call(api, route, cast.outsider),
            "viewer": cast.call(api, route, cast.viewer),
        }
        for who, answer in got.items():
            assert (route, who, answer.status) == (route, who, getattr(entry, who)), answer.text
    assert api.database.rows("select title, status from meetings where title <> 'T'") == [("Meeting", "uploading")]


def test_what_is_out_of_reach_reads_like_what_is_not_there(api: Api, cast: Cast) -> None:
    missing = dict.fromkeys(cast.ids, "01900000-0000-7000-8000-000000000000")
    for route in ROUTES:
        if "{" not in route[1]:
            continue
        there = cast.call(api, route, cast.stranger)
        nowhere = Cast(cast.owner, cast.viewer, cast.outsider, cast.stranger, missing).call(api, route, cast.stranger)
        assert {**there.json, "correlation_id": ""} == {**nowhere.json, "correlation_id": ""}


def test_lists_show_only_what_is_within_reach(api: Api, cast: Cast) -> None:
    shown = {
        who: [meeting["id"] for meeting in api.call("GET", "/meetings", by=getattr(cast, who)).json["items"]]
        for who in ("owner", "viewer", "outsider", "stranger")
    }
    mine = [cast.ids["meeting_id"]]
    assert shown == {"owner": mine, "viewer": mine, "outsider": [], "stranger": []}
    assert api.call("GET", "/clients", by=cast.stranger).json["items"] == []


def test_a_viewer_who_is_taken_off_the_list_sees_nothing_any_more(api: Api, cast: Cast) -> None:
    path = f"/meetings/{cast.ids['meeting_id']}"
    assert api.call("GET", path, by=cast.viewer).status == 200
    api.call("PATCH", path, {"viewers": []}, by=cast.owner)
    assert api.call("GET", path, by=cast.viewer).status == 404


@pytest.mark.parametrize("bad", ["1", "../x", "%00", "01900000-0000-7000-8000-00000000000g"])
def test_an_id_that_is_none_is_not_there(api: Api, cast: Cast, bad: str) -> None:
    from tests.support.api import rest_event

    event = rest_event("GET", "/clients", None, headers={"Authorization": f"Bearer {cast.owner.token}"})
    event["requestContext"]["resourcePath"] = "/meetings/{meeting_id}"
    event["pathParameters"] = {"meeting_id": bad}
    assert load_app().app(event, None)["statusCode"] == 404
