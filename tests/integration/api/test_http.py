"""What holds for every route: problem details, origins, correlation, idempotency, health, the webhook."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from aam.clients import service as clients
from tests.support.api import (
    BUCKET,
    ORIGIN,
    QUEUE,
    WEBHOOK_SECRET,
    Answer,
    Api,
    listen_to_logs,
    load_app,
    reset_caches,
    rest_event,
)

PATHS = sorted(load_app().app.routes)


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


@pytest.mark.parametrize(
    ("body", "status", "code"),
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


def test_what_nobody_foresaw_is_a_500_without_details(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = api.person()
    said = listen_to_logs()

    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(clients, "decode", broken)
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


@pytest.mark.parametrize("sent", ["short", "with space in it", "x" * 65, "line\nbreak", ""])
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


def test_the_warming_call_returns_at_once() -> None:
    assert load_app().app({"warm": True}, None) == {"warm": True}


@pytest.mark.parametrize("path", PATHS)
def test_options_are_answered_for_every_path(api: Api, path: str) -> None:
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


@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"{ORIGIN}.evil.example", "http://app.example.com"])
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


# Idempotency


def test_a_repeated_post_is_done_once_and_answered_alike(api: Api) -> None:
    anna = api.person()
    key = {"Idempotency-Key": "5f0c"}
    first = api.call("POST", "/clients", {"name": "Once"}, by=anna, headers=key)
    second = api.call("POST", "/clients", {"name": "Once"}, by=anna, headers=key)
    assert (second.status, second.json) == (first.status, first.json) == (201, first.json)
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(api.database.rows("select id from clients")) == 1
    other = api.call("POST", "/clients", {"name": "Other"}, by=anna, headers=key)
    assert (other.status, other.code) == (409, "idempotency_key_reused")


def test_keys_belong_to_one_person_and_one_route(api: Api) -> None:
    anna, boris = api.person(), api.person()
    key = {"Idempotency-Key": "same"}
    answers = [
        api.call("POST", "/clients", {"name": "A"}, by=anna, headers=key),
        api.call("POST", "/clients", {"name": "B"}, by=boris, headers=key),
        api.call("POST", "/participants", {"full_name": "C"}, by=anna, headers=key),
    ]
    assert [answer.status for answer in answers] == [201, 201, 201]


def test_a_failed_request_may_be_repeated_with_its_key(api: Api) -> None:
    anna = api.person()
    key = {"Idempotency-Key": "again"}
    body = {"client_id": api.client_id(anna), "title": "T", "language": "en", "scenario": "later"}
    assert api.call("POST", "/meetings", body, by=anna, headers=key).code == "unknown_scenario"
    with api.database.admin.begin() as connection:
        connection.exec_driver_sql("update prompt_scenarios set key = 'later' where key = 'general'")
    assert api.call("POST", "/meetings", body, by=anna, headers=key).status == 201


def test_the_same_request_at_the_same_time_is_told_to_wait(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = api.person()
    inner: list[Answer] = []
    decoded = clients.ClientView.model_validate

    def meanwhile(row: Any) -> Any:
        if not inner:
            inner.append(api.call("POST", "/clients", {"name": "A"}, by=anna, headers={"Idempotency-Key": "k"}))
        return decoded(row)

    monkeypatch.setattr(clients.ClientView, "model_validate", meanwhile)
    outer = api.call("POST", "/clients", {"name": "A"}, by=anna, headers={"Idempotency-Key": "k"})
    assert outer.status == 201
    assert (inner[0].status, inner[0].code) == (409, "request_in_progress")


@pytest.mark.parametrize("key", ["", "x" * 201, "emoji 😀", "tab\tbed"])
def test_keys_that_cannot_be_used(api: Api, key: str) -> None:
    answer = api.call("POST", "/clients", {"name": "A"}, by=api.person(), headers={"Idempotency-Key": key})
    assert (answer.status, answer.code) == (422, "bad_idempotency_key")


def test_a_repeated_upload_is_the_same_one_with_a_fresh_url_and_no_url_is_kept(api: Api) -> None:
    anna = api.person()
    meeting = api.meeting(anna)
    body = {"filename": "a.mp3", "content_type": "audio/mpeg", "size": 5}
    answers = [
        api.call("POST", f"/meetings/{meeting['id']}/uploads", body, by=anna, headers={"Idempotency-Key": "u"})
        for _ in range(2)
    ]
    assert [answer.status for answer in answers] == [201, 201]
    first, second = (answer.json for answer in answers)
    assert second["put"]["url"].startswith("https://")
    assert {**first, "put": None} == {**second, "put": None}
    assert len(api.database.rows("select id from upload_blobs")) == 1
    assert "X-Amz" not in json.dumps(boto3.client("dynamodb").scan(TableName="aam-state-test")["Items"])


# Health


def test_health_when_all_is_well(api: Api) -> None:
    answer = api.call("GET", "/health")
    assert answer.status == 200
    assert set(answer.json) == {"status", "timestamp", "checks", "errors"}
    assert (answer.json["status"], answer.json["errors"]) == ("ok", [])
    assert {name: check["status"] for name, check in answer.json["checks"].items()} == {
        "database": "ok",
        "queue": "ok",
        "storage": "ok",
        "workers": "ok",
    }


def test_health_warns_past_a_hundred_waiting_jobs(api: Api) -> None:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    entries = [{"Id": str(number), "MessageBody": "x"} for number in range(10)]
    for _ in range(10):
        sqs.send_message_batch(QueueUrl=url, Entries=entries)
    assert api.call("GET", "/health").json["status"] == "ok"
    sqs.send_message(QueueUrl=url, MessageBody="x")
    answer = api.call("GET", "/health")
    assert (answer.status, answer.json["status"]) == (200, "warning")
    assert answer.json["errors"] == ["101 jobs wait."]


def break_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_PORT", "1")


def break_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROCESSING_QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/123456789012/gone")


def break_storage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIA_BUCKET", "gone-bucket")


@pytest.mark.parametrize(
    ("breaking", "broken"),
    [(break_database, {"database", "workers"}), (break_queue, {"queue"}), (break_storage, {"storage"})],
)
def test_health_names_what_does_not_answer(
    api: Api, monkeypatch: pytest.MonkeyPatch, breaking: Callable[[pytest.MonkeyPatch], None], broken: set[str]
) -> None:
    breaking(monkeypatch)
    reset_caches()
    answer = api.call("GET", "/health")
    assert (answer.status, answer.json["status"]) == (503, "error")
    assert {name for name, check in answer.json["checks"].items() if check["status"] == "error"} == broken
    assert "amazonaws" not in answer.text
    assert "gone" not in answer.text


# The webhook


def put_event(key: str, bucket: str = BUCKET) -> dict[str, Any]:
    """What an S3-compatible store posts."""
    entry = {"key": key, "size": 5, "eTag": "abc", "sequencer": "01"}
    return {"Records": [{"eventName": "s3:ObjectCreated:Put", "s3": {"bucket": {"name": bucket}, "object": entry}}]}


def test_the_webhook_queues_what_arrived(api: Api) -> None:
    event = put_event("meetings/1/20261121_a%2Bb+%D0%B6.mp3")
    answer = api.call("POST", "/storage-events", event, by=WEBHOOK_SECRET)
    assert (answer.status, answer.json) == (200, {"queued": 1})
    sqs = boto3.client("sqs")
    (message,) = sqs.receive_message(QueueUrl=sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"])["Messages"]
    assert json.loads(message["Body"]) == {
        "bucket": BUCKET,
        "key": "meetings/1/20261121_a+b ж.mp3",
        "size": 5,
        "etag": "abc",
        "version_id": None,
        "sequencer": "01",
    }


@pytest.mark.parametrize("secret", [None, "", "wrong", WEBHOOK_SECRET[:-1], f"{WEBHOOK_SECRET}x", "ж"])
def test_the_webhook_wants_its_secret(api: Api, secret: str | None) -> None:
    answer = api.call("POST", "/storage-events", put_event("meetings/1/a"), by=secret)
    assert (answer.status, answer.code) == (401, "bad_webhook_secret")


def test_without_a_secret_there_is_no_webhook(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_EVENTS_SECRET_ARN", "")
    reset_caches()
    assert api.call("POST", "/storage-events", put_event("meetings/1/a"), by="").status == 404


@pytest.mark.parametrize("body", ["[]", "{", '{"Records": 1}', '{"Records": [{}]}'])
def test_the_webhook_refuses_what_is_no_notification(api: Api, body: str) -> None:
    assert api.call("POST", "/storage-events", body, by=WEBHOOK_SECRET).status in {400, 422}
