"""Deepgram by URL, answered later: OnVendorReplyFunction takes what comes, in whatever order and shape."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from aam_fakes.deepgram import Callbacks, DeepgramFake
from aam_fakes.deepgram_replies import listen_reply
from aam_fakes.scripted_server import Reply, served
from tests.e2e.test_vendors import KEY, changed
from tests.support.recordings import cut
from tests.support.stack import CHECKOUT, Person, Stack

WORKER = "TranscriptionWorkerFunction"
SAID = listen_reply((0, 0.1, 2.1, "Hello, this is Helen."), (1, 2.5, 4.0, "We move the release to Monday."))


@pytest.fixture(scope="module")
def by_url(stack: Stack) -> Iterator[DeepgramFake]:
    """Deepgram on the loopback, told to fetch and to call back."""
    secrets, arn = stack.aws("secretsmanager"), stack.state.outputs["VendorKeysSecretArn"]
    before = secrets.get_secret_value(SecretId=arn)["SecretString"]
    with contextlib.ExitStack() as done:
        fake = done.enter_context(served(DeepgramFake()))
        secrets.put_secret_value(SecretId=arn, SecretString=json.dumps({"deepgram": KEY, "openai": ""}))
        done.callback(secrets.put_secret_value, SecretId=arn, SecretString=before)
        done.enter_context(changed(stack, "ExtractAudioFunction", TRANSCRIPTION_ENGINE="deepgram"))
        done.enter_context(changed(stack, "ArtifactsWorkerFunction", ARTIFACTS_ENGINE="extractive"))
        settings = {"DEEPGRAM_BASE_URL": fake.url, "DEEPGRAM_MODE": "url", "DEEPGRAM_CALLBACK_S": "90"}
        done.enter_context(changed(stack, WORKER, **settings))
        yield fake


@pytest.fixture
def fake(by_url: DeepgramFake) -> Iterator[DeepgramFake]:
    """The same with nothing remembered."""
    by_url.script, by_url.callback_script, by_url.callbacks = [Reply(body=SAID)], [], Callbacks()
    for kept in (by_url.asked, by_url.fetched, by_url.delivered, by_url.objections):
        kept.clear()
    yield by_url
    assert by_url.objections == [], "every request is as published"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five seconds of the sample."""
    file = tmp_path_factory.mktemp("clip") / "clip.wav"
    file.write_bytes(cut((CHECKOUT / "infra" / "sample" / "standup.ogg").read_bytes(), seconds=5))
    return file


def callbacks_left(stack: Stack) -> list[str]:
    listed = stack.aws("s3").list_objects_v2(Bucket=stack.bucket, Prefix="callbacks/")
    return [found["Key"] for found in listed.get("Contents", [])]


def places_taken(stack: Stack) -> dict[str, float]:
    """The leases at Deepgram's limiter."""
    item = stack.aws("dynamodb").get_item(
        TableName=stack.state.outputs["StateTableName"], Key={"pk": {"S": "gate#deepgram"}}
    )["Item"]
    leases: dict[str, float] = json.loads(item["document"]["S"])["leases"]
    return {owner: until for owner, until in leases.items() if until > time.time()}


def assert_all_is_put_away(stack: Stack) -> None:
    stack.until(lambda: not callbacks_left(stack), "replies to be taken away")
    stack.until(lambda: not places_taken(stack), "places at the limiter to be free")


def test_the_recording_is_fetched_and_the_reply_put_and_nothing_passes_through_us(
    stack: Stack, person: Person, fake: DeepgramFake, clip: Path
) -> None:
    meeting, _ = person.process(clip, people=("Helen Ray",))
    assert meeting["status"] == "review", meeting["errors"]
    (asked,) = fake.asked
    assert asked.query["callback_method"] == ["PUT"]
    assert asked.query["mip_opt_out"] == ["true"]
    assert "Helen Ray" in asked.query["keyterm"]
    assert asked.size < 4000, "a URL, not the sound"
    assert fake.fetched[0].size > 1000
    assert fake.fetched[0].head.startswith(b"OggS")
    assert [delivered.status for delivered in fake.delivered] == [200]
    transcript = person.api.call("GET", f"/meetings/{meeting['id']}/transcript")
    assert transcript["utterances"][0]["text"] == "Hello, this is Helen."
    assert transcript["speakers"][0] == {
        "label": "Speaker 1",
        "name": None,
        "proposal": {"name": "Helen", "quote": "Hello, this is Helen.", "utterance_id": 1},
    }
    assert_all_is_put_away(stack)


def test_a_speakers_name_shows_everywhere_and_the_transcript_stays(
    stack: Stack, person: Person, fake: DeepgramFake, clip: Path
) -> None:
    meeting, _ = person.process(clip)
    path = f"/meetings/{meeting['id']}"
    person.api.call("PATCH", f"{path}/speakers", {"names": {"Speaker 1": "Helen Ray"}})
    assert person.api.call("GET", f"{path}/transcript")["utterances"][0]["speaker"] == "Helen Ray"
    rows = stack.rows(
        "SELECT speaker FROM utterances JOIN transcripts ON transcripts.id = transcript_id WHERE meeting_id = %s "
        "ORDER BY number",
        meeting["id"],
    )
    assert rows[0] == ("Speaker 1",)


def test_a_late_reply_that_comes_twice_is_taken_once(
    stack: Stack, person: Person, fake: DeepgramFake, clip: Path
) -> None:
    fake.callbacks = Callbacks(delay_s=1.5, times=2)
    meeting, _ = person.process(clip)
    assert meeting["status"] == "review", meeting["errors"]
    stack.until(lambda: len(fake.delivered) == 2, "the second delivery")
    assert len(fake.asked) == 1
    assert_all_is_put_away(stack)
    assert len(stack.rows("SELECT 1 FROM transcripts WHERE meeting_id = %s", meeting["id"])) == 1


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Reply(body={"hello": "world"}), "engine_reply_foreign"),
        (Reply(raw=b""), "engine_reply_foreign"),
        (Reply(raw=b"<html>no</html>"), "engine_reply_foreign"),
        (
            Reply(body={"err_code": "ASR_PAYMENT_REQUIRED", "err_msg": "no", "request_id": "1"}),
            "engine_quota_exhausted",
        ),
        (Reply(body={"err_code": "REMOTE_CONTENT_ERROR", "err_msg": "no"}), "engine_refused_recording"),
        (Reply(body=listen_reply(duration_s=5.0)), "no_speech_recognised"),
    ],
)
def test_a_reply_that_is_none_fails_the_run_by_name(
    stack: Stack, person: Person, fake: DeepgramFake, clip: Path, said: Reply, code: str
) -> None:
    fake.callback_script = [said]
    meeting, _ = person.process(clip)
    assert meeting["status"] == "failed"
    assert [error["code"] for error in meeting["errors"]] == [code]
    assert_all_is_put_away(stack)


def test_what_is_never_answered_is_handed_over_once_more(
    stack: Stack, person: Person, fake: DeepgramFake, clip: Path
) -> None:
    fake.callbacks = Callbacks(times=0)
    with changed(stack, WORKER, DEEPGRAM_CALLBACK_S="4"):
        meeting_id = person.meeting()
        person.upload(meeting_id, clip)
        stack.until(lambda: len(fake.asked) == 1, "the first request")
        fake.callbacks = Callbacks()
        meeting, _ = person.follow(meeting_id)
    assert meeting["status"] == "review", meeting["errors"]
    first, second = (asked.query["callback"][0] for asked in fake.asked)
    assert first != second
    assert_all_is_put_away(stack)


def test_what_is_never_answered_at_all_fails_with_a_reason(
    stack: Stack, person: Person, fake: DeepgramFake, clip: Path
) -> None:
    fake.callbacks = Callbacks(times=0)
    with changed(stack, WORKER, DEEPGRAM_CALLBACK_S="3"):
        meeting, _ = person.process(clip)
    assert meeting["status"] == "failed"
    assert [error["code"] for error in meeting["errors"]] == ["vendor_never_answered"]
    assert len(fake.asked) == 2


def test_a_reply_whose_notification_was_lost_is_found_and_not_paid_twice(
    stack: Stack, person: Person, fake: DeepgramFake, clip: Path
) -> None:
    with (
        changed(stack, "OnVendorReplyFunction", STATE_TABLE="no"),
        changed(stack, WORKER, DEEPGRAM_CALLBACK_S="4"),
    ):
        meeting, _ = person.process(clip)
    assert meeting["status"] == "review", meeting["errors"]
    assert len(fake.asked) == 1
    assert_all_is_put_away(stack)


def test_a_posted_reply_needs_its_password_and_is_taken_like_any_other(
    stack: Stack, person: Person, fake: DeepgramFake, clip: Path
) -> None:
    url = f"{person.api.url}/vendor-replies/deepgram"
    fake.callbacks = Callbacks(times=2)
    with changed(stack, WORKER, DEEPGRAM_CALLBACK="post", DEEPGRAM_CALLBACK_URL=url):
        meeting, _ = person.process(clip)
    assert meeting["status"] == "review", meeting["errors"]
    assert fake.asked[0].query["callback_method"] == ["POST"]
    stack.until(lambda: len(fake.delivered) == 2, "the second delivery")
    assert [delivered.status for delivered in fake.delivered] == [200, 200]
    assert all(delivered.authorization.startswith("Basic ") for delivered in fake.delivered)
    status, _ = person.api.try_call("POST", "/vendor-replies/deepgram", {"metadata": {}})
    assert status == 401
    assert_all_is_put_away(stack)


def test_a_store_with_a_webhook_tells_of_replies_as_well(stack: Stack, fake: DeepgramFake) -> None:
    arn = stack.state.outputs["StorageEventsSecretArn"]
    secret = stack.aws("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]

    def taken() -> int:
        return sum("OnVendorReply" in line["function"] for line in stack.observer.lines("answered"))

    before = taken()
    key = "callbacks/01900000-0000-7000-8000-000000000000/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.json"
    record = {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": stack.bucket}, "object": {"key": key}}}
    answer = requests.post(
        f"{stack.new_client().url}/storage-events",
        json={"Records": [record]},
        headers={"Authorization": f"Bearer {secret}"},
        timeout=30,
    )
    assert (answer.status_code, answer.json()) == (200, {"queued": 0, "replies": 1})
    stack.until(lambda: taken() > before, "the function to be called")


def logged(stack: Stack) -> str:
    """All that functions have said, as CloudWatch Logs keeps it."""
    logs = stack.aws("logs")
    groups = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix="/aws/lambda/")
    names = [group["logGroupName"] for page in groups for group in page["logGroups"]]
    events = logs.get_paginator("filter_log_events")
    return "\n".join(
        event["message"] for name in names for page in events.paginate(logGroupName=name) for event in page["events"]
    )


def nonces(stack: Stack) -> set[str]:
    """All that were ever given out, from the records of what is owed."""
    pages = stack.aws("dynamodb").get_paginator("scan").paginate(TableName=stack.state.outputs["StateTableName"])
    keys = [item["pk"]["S"] for page in pages for item in page["Items"]]
    return {key.removeprefix("callback#") for key in keys if key.startswith("callback#")}


def object_keys(stack: Stack) -> set[str]:
    pages = stack.aws("s3").get_paginator("list_objects_v2").paginate(Bucket=stack.bucket)
    return {found["Key"] for page in pages for found in page.get("Contents", [])}


def test_logs_and_states_hold_nothing_that_opens_or_quotes(
    stack: Stack, person: Person, fake: DeepgramFake, clip: Path
) -> None:
    """Neither URLs nor nonces, keys of objects, keys of vendors, or what was said, broken events included."""
    fake.script = [Reply(500, {"err_msg": "what Deepgram says when it breaks"}), Reply(body=SAID)]
    meeting, _ = person.process(clip, people=("Helen Ray",))
    assert meeting["status"] == "review", meeting["errors"]
    wrong = "the wrong value of a broken event"
    answer, failed = stack.invoke("FinishFunction", {"run_id": wrong})
    assert failed
    told = stack.rows("SELECT text FROM utterances UNION SELECT title FROM meetings")
    said = {text for (text,) in told if len(text) > 15}  # shorter ones, as "Aborted", others say as well
    secret = [*nonces(stack), *object_keys(stack), *said, KEY, "X-Amz-", "what Deepgram says", wrong]
    assert len(nonces(stack)) > 0
    assert len(said) > 0
    stack.until(lambda: "function broke" in logged(stack), "the log of what broke")
    assert wrong not in json.dumps(answer)
    log = logged(stack)
    assert meeting["id"] in log, "these are the logs of the functions that did the work"
    assert "a reply came" in log
    assert [word for word in secret if word in log] == []

    machine, steps = stack.state.outputs["StateMachineArn"], stack.aws("stepfunctions")
    for execution in steps.list_executions(stateMachineArn=machine)["executions"][:20]:
        arn = execution["executionArn"]
        history = json.dumps(
            [steps.describe_execution(executionArn=arn), steps.get_execution_history(executionArn=arn)], default=str
        )
        assert [word for word in secret if word in history] == []


def test_what_the_emulator_says_holds_no_signature(stack: Stack) -> None:
    for log in stack.home.logs.glob("*.log"):
        said = log.read_text("utf-8", errors="replace")
        assert "X-Amz-Signature" not in said, log.name
