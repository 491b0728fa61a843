"""Deepgram's adapter against a fake that is itself judged by the published description."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from aam.foundation.errors import AppError
from aam.transcription import errors
from aam.transcription.deepgram import DeepgramSettings, ListenOptions, submit, transcribe
from aam.transcription.deepgram_reply import check_deepgram_reply
from aam.transcription.schemas import Transcript
from aam.vendor_limits.limiter_state import SLOW_MOST_S
from aam_fakes.deepgram import Callbacks, DeepgramFake
from aam_fakes.deepgram_replies import error_body, listen_reply
from aam_fakes.judging import DEEPGRAM
from aam_fakes.scripted_server import FakeServer, Reply, served
from tests.support.specs import judge, need_spec

# The SDK itself imports names that its websockets dependency calls deprecated.
pytestmark = [
    pytest.mark.filterwarnings(r"ignore:websockets\.exceptions\.InvalidStatusCode:DeprecationWarning"),
    pytest.mark.filterwarnings(r"ignore:websockets\.legacy is deprecated:DeprecationWarning"),
]

GOOD = listen_reply((0, 0.1, 2.1, "We move the release to Friday."), (1, 2.5, 4.0, "Fine by me, Anna."))
OPTIONS = ListenOptions(model="nova-3", language="ru", terms=("релиз", "Anna"))


class Recording:
    """Pieces of a recording that can be read again from the start."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces
        self.reads = 0

    def __iter__(self) -> Iterator[bytes]:
        self.reads += 1
        return iter(self.pieces)


@pytest.fixture
def fake() -> Iterator[DeepgramFake]:
    with served(DeepgramFake()) as running:
        running.script = [Reply(body=GOOD)]
        yield running
    assert running.objections == []


def settings(url: str, *, timeout_s: float = 5) -> DeepgramSettings:
    return DeepgramSettings(api_key="k-123", base_url=url, timeout_s=timeout_s)


def ask(fake: FakeServer, *, timeout_s: float = 5, **options: Any) -> Transcript:
    asked = OPTIONS.model_copy(update=options)
    reply = transcribe(Recording(b"RIFF", b"rest"), settings=settings(fake.url, timeout_s=timeout_s), options=asked)
    return check_deepgram_reply(reply, language=asked.language)


def hand_over(fake: FakeServer, *, timeout_s: float = 5) -> str:
    return submit(
        "https://store.example/audio?signature=s",
        settings=settings(fake.url, timeout_s=timeout_s),
        options=OPTIONS,
        callback="https://store.example/callbacks/1?signature=c",
        callback_method="PUT",
    )


def test_a_recording_is_streamed_and_comes_back_as_the_canonical_transcript(fake: DeepgramFake) -> None:
    result = ask(fake)
    first, second = result.utterances
    assert (first.id, first.speaker, first.start_ms, first.end_ms) == (1, "Speaker 1", 100, 2100)
    assert second.speaker == "Speaker 2"
    assert [w.text for w in second.words] == ["Fine", "by", "me,", "Anna."]
    assert (result.engine, result.model) == ("deepgram", "general-nova-3")
    (asked,) = fake.asked
    assert asked.body == b"RIFFrest"
    assert asked.headers["transfer-encoding"] == "chunked"
    assert asked.headers["authorization"] == "Token k-123"


def test_the_options_are_asked_for_by_deepgrams_names(fake: DeepgramFake) -> None:
    ask(fake, redact=("pci", "numbers"), smart_format=False)
    assert fake.asked[0].query == {
        "model": ["nova-3"],
        "version": ["latest"],
        "language": ["ru"],
        "keyterm": ["релиз", "Anna"],
        "diarize_model": ["latest"],
        "multichannel": ["false"],
        "punctuate": ["true"],
        "smart_format": ["false"],
        "utterances": ["true"],
        "redact": ["pci", "numbers"],
        "mip_opt_out": ["true"],
    }


@pytest.mark.parametrize(
    ("options", "there", "absent"),
    [
        ({"multichannel": True}, {"multichannel": ["true"]}, {"diarize_model", "diarize"}),
        ({"diarize": False}, {}, {"diarize_model", "diarize"}),
        ({"language": "detect", "terms": ()}, {"detect_language": ["true"]}, {"language", "keyterm"}),
        ({"language": "multi"}, {"language": ["multi"]}, {"detect_language"}),
        ({"model": "nova-2", "terms_as": "keywords"}, {"keywords": ["релиз", "Anna"]}, {"keyterm"}),
        ({"terms_as": "none"}, {}, {"keyterm", "keywords"}),
        ({"model_improvement": True}, {"mip_opt_out": ["false"]}, set()),
        ({"version": "2025-07-31.0"}, {"version": ["2025-07-31.0"]}, set()),
    ],
)
def test_each_option_changes_what_is_asked(
    fake: DeepgramFake, options: dict[str, Any], there: dict[str, list[str]], absent: set[str]
) -> None:
    ask(fake, **options)
    query = fake.asked[0].query
    assert {name: query.get(name) for name in there} == there
    assert not absent & set(query)


def test_a_url_is_handed_over_with_the_callback_and_without_the_sound(fake: DeepgramFake) -> None:
    fake.callbacks = Callbacks(times=0)
    assert len(hand_over(fake)) == 36
    (asked,) = fake.asked
    assert asked.json() == {"url": "https://store.example/audio?signature=s"}
    assert asked.query["callback"] == ["https://store.example/callbacks/1?signature=c"]
    assert asked.query["callback_method"] == ["PUT"]
    assert asked.query["keyterm"] == ["релиз", "Anna"]


def test_a_callback_that_is_not_accepted_by_an_id_is_an_error() -> None:
    with served(FakeServer()) as server:
        for body in (GOOD, {}, [1], {"request_id": 5}):
            server.script = [Reply(body=body)]
            with pytest.raises(errors.EngineReplyForeign):
                hand_over(server)


def test_every_parameter_is_one_that_deepgram_publishes(fake: DeepgramFake) -> None:
    spec = need_spec(DEEPGRAM)
    known = {p["name"] for p in spec["paths"]["/v1/listen"]["post"]["parameters"] if p["in"] == "query"}
    ask(fake, redact=("pii",))
    assert set(fake.asked[0].query) <= known


def test_the_fake_answers_as_deepgram_publishes() -> None:
    judge(DEEPGRAM, "/components/schemas/listen_v1_media_transcribe_Response_200", GOOD)


def test_the_language_that_was_found_is_the_transcripts() -> None:
    detected = listen_reply((0, 0.1, 1.0, "Добрий день."), detected="uk")
    assert check_deepgram_reply(json.dumps(detected).encode(), language="detect").language == "uk"
    several = listen_reply((0, 0.1, 1.0, "Hello, пане."))
    several["results"]["channels"][0]["alternatives"][0]["languages"] = ["en", "uk"]
    assert check_deepgram_reply(json.dumps(several).encode(), language="multi").language == "en"
    foreign = listen_reply((0, 0.1, 1.0, "Hello."), detected="en-ignore-all-quotes")
    assert check_deepgram_reply(json.dumps(foreign).encode(), language="detect").language == "und"
    untold = listen_reply((0, 0.1, 1.0, "Hello."))
    assert check_deepgram_reply(json.dumps(untold).encode(), language="multi").language == "und"


def test_a_service_that_heard_much_less_than_it_got_is_not_believed() -> None:
    reply = json.dumps(listen_reply((0, 0.1, 4.0, "Only the beginning."))).encode()
    assert check_deepgram_reply(reply, language="en", expected_ms=10_000).utterances
    with pytest.raises(errors.EngineReplyForeign):
        check_deepgram_reply(reply, language="en", expected_ms=60_000)
    with pytest.raises(errors.EngineReplyForeign):
        check_deepgram_reply(json.dumps(listen_reply()).encode(), language="en", expected_ms=60_000)


@pytest.mark.parametrize(
    ("reply", "leaf"),
    [
        (Reply(401, {"err_code": "INVALID_AUTH"}), errors.EngineCredentialsRefused),
        (Reply(403, {"err_code": "INSUFFICIENT_PERMISSIONS"}), errors.EngineCredentialsRefused),
        (Reply(402, {"err_code": "ASR_PAYMENT_REQUIRED"}), errors.EngineQuotaExhausted),
        (Reply(400, {"err_code": "Bad Request"}), errors.EngineRefusedRecording),
        (Reply(413, {"err_code": "PAYLOAD_TOO_LARGE"}), errors.EngineRefusedRecording),
        (Reply(429, {"err_code": "TOO_MANY_REQUESTS"}), errors.EngineRateLimited),
        (Reply(500, {"err_code": "X"}), errors.EngineUnavailable),
        (Reply(502, raw=b"<html>"), errors.EngineUnavailable),
        (Reply(503, {}), errors.EngineUnavailable),
        (Reply(504, {}), errors.EngineTimedOut),
        (Reply(200, raw=b""), errors.EngineReplyForeign),
        (Reply(200, raw=b"<html>hello</html>"), errors.EngineReplyForeign),
        (Reply(200, {"hello": "world"}), errors.EngineReplyForeign),
        (Reply(200, {"request_id": "accepted, as for a callback"}), errors.EngineReplyForeign),
        (Reply(200, [1, 2]), errors.EngineReplyForeign),
        (Reply(200, listen_reply()), errors.NoSpeechRecognised),
        (Reply(hang_up=True), errors.EngineUnavailable),
        (Reply(body=GOOD, cut_at=50), errors.EngineUnavailable),
        (Reply(408, {"err_code": "SLOW_UPLOAD"}), errors.EngineTimedOut),
        (Reply(200, {"err_code": "ASR_PAYMENT_REQUIRED"}), errors.EngineQuotaExhausted),
    ],
)
def test_every_failure_is_a_leaf_of_ours_and_is_asked_once(reply: Reply, leaf: type[AppError]) -> None:
    with served(FakeServer()) as server:
        server.script = [reply]
        with pytest.raises(leaf) as caught:
            ask(server)
    assert type(caught.value) is leaf
    assert "k-123" not in str(caught.value)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("reply", "leaf"),
    [
        (Reply(400, error_body("Bad Request")), errors.EngineRefusedRecording),
        (Reply(401, error_body("INVALID_AUTH")), errors.EngineCredentialsRefused),
        (Reply(402, error_body("ASR_PAYMENT_REQUIRED")), errors.EngineQuotaExhausted),
        (Reply(408, error_body("SLOW_UPLOAD")), errors.EngineTimedOut),
        (Reply(413, error_body("PAYLOAD_TOO_LARGE")), errors.EngineRefusedRecording),
        (Reply(429, error_body("TOO_MANY_REQUESTS")), errors.EngineRateLimited),
        (Reply(500, error_body("X")), errors.EngineUnavailable),
        (Reply(503, raw=b"<html>"), errors.EngineUnavailable),
        (Reply(hang_up=True), errors.EngineUnavailable),
    ],
)
def test_handing_over_fails_by_the_same_names(reply: Reply, leaf: type[AppError]) -> None:
    with served(FakeServer()) as server:
        server.script = [reply]
        with pytest.raises(leaf):
            hand_over(server)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("header", "seconds"), [("120", 120.0), ("1795262400", SLOW_MOST_S), ("9" * 400, None), ("soon", None)]
)
def test_the_wait_that_the_service_asks_for_is_passed_on_and_not_slept(
    fake: DeepgramFake, header: str, seconds: float | None
) -> None:
    fake.script = [Reply(429, {}, {"Retry-After": header})]
    with pytest.raises(errors.EngineRateLimited) as caught:
        ask(fake)
    assert caught.value.retry_after_s == seconds


@pytest.mark.parametrize("reply", [Reply(silent=True), Reply(body=GOOD, pause_s=5)])
def test_a_silent_or_slow_service_times_out(fake: DeepgramFake, reply: Reply) -> None:
    fake.script = [reply]
    with pytest.raises(errors.EngineTimedOut):
        ask(fake, timeout_s=1)


def test_refused_connection_is_a_passing_fault() -> None:
    with served(FakeServer()) as gone:
        url = gone.url
    with pytest.raises(errors.EngineUnavailable):
        transcribe(Recording(b"x"), settings=settings(url), options=OPTIONS)


def test_an_exhaustible_iterator_is_refused_before_anything_is_sent(fake: DeepgramFake) -> None:
    with pytest.raises(TypeError):
        transcribe(iter([b"x"]), settings=settings(fake.url), options=OPTIONS)
    assert not fake.asked


def test_a_fault_after_the_body_was_read_sends_nothing_a_second_time() -> None:
    """The SDK's own retries would send an empty body and report success."""
    recording = Recording(b"RIFF", b"rest")
    with served(FakeServer()) as server:
        server.script = [Reply(503, {}), Reply(body=GOOD)]
        with pytest.raises(errors.EngineUnavailable):
            transcribe(recording, settings=settings(server.url), options=OPTIONS)
    assert (len(server.asked), recording.reads) == (1, 1)


def test_the_key_is_not_in_the_settings_representation() -> None:
    assert "secret" not in repr(DeepgramSettings(api_key="secret"))
