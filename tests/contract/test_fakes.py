from __future__ import annotations

import http.client
import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from aam_fakes.deepgram import Callbacks, DeepgramFake, duration_of, fetch
from aam_fakes.deepgram_replies import listen_reply
from aam_fakes.judging import DEEPGRAM
from aam_fakes.scripted_server import FakeServer, Reply, served
from aam_local.waiting import wait_until
from tests.support.specs import judge, need_spec

CHECKOUT = Path(__file__).resolve().parents[2]
GOOD = "model=nova-3&version=latest&language=en&diarize_model=latest&utterances=true"


@pytest.fixture
def fake() -> Iterator[DeepgramFake]:
    with served(DeepgramFake()) as running:
        yield running


@pytest.fixture
def elsewhere() -> Iterator[FakeServer]:
    """Somewhere to fetch sound from and to answer to."""
    with served(FakeServer()) as running:
        running.script = [Reply(raw=b"a" * 60_000, headers={"content-type": "audio/ogg"})]
        yield running


def ask(fake: FakeServer, query: str, body: bytes = b"x" * 30_000, **headers: str) -> tuple[int, Any]:
    request = urllib.request.Request(
        f"{fake.url}/v1/listen?{query}",
        data=body,
        headers={"Authorization": "Token k", "Content-Type": "audio/ogg", **headers},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def by_url(fake: FakeServer, query: str, url: str) -> tuple[int, Any]:
    return ask(fake, query, json.dumps({"url": url}).encode(), **{"Content-Type": "application/json"})


def test_without_a_script_it_answers_a_meeting_as_long_as_the_sound(fake: DeepgramFake) -> None:
    status, reply = ask(fake, GOOD)
    assert status == 200
    assert reply["metadata"]["duration"] == 10
    assert reply["results"]["utterances"][-1]["end"] <= 10
    assert {u["speaker"] for u in reply["results"]["utterances"]} == {0, 1}
    assert fake.objections == []
    judge(DEEPGRAM, "/components/schemas/listen_v1_media_transcribe_Response_200", reply)


def test_an_ogg_tells_its_duration() -> None:
    sample = (CHECKOUT / "infra" / "sample" / "standup.ogg").read_bytes()
    with served(FakeServer()) as server:
        server.script = [Reply(raw=sample)]
        found = fetch(f"{server.url}/standup.ogg?x=1")
    assert found.size == len(sample)
    assert 60 < duration_of(found) < 600


def test_channels_are_answered_one_by_one(fake: DeepgramFake) -> None:
    _, reply = ask(fake, "model=nova-3&multichannel=true&utterances=true")
    assert len(reply["results"]["channels"]) == 2
    assert "speaker" not in reply["results"]["utterances"][0]


@pytest.mark.parametrize(
    ("query", "objection"),
    [
        (GOOD + "&modell=nova-3", "modell is no parameter"),
        (GOOD + "&multichannel=yes", "multichannel=yes"),
        (GOOD + "&utt_split=long", "utt_split=long"),
        (GOOD + "&callback=http://x&callback_method=PATCH", "callback_method=PATCH"),
    ],
)
def test_requests_are_judged_by_the_published_description(fake: DeepgramFake, query: str, objection: str) -> None:
    need_spec(DEEPGRAM)
    fake.callbacks = Callbacks(times=0)
    ask(fake, query)
    assert any(objection in found for found in fake.objections), fake.objections


@pytest.mark.parametrize(
    "query",
    [
        "model=nova-2&keyterm=Anna",
        "model=nova-3&keywords=Anna",
        "model=nova-3&language=en&detect_language=true",
        "model=nova-3&callback_method=PUT",
    ],
)
def test_what_only_the_pages_forbid_is_objected_to_as_well(fake: DeepgramFake, query: str) -> None:
    ask(fake, query)
    assert len(fake.objections) == 1


def test_a_url_is_fetched_whole_and_without_a_range(fake: DeepgramFake, elsewhere: FakeServer) -> None:
    status, reply = by_url(fake, GOOD, f"{elsewhere.url}/sound.ogg?signature=1")
    assert (status, reply["metadata"]["duration"]) == (200, 20)
    assert [found.size for found in fake.fetched] == [60_000]
    assert elsewhere.asked[0].query == {"signature": ["1"]}
    assert "range" not in elsewhere.asked[0].headers
    assert fake.objections == []


def test_a_url_that_cannot_be_read_is_refused(fake: DeepgramFake, elsewhere: FakeServer) -> None:
    elsewhere.script = [Reply(403)]
    assert by_url(fake, GOOD, f"{elsewhere.url}/sound.ogg")[0] == 400


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_callback_brings_the_answer_later_with_what_the_url_says(
    fake: DeepgramFake, elsewhere: FakeServer, method: str
) -> None:
    address = elsewhere.url.replace("http://", "http://nonce:secret@") + "/answers/1?signature=2"
    status, reply = ask(fake, f"{GOOD}&callback={quote(address, safe='')}&callback_method={method}")
    assert (status, list(reply)) == (200, ["request_id"])
    assert wait_until(lambda: bool(fake.delivered), seconds=5)
    (came,) = elsewhere.asked
    assert (came.method, came.path, came.query) == (method, "/answers/1", {"signature": ["2"]})
    assert came.json()["metadata"]["request_id"] == reply["request_id"]
    assert came.headers["authorization"] == "Basic bm9uY2U6c2VjcmV0"
    assert fake.objections == []


def test_a_refused_callback_comes_again(fake: DeepgramFake, elsewhere: FakeServer) -> None:
    fake.callbacks = Callbacks(retry_s=0.01)
    elsewhere.script = [Reply(500), Reply(503), Reply(200)]
    ask(fake, f"{GOOD}&callback={quote(elsewhere.url, safe='')}&callback_method=PUT")
    assert wait_until(lambda: len(fake.delivered) == 3, seconds=5)
    assert [delivered.status for delivered in fake.delivered] == [500, 503, 200]


def test_callbacks_come_twice_or_never_on_demand(fake: DeepgramFake, elsewhere: FakeServer) -> None:
    address = quote(elsewhere.url, safe="")
    fake.callbacks = Callbacks(times=0)
    ask(fake, f"{GOOD}&callback={address}")
    fake.callbacks = Callbacks(times=2)
    ask(fake, f"{GOOD}&callback={address}")
    assert wait_until(lambda: len(fake.delivered) == 2, seconds=5)
    assert len(elsewhere.asked) == 2


def test_more_at_once_than_allowed_are_refused_and_counted(elsewhere: FakeServer) -> None:
    with served(DeepgramFake(concurrency=1, work_s=5)) as fake:
        ask(fake, f"{GOOD}&callback={quote(elsewhere.url, safe='')}")
        assert ask(fake, GOOD)[0] == 429
        assert (fake.violations, fake.most_at_once) == (1, 1)


def test_any_sliding_window_counts() -> None:
    with served(DeepgramFake(rate=(2, 30.0))) as fake:
        assert [ask(fake, GOOD)[0] for _ in range(3)] == [200, 200, 429]
        assert fake.violations == 1


def test_a_long_body_is_counted_and_not_kept(fake: DeepgramFake) -> None:
    ask(fake, GOOD, body=b"RIFF" + bytes(5_000_000))
    assert fake.asked[0].size == 5_000_004
    assert len(fake.asked[0].body) < 2_000_000


def test_bad_bodies_on_demand(fake: DeepgramFake) -> None:
    fake.script = [Reply(body=listen_reply((0, 0, 1, "Hello.")), cut_at=10), Reply(503, pause_s=0.05, body={})]
    with pytest.raises(http.client.IncompleteRead):
        ask(fake, GOOD)
    assert ask(fake, GOOD)[0] == 503


def test_the_fakes_run_as_a_program() -> None:
    program = subprocess.Popen([sys.executable, "-m", "aam_fakes"], stdout=subprocess.PIPE, text=True, cwd=CHECKOUT)
    try:
        assert program.stdout is not None
        addresses = json.loads(program.stdout.readline())
        with urllib.request.urlopen(
            urllib.request.Request(f"{addresses['deepgram']}/v1/listen?{GOOD}", data=b"x" * 3000), timeout=10
        ) as answer:
            assert json.loads(answer.read())["results"]["utterances"]
    finally:
        program.terminate()
        assert program.wait(10) == 0
        if program.stdout is not None:
            program.stdout.close()
