"""What holds for every route: problem details, origins, correlation."""

from __future__ import annotations

import json

import pytest

from aam.clients import service as clients
from tests.support.api import (
    ORIGIN,
    Api,
    each,
    listen_to_logs,
    load_app,
    reset_caches,
    rest_event,
)


def test_problems_have_six_fields_and_no_values(api: Api) -> None:
    answer = api.call("POST", "/auth/register", {"email": "not-an-address", "password": "short-one", "more": "secret!"})
    assert answer.status == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(answer.json) == {"type", "title", "status", "code", "detail", "correlation_id"}
    assert answer.json["status"] == 422
    assert answer.json["type"] == "urn:aam:error:invalid_fields"
    for name in ("email", "password", "more", "full_name", "organization_name"):
        assert name in answer.json["detail"]
    for value in ("not-an-address", "short-one", "secret!"):
        assert value not in answer.text


@each(
    [
        ("{", 400, "malformed_json"),
        ("", 422, "invalid_fields"),
        ("[]", 422, "invalid_fields"),
        ("null", 422, "invalid_fields"),
        ('{"name": "\\ud800"}', 400, "malformed_json"),
        ('{"name": NaN}', 422, "invalid_fields"),
        (json.dumps({"name": "x" * 1_100_000}), 413, "body_too_large"),
    ],
)
def test_bodies_that_cannot_be_used(api: Api, body: str, status: int, code: str) -> None:
    answer = api.call("POST", "/clients", body, by=api.person())
    assert (answer.status, answer.code) == (status, code)


@each([("/auth/login", "1,048,576"), ("/vendor-replies/deepgram", "6,000,000")])
def test_a_body_too_large_is_told_how_large_it_may_be(api: Api, path: str, most: str) -> None:
    answer = api.call("POST", path, json.dumps({"x": "x" * 6_000_000}))
    assert (answer.status, answer.code) == (413, "body_too_large")
    assert f"larger than {most} bytes" in answer.json["detail"]


def test_bodies_are_json(api: Api) -> None:
    answer = api.call("POST", "/clients", "name=x", by=api.person(), headers={"Content-Type": "text/plain"})
    assert (answer.status, answer.code) == (415, "content_type_refused")
    utf8 = {"Content-Type": "application/json; charset=utf-8"}
    assert api.call("POST", "/clients", {"name": "Ж"}, by=api.person(), headers=utf8).json["name"] == "Ж"


def test_unknown_paths_and_methods(api: Api) -> None:
    wrong_method = api.call("PUT", "/clients", by=api.person())
    assert (wrong_method.status, wrong_method.code) == (405, "method_not_allowed")
    assert set(wrong_method.headers["Allow"].split(", ")) == {"GET", "POST", "OPTIONS"}
    before = sorted(load_app().app.routes)
    assert api.call("GET", "/admin").code == "no_such_route"
    assert sorted(load_app().app.routes) == before


def test_unforeseen_error_returns_500_without_details(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = api.person()
    said = listen_to_logs()

    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(clients, "read_page", broken)
    answer = api.call("GET", "/clients", by=anna)
    assert (answer.status, answer.code) == (500, "internal_error")
    logged = said.getvalue()
    assert "hunter2" not in answer.text + logged
    assert '"error_type":"RuntimeError"' in logged
    assert "clients/service.py:" in logged
    assert answer.json["correlation_id"] in logged


def test_a_token_that_outlived_its_user_adds_nothing(api: Api) -> None:
    anna = api.person()
    with api.database.admin.begin() as connection:
        connection.exec_driver_sql("delete from organizations")
    answer = api.call("POST", "/clients", {"name": "Late"}, by=anna)
    assert (answer.status, answer.code) == (409, "gone_meanwhile")


def test_a_database_that_does_not_answer_is_a_503(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = api.person()
    monkeypatch.setenv("DATABASE_PORT", "1")
    reset_caches()
    answer = api.call("GET", "/clients", by=anna)
    assert (answer.status, answer.code) == (503, "database_unavailable")


@each(["short", "with space in it", "x" * 65, "line\nbreak", ""])
def test_a_correlation_id_that_cannot_be_used_is_replaced(api: Api, sent: str) -> None:
    answer = api.call("GET", "/", headers={"X-Correlation-Id": sent})
    assert answer.headers["X-Correlation-Id"] != sent
    assert len(answer.headers["X-Correlation-Id"]) == 36


def test_a_correlation_id_travels_through(api: Api) -> None:
    answer = api.call("GET", "/clients", headers={"X-Correlation-Id": "support-case-77"})
    assert answer.headers["X-Correlation-Id"] == answer.json["correlation_id"] == "support-case-77"


def test_the_root_asks_nothing(api: Api) -> None:
    api.statements.clear()
    answer = api.call("GET", "/")
    assert (answer.status, answer.json["status"]) == (200, "ok")
    assert api.statements == []
    assert answer.headers["Cache-Control"] == "no-store"


@each([("GET", "/"), ("GET", "/clients"), ("GET", "/admin"), ("OPTIONS", "/clients"), ("PUT", "/clients")])
def test_every_answer_is_guarded(api: Api, method: str, path: str) -> None:
    answer = api.call(method, path)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@each(
    [
        ("POST", "/clients", {"name": "Hidden\u202ename"}),
        ("POST", "/clients", {"name": "\u200b"}),
        ("POST", "/clients", {"name": "\u3164"}),
        ("POST", "/clients", {"name": "zero\u200bwidth"}),
        ("POST", "/clients", {"name": "bell\u0007"}),
        ("POST", "/clients", {"name": "fine", "notes": "two\nlines\u2066"}),
        ("POST", "/participants", {"full_name": "\u200d\u200d"}),
        ("POST", "/participants", {"full_name": "Anna", "role_title": "\ufeff"}),
        ("POST", "/participants", {"full_name": "Anna", "email": "a\u200bnna@example.com"}),
        ("PUT", "/organization/speech", {"terms": ["Ann\u202ea"]}),
    ],
)
def test_names_with_invisible_characters_are_refused(api: Api, method: str, path: str, body: dict[str, object]) -> None:
    answer = api.call(method, path, body, by=api.person())
    assert (answer.status, answer.code) == (422, "invalid_fields")
    assert "must" in answer.json["detail"]


def test_joiners_within_words_and_line_ends_of_remarks_stay(api: Api) -> None:
    anna = api.person()
    answer = api.call("POST", "/clients", {"name": "می\u200cخواهم", "notes": "one\n\ttwo \u200d"}, by=anna)
    assert answer.status == 201


@each(
    [
        ("POST", "/meetings", {"channels_are_speakers": "true"}),
        ("POST", "/meetings", {"channels_are_speakers": 1}),
        ("PUT", "/organization/speech", {"diarize": "yes"}),
        ("PUT", "/budget", {"monthly_usd": True}),
    ],
)
def test_types_are_those_of_json(api: Api, method: str, path: str, body: dict[str, object]) -> None:
    anna = api.person()
    if path == "/meetings":
        body = {"title": "T", "language": "en", "client_id": api.client_id(anna), **body}
    answer = api.call(method, path, body, by=anna)
    assert (answer.status, answer.code) == (422, "invalid_fields")


def test_the_warming_call_returns_at_once() -> None:
    assert load_app().app({"warm": True}, None) == {"warm": True}


def test_options_are_answered_for_every_path(api: Api) -> None:
    for path in sorted(load_app().app.routes):
        ask_options(path)


def ask_options(path: str) -> None:
    """What a browser asks before it calls a path."""
    event = rest_event("OPTIONS", "/", None, headers={"Origin": ORIGIN, "Access-Control-Request-Method": "GET"})
    event["requestContext"]["resourcePath"] = path
    names = [name.strip("{}") for name in path.split("/") if name.startswith("{")]
    event["pathParameters"] = dict.fromkeys(names, "x")
    answer = load_app().app(event, None)
    assert (answer["statusCode"], answer["body"]) == (204, "")
    methods = set(load_app().app.routes[path])
    assert set(answer["headers"]["Access-Control-Allow-Methods"].split(", ")) == methods
    assert answer["headers"]["Access-Control-Allow-Origin"] == ORIGIN
    allowed = answer["headers"]["Access-Control-Allow-Headers"].lower()
    assert all(name in allowed for name in ("authorization", "content-type", "idempotency-key"))


@each(["https://evil.example", "null", f"{ORIGIN}.evil.example", "http://app.example.com"])
def test_other_origins_get_no_permission(api: Api, origin: str) -> None:
    for method, path in (("OPTIONS", "/clients"), ("GET", "/")):
        answer = api.call(method, path, headers={"Origin": origin})
        assert not [name for name in answer.headers if name.startswith("Access-Control-Allow-Origin")]
        assert answer.headers["Vary"] == "Origin"


def test_errors_can_be_read_by_allowed_origins(api: Api) -> None:
    answer = api.call("GET", "/clients", headers={"Origin": ORIGIN})
    assert answer.status == 401
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_any_origin_is_refused_as_a_setting(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", "*")
    reset_caches()
    answer = api.call("GET", "/clients", headers={"Origin": ORIGIN})
    assert answer.status == 500
    assert "Access-Control-Allow-Origin" not in answer.headers
