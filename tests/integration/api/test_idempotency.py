"""Requests that are sent twice."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from aam.clients import service as clients
from tests.support.api import (
    Answer,
    Api,
    each,
)


def test_a_repeated_post_is_done_once_and_answered_alike(api: Api) -> None:
    anna = api.person()
    key = {"Idempotency-Key": "5f0c"}
    first = api.call("POST", "/clients", {"name": "Once"}, by=anna, headers=key)
    second = api.call("POST", "/clients", {"name": "Once"}, by=anna, headers=key)
    assert (second.status, second.json) == (first.status, first.json) == (201, first.json)
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(api.database.rows("select id from clients")) == 1
    (stored,) = (
        item
        for item in boto3.client("dynamodb").scan(TableName="aam-state-test")["Items"]
        if item["pk"]["S"].startswith("idempotency#")
    )
    ((organization_id,),) = api.database.rows("select id from organizations")
    assert stored["organization_id"]["S"] == str(organization_id), "an erasure looks for names in its own answers"
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


@each(["", "x" * 201, "emoji 😀", "tab\tbed"])
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
