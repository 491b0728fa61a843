"""Replies that come later: taken once, whatever comes, however often and in whatever order."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aam.foundation.storage import ObjectMissing
from aam.pipeline import tasks
from aam.transcription import callbacks
from aam.transcription.callbacks import Callbacks, Expected, hashed, new_nonce, receive_posted, take_reply
from aam.transcription.errors import BadReplyPassword
from aam.transcription.usage_records import UsageRecord, read_usage_records
from aam.uploads.notifications import arrived
from aam_fakes.deepgram_replies import listen_reply
from tests.support.vendor_jobs import World, world

CHECKOUT = Path(__file__).resolve().parents[3]
SAID = json.dumps(listen_reply((0, 0.1, 4.9, "We move the release to Monday."))).encode()
OTHER = json.dumps(listen_reply((0, 0.1, 4.9, "Somebody else's words."))).encode()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What Step Functions was told."""
    said: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(tasks, "resume", lambda operation, **arguments: said.append((operation, arguments)))
    return said


@pytest.fixture
def here() -> Iterator[World]:
    with world() as made:
        yield made


def owed(here: World, **fields: Any) -> Expected:
    expected = Expected.model_validate(
        {
            "run": here.run,
            "nonce": new_nonce(),
            "lease": "a-place",
            "deadline": here.clock() + timedelta(hours=1),
            "submission": 0,
            "expected_ms": 5000,
            **fields,
        }
    )
    Callbacks(here.table).note(expected)
    return expected


def put(here: World, expected: Expected, body: bytes = SAID) -> str:
    here.store.write(expected.key, body, content_type="application/json")
    return take_reply(expected.key, deps=here.deps)


def stored(here: World) -> bytes | None:
    try:
        return here.store.read(here.run.derived("deepgram.json"))
    except ObjectMissing:
        return None


def test_a_reply_is_kept_and_resumes_its_run(here: World, told: list[Any]) -> None:
    expected = owed(here)
    assert put(here, expected) == "taken"
    assert stored(here) == SAID
    assert told == [("send_task_success", {"taskToken": "token", "output": '{"name":"deepgram.json"}'})]
    assert here.released == ["a-place"]
    assert here.store.keys("callbacks/") == []
    assert here.claims.read(here.stage).answered == "deepgram.json"


@pytest.mark.parametrize("again", [SAID, OTHER])
def test_a_second_reply_to_the_same_key_changes_nothing(here: World, told: list[Any], again: bytes) -> None:
    expected = owed(here)
    put(here, expected)
    put(here, expected, again)
    assert stored(here) == SAID
    assert here.store.keys("callbacks/") == []


def test_the_event_may_come_twice(here: World, told: list[Any]) -> None:
    expected = owed(here)
    put(here, expected)
    assert take_reply(expected.key, deps=here.deps) == "late"
    assert len(told) == 1


def test_the_late_reply_to_the_first_submission_serves_and_that_to_the_second_is_dropped(
    here: World, told: list[Any]
) -> None:
    first, second = owed(here, lease="first"), owed(here, lease="second", submission=1)
    assert put(here, first) == "taken"
    assert put(here, second, OTHER) == "late"
    assert stored(here) == SAID
    assert here.released == ["first", "second"]


@pytest.mark.parametrize(
    ("body", "leaf"),
    [
        (b"", "EngineReplyForeign"),
        (b"<html>", "EngineReplyForeign"),
        (b"[]", "EngineReplyForeign"),
        (b'{"request_id": "accepted"}', "EngineReplyForeign"),
        (b'{"err_code": "INVALID_AUTH"}', "EngineCredentialsRefused"),
        (b'{"err_code": "whatever"}', "EngineRefusedRecording"),
        (json.dumps(listen_reply(duration_s=5)).encode(), "NoSpeechRecognised"),
    ],
)
def test_a_body_that_is_no_transcript_fails_the_stage_by_name(
    here: World, told: list[Any], body: bytes, leaf: str
) -> None:
    assert put(here, owed(here), body) == "refused"
    ((operation, arguments),) = told
    assert (operation, arguments["error"]) == ("send_task_failure", leaf)
    assert stored(here) is None
    (bill,) = read_usage_records(here.store, here.run)
    assert bill.charged is (b"err_code" not in body)
    assert bill.heard_s == (5.0 if leaf == "NoSpeechRecognised" else None)


def test_what_is_kept_of_a_bill_holds_no_words(here: World, told: list[Any]) -> None:
    expected = owed(here, model="nova-3")
    put(here, expected)
    (key,) = here.store.keys(here.run.derived("bills/"))
    kept = here.store.read(key).decode()
    assert "Monday" not in kept
    assert expected.nonce not in key
    assert list(read_usage_records(here.store, here.run)) == [UsageRecord(model="nova-3", heard_s=4.9, certain=True)]


def test_a_reply_far_too_large_is_not_even_read(here: World, told: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callbacks, "REPLY_BYTES_MAX", 10)
    assert put(here, owed(here)) == "refused"
    assert told[0][1]["error"] == "EngineReplyForeign"


def test_what_is_kept_is_what_was_checked(here: World, told: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    expected = owed(here)
    here.store.write(expected.key, SAID, content_type="application/json")
    check = callbacks.check_deepgram_reply

    def exchanged(*arguments: Any, **named: Any) -> Any:
        here.store.write(expected.key, OTHER, content_type="application/json")
        return check(*arguments, **named)

    monkeypatch.setattr(callbacks, "check_deepgram_reply", exchanged)
    assert take_reply(expected.key, deps=here.deps) == "taken"
    assert stored(here) == SAID


def test_a_crash_between_choosing_and_copying_is_made_good_by_the_repeated_event(
    here: World, told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = owed(here)
    here.store.write(expected.key, SAID, content_type="application/json")
    with monkeypatch.context() as broken:
        broken.setattr(callbacks, "resume_stage", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            take_reply(expected.key, deps=here.deps)
    assert take_reply(expected.key, deps=here.deps) == "taken"
    assert len(told) == 1


@pytest.mark.parametrize(
    "key",
    [
        "callbacks/nobody/nothing.json",
        "callbacks/01900000-0000-7000-8000-000000000000/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.json",
        "callbacks/../derived/x.json",
    ],
)
def test_reply_without_a_waiting_run_is_discarded(here: World, told: list[Any], key: str) -> None:
    here.store.write(key, SAID, content_type="application/json")
    assert take_reply(key, deps=here.deps) == "unknown"
    assert here.store.keys("callbacks/") == []
    assert told == []


def test_a_nonce_serves_its_own_run_only(here: World, told: list[Any]) -> None:
    expected = owed(here)
    key = expected.key.replace(str(here.run.run_id), "01900000-0000-7000-8000-000000000000")
    here.store.write(key, SAID, content_type="application/json")
    assert take_reply(key, deps=here.deps) == "unknown"


def test_the_reply_of_a_deleted_meeting_goes(here: World, told: list[Any]) -> None:
    expected = owed(here)
    here.store.delete(here.run.derived("context.json"))
    assert put(here, expected) == "late"
    assert (here.store.keys("callbacks/"), here.released, told) == ([], ["a-place"], [])


def basic(nonce: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{nonce}:{secret}".encode()).decode()


def posted(here: World, authorization: str, body: bytes = SAID) -> bool:
    return receive_posted(authorization, body, store=here.store, callbacks=Callbacks(here.table), now=here.clock())


def test_a_posted_reply_goes_where_the_others_are_put(here: World, told: list[Any]) -> None:
    expected = owed(here, secret_sha256=hashed("secret"))
    assert posted(here, basic(expected.nonce, "secret"))
    assert here.store.read(expected.key) == SAID
    assert take_reply(expected.key, deps=here.deps) == "taken"
    assert not posted(here, basic(expected.nonce, "secret")), "acknowledged, not kept"
    assert here.store.keys("callbacks/") == []


def test_a_late_posted_reply_is_acknowledged_and_not_kept(here: World) -> None:
    expected = owed(here, secret_sha256=hashed("secret"))
    here.clock.seconds += 3601
    assert not posted(here, basic(expected.nonce, "secret"))
    assert here.store.keys("callbacks/") == []


def test_only_the_password_that_was_given_out_opens(here: World) -> None:
    expected, by_put = owed(here, secret_sha256=hashed("secret")), owed(here)
    for authorization in (
        "",
        "Basic",
        "Basic !!!",
        "Basic /w==",
        "Bearer x",
        basic(expected.nonce, "other"),
        basic(expected.nonce, ""),
        basic("nobody", "secret"),
        basic(by_put.nonce, ""),
        basic(expected.nonce, "secret").replace("Basic", "Bearer"),
    ):
        with pytest.raises(BadReplyPassword):
            posted(here, authorization)
    assert here.store.keys("callbacks/") == []


@pytest.mark.parametrize("user", ["n" * 3000, "", "n" * 61, "ñ" * 30, "\0" * 30])
def test_what_is_no_nonce_is_not_even_looked_up(here: World, monkeypatch: pytest.MonkeyPatch, user: str) -> None:
    monkeypatch.setattr(here.table, "read", lambda _pk: pytest.fail("DynamoDB would refuse such a key"))
    with pytest.raises(BadReplyPassword):
        posted(here, basic(user, "secret"))


def test_the_sample_event_names_a_letterbox() -> None:
    event = json.loads((CHECKOUT / "events" / "on_vendor_reply" / "put.json").read_text("utf-8"))
    bucket = event["Records"][0]["s3"]["bucket"]["name"]
    (notification,) = arrived(event, bucket=bucket, prefix=callbacks.PREFIX)
    assert callbacks.KEY.fullmatch(notification.key)
    assert arrived(event, bucket="another", prefix=callbacks.PREFIX) == []
