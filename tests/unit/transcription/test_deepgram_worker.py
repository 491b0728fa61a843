"""What the transcription worker asks of Deepgram, by URL and streamed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from aam.foundation.errors import AppError
from aam.foundation.settings import BadConfiguration, load
from aam.foundation.storage import ObjectStore, StorageUnavailable
from aam.meetings.speech import Speech, UnsupportedOption
from aam.pipeline import tasks
from aam.transcription import deepgram_worker
from aam.transcription.callbacks import Callbacks, hashed
from aam.transcription.deepgram_worker import (
    DeepgramEnvironment,
    hand_over,
    post_address,
    reply_lying_there,
    stream,
    transcribe_with_deepgram,
)
from aam.transcription.errors import (
    EngineCredentialsRefused,
    EngineReplyForeign,
    EngineUnavailable,
    LanguageNotKnown,
    ReplyTooLargeToPost,
)
from aam.transcription.listen_options import options_for
from aam.transcription.public_address import reachable_from_outside
from aam.transcription.usage_records import UsageRecord, read_usage_records
from aam.vendor_limits import store_with_retry
from aam.vendor_limits.ports import Submitted
from aam_fakes import deepgram as fakes
from aam_fakes.deepgram import DeepgramFake
from aam_fakes.deepgram_replies import listen_reply, talk
from aam_fakes.scripted_server import Reply, served
from tests.support.vendor_jobs import World, audio_output, context_of, world

pytestmark = [
    pytest.mark.filterwarnings(r"ignore:websockets\.exceptions\.InvalidStatusCode:DeprecationWarning"),
    pytest.mark.filterwarnings(r"ignore:websockets\.legacy is deprecated:DeprecationWarning"),
]
SAID = listen_reply((0, 0.1, 4.9, "We move the release to Monday."))


@pytest.fixture
def fake() -> Iterator[DeepgramFake]:
    with served(DeepgramFake()) as running:
        running.script, running.callbacks = [Reply(body=SAID)], fakes.Callbacks(times=0)
        yield running
    assert running.objections == []


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with world() as made:
        monkeypatch.setattr(deepgram_worker, "state_table", lambda: made.table)
        monkeypatch.setattr(deepgram_worker, "release", made.release)
        monkeypatch.setattr(
            deepgram_worker, "settings_of", lambda env: deepgram_worker.DeepgramSettings("key", env.deepgram_base_url)
        )
        yield made


def environment(fake: DeepgramFake, **settings: Any) -> DeepgramEnvironment:
    return DeepgramEnvironment.model_validate({"deepgram_base_url": fake.url, **settings})


class Moody(ObjectStore):
    """A store that does not take the first so many objects."""

    def __init__(self, store: ObjectStore, *, refusals: int) -> None:
        super().__init__(store.client, store.bucket)
        self.refusals = refusals

    def write(self, key: str, body: bytes, *, content_type: str) -> None:
        if self.refusals:
            self.refusals -= 1
            raise StorageUnavailable
        super().write(key, body, content_type=content_type)


def handed_over(here: World, fake: DeepgramFake, *, submission: int = 0, **settings: Any) -> Any:
    return hand_over(
        here.job(submission=submission), environment=environment(fake, **settings), public=here.store, clock=here.clock
    )


def test_a_streamed_recording_is_checked_and_stored_as_it_came(here: World, fake: DeepgramFake) -> None:
    assert stream(here.job(), environment=environment(fake)).name == "deepgram.json"
    assert json.loads(here.store.read(here.run.derived("deepgram.json"))) == SAID
    assert fake.asked[0].body == b"OggS sound"
    assert fake.asked[0].query["keyterm"] == ["Globex", "Anna Berg", "Mark Stone"]


def test_a_foreign_success_is_stored_nowhere(here: World, fake: DeepgramFake) -> None:
    fake.script = [Reply(body={"hello": "world"})]
    with pytest.raises(EngineReplyForeign):
        stream(here.job(), environment=environment(fake))
    assert here.run.derived("deepgram.json") not in here.store.keys("derived/")
    assert list(read_usage_records(here.store, here.run)) == [UsageRecord(model="nova-3")]


def test_what_is_owed_is_noted_before_it_is_handed_over(here: World, fake: DeepgramFake) -> None:
    noted: list[Any] = []
    answer = fake.reply_to
    fake.reply_to = lambda asked: (noted.append(Callbacks(here.table).newest(here.run.run_id)), answer(asked))[1]  # type: ignore[method-assign]
    submitted = handed_over(here, fake)
    (expected,) = noted
    assert isinstance(submitted, Submitted)
    assert (expected.request_id, expected.lease, expected.deadline) == ("", submitted.lease, submitted.answer_by)
    assert here.limiter.leases[0].kept_until == submitted.answer_by
    (after,) = [Callbacks(here.table).newest(here.run.run_id)]
    assert after is not None
    assert len(after.request_id) == 36
    url = fake.asked[0].query["callback"][0]
    assert f"/callbacks/{here.run.run_id}/{after.nonce}.json?" in url
    assert "X-Amz-Signature" in url or "Signature" in url


def test_accepted_submission_is_not_repeated_after_a_worker_dies(here: World, fake: DeepgramFake) -> None:
    first = handed_over(here, fake)
    assert handed_over(here, fake) == first
    assert len(fake.asked) == 1


def test_the_second_submission_is_a_new_one(here: World, fake: DeepgramFake) -> None:
    first = handed_over(here, fake)
    here.clock.seconds += 4000
    second = handed_over(here, fake, submission=1)
    assert first.lease != second.lease
    assert len({asked.query["callback"][0] for asked in fake.asked}) == 2
    assert list(read_usage_records(here.store, here.run)) == [UsageRecord(model="nova-3")] * 2, (
        "the first may be paid for as well"
    )


def test_a_request_that_failed_is_made_again(here: World, fake: DeepgramFake) -> None:
    fake.script = [Reply(503, {}), Reply(body=SAID)]
    with pytest.raises(EngineUnavailable):
        handed_over(here, fake)
    assert here.limiter.leases[0].kept_until is None
    assert list(read_usage_records(here.store, here.run)) == []
    assert isinstance(handed_over(here, fake), Submitted)


def test_where_no_reply_lies_none_is_found(here: World, fake: DeepgramFake) -> None:
    assert reply_lying_there(here.job(), clock=here.clock) is None, "nothing was handed over"
    handed_over(here, fake)
    assert reply_lying_there(here.job(), clock=here.clock) is None


def test_an_answer_that_the_store_does_not_take_at_once_is_kept_all_the_same(
    here: World, fake: DeepgramFake, monkeypatch: pytest.MonkeyPatch
) -> None:
    moody = Moody(here.store, refusals=3)
    monkeypatch.setattr(store_with_retry, "WAITS_S", (0.0,) * 5)
    stream(replace(here.job(), store=moody), environment=environment(fake))
    assert json.loads(here.store.read(here.run.derived("deepgram.json"))) == SAID
    assert len(fake.asked) == 1


def test_a_reply_whose_notification_was_lost_is_taken_instead_of_paid_again(
    here: World, fake: DeepgramFake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "resume", lambda *_, **__: None)
    handed_over(here, fake)
    expected = Callbacks(here.table).newest(here.run.run_id)
    assert expected is not None
    here.store.write(expected.key, json.dumps(SAID).encode(), content_type="application/json")
    here.clock.seconds += 4000
    found = reply_lying_there(here.job(submission=1), clock=here.clock)
    assert found is not None
    assert found.name == "deepgram.json"
    assert here.claims.read(here.stage).answered == "deepgram.json"


def test_a_posted_reply_has_its_password_in_front_of_the_host_and_we_keep_its_hash(
    here: World, fake: DeepgramFake
) -> None:
    handed_over(here, fake, deepgram_callback="post", deepgram_callback_url="https://api.example/prod/vendor-replies/x")
    url = fake.asked[0].query["callback"][0]
    before, _, after = url.removeprefix("https://").partition("@")
    nonce, _, secret = before.partition(":")
    assert after == "api.example/prod/vendor-replies/x"
    expected = Callbacks(here.table).find(nonce)
    assert expected is not None
    assert expected.secret_sha256 == hashed(secret)
    assert secret not in json.dumps(here.table.read(f"callback#{nonce}"))
    assert fake.asked[0].query["callback_method"] == ["POST"]


def test_a_reply_that_would_be_too_large_to_post_is_not_asked_for(
    fake: DeepgramFake, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world(duration_ms=101 * 60_000) as long:
        monkeypatch.setattr(deepgram_worker, "state_table", lambda: long.table)
        with pytest.raises(ReplyTooLargeToPost):
            handed_over(long, fake, deepgram_callback="post", deepgram_callback_url="https://api.example/x")
    assert not fake.asked


def test_the_longest_reply_that_is_posted_fits_into_a_call_of_a_function() -> None:
    longest_s = deepgram_worker.POSTED_BYTES_MAX / deepgram_worker.BYTES_AN_HOUR * 3600
    reply = json.dumps(listen_reply(*talk(longest_s, language="ru")), ensure_ascii=False)
    assert len(reply.encode()) <= deepgram_worker.POSTED_BYTES_MAX
    assert len(json.dumps({"body": reply}, ensure_ascii=False).encode()) * 5_000_000 / len(reply.encode()) < 6_000_000


def test_posting_needs_an_address() -> None:
    with pytest.raises(BadConfiguration):
        post_address(DeepgramEnvironment(DEEPGRAM_BASE_URL="x"), "nonce", "secret")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("mode", "endpoint", "by_url"),
    [
        ("auto", "", True),
        ("auto", "https://store.example.com", True),
        ("auto", "http://127.0.0.1:4566", False),
        ("auto", "http://minio:9000", False),
        ("url", "http://127.0.0.1:4566", True),
        ("stream", "", False),
    ],
)
def test_the_mode_is_chosen_by_whether_the_store_can_be_reached(
    here: World, monkeypatch: pytest.MonkeyPatch, mode: str, endpoint: str, by_url: bool
) -> None:
    for name, value in {
        "DEEPGRAM_BASE_URL": "http://x",
        "DEEPGRAM_MODE": mode,
        "MEDIA_BUCKET": "bucket",
        "STORAGE_ENDPOINT": "http://10.0.0.5:9000",
        "STORAGE_PUBLIC_ENDPOINT": endpoint,
    }.items():
        monkeypatch.setenv(name, value)
    if not endpoint:
        monkeypatch.delenv("STORAGE_ENDPOINT")
    load.cache_clear()
    monkeypatch.setattr(deepgram_worker, "hand_over", lambda job, **_: "url")
    monkeypatch.setattr(deepgram_worker, "stream", lambda job, **_: "stream")
    monkeypatch.setattr(deepgram_worker, "public_store", lambda: here.store)
    try:
        assert transcribe_with_deepgram(here.job()) == ("url" if by_url else "stream")
    finally:
        load.cache_clear()


@pytest.mark.parametrize(
    ("endpoint", "outside"),
    [
        ("https://s3.eu-central-1.amazonaws.com", True),
        ("https://203.0.114.7:9000", True),
        ("http://10.1.2.3", False),
        ("http://192.168.0.2:9000", False),
        ("http://[::1]:9000", False),
        ("http://localhost:9000", False),
        ("http://store.internal", False),
        ("http://store.local.", False),
        ("http://169.254.1.1", False),
    ],
)
def test_private_addresses_and_names_are_known(endpoint: str, outside: bool) -> None:
    assert reachable_from_outside(endpoint) is outside


@pytest.mark.parametrize(
    ("fields", "model", "expected"),
    [
        ({"language": "uk"}, "", {"model": "nova-3", "language": "uk", "terms_as": "keyterm"}),
        ({"language": "en-ZA"}, "", {"language": "en"}),
        ({"language": "detect"}, "", {"language": "detect", "terms": ()}),
        ({"language": "multi"}, "", {"language": "multi", "terms": ("Globex", "Anna Berg", "Mark Stone")}),
        (
            {},
            "nova-2",
            {"model": "nova-2", "terms_as": "keywords", "terms": ("Globex", "Anna", "Berg", "Mark", "Stone")},
        ),
        ({"language": "ka"}, "our-own", {"model": "our-own", "language": "ka", "terms_as": "none", "terms": ()}),
        ({"speech": Speech(terms=("Initech",))}, "", {"terms": ("Initech", "Globex", "Anna Berg", "Mark Stone")}),
        ({"speech": Speech(model="nova-2")}, "nova-3", {"model": "nova-2"}),
        ({"speech": Speech(redact=("pii",), diarize=False)}, "", {"redact": ("pii",), "diarize": False}),
        ({"known_terms": ("  a \n b ", "a b")}, "", {"terms": ("a b",)}),
    ],
)
def test_the_options_come_from_the_meeting_and_the_models(
    here: World, fields: dict[str, Any], model: str, expected: dict[str, Any]
) -> None:
    options = options_for(context_of(here.run, **fields), audio_output(here.run), model=model)
    assert options.model_dump(include=set(expected)) == expected


@pytest.mark.parametrize(
    ("fields", "leaf"),
    [
        ({"language": "ka"}, LanguageNotKnown),
        ({"language": "ru", "speech": Speech(redact=("pii",))}, UnsupportedOption),
        ({"language": "detect", "own_terms": ("Anna",)}, UnsupportedOption),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_paid(
    here: World, fake: DeepgramFake, fields: dict[str, Any], leaf: type[AppError]
) -> None:
    with pytest.raises(leaf):
        stream(here.job(**fields), environment=environment(fake))
    assert not fake.asked


def test_channels_of_one_speaker_each_are_asked_for_by_channel(here: World) -> None:
    assert options_for(context_of(here.run), audio_output(here.run, channels=2)).multichannel is True


def test_a_refused_key_is_final(here: World, fake: DeepgramFake) -> None:
    fake.script = [Reply(401, {"err_code": "INVALID_AUTH"})]
    with pytest.raises(EngineCredentialsRefused):
        handed_over(here, fake)
