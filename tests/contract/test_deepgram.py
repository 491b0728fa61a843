from __future__ import annotations

from collections.abc import Iterator

import pytest

from aam.foundation.errors import AppError
from aam.transcription import errors
from aam.transcription.deepgram import DeepgramResult, DeepgramSettings, transcribe
from aam_fakes.deepgram import listen_reply
from aam_fakes.scripted_server import Reply, ScriptedServer, scripted_server
from tests.support.specs import judge, need_spec

# The SDK itself imports names that its websockets dependency calls deprecated.
pytestmark = [
    pytest.mark.filterwarnings(r"ignore:websockets\.exceptions\.InvalidStatusCode:DeprecationWarning"),
    pytest.mark.filterwarnings(r"ignore:websockets\.legacy is deprecated:DeprecationWarning"),
]

SPEC = "deepgram.openapi.yml"
GOOD = listen_reply((0, 0.1, 2.1, "We move the release to Friday."), (1, 2.5, 4.0, "Fine by me, Anna."))


class Recording:
    """Pieces of a recording that can be read again from the start."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces
        self.reads = 0

    def __iter__(self) -> Iterator[bytes]:
        self.reads += 1
        return iter(self.pieces)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as running:
        running.script = [Reply(body=GOOD)]
        yield running


def ask(server: ScriptedServer, *, timeout_s: float = 5, multichannel: bool = False) -> DeepgramResult:
    return transcribe(
        Recording(b"RIFF", b"rest"),
        settings=DeepgramSettings(api_key="k-123", base_url=server.url, timeout_s=timeout_s),
        language="ru",
        keyterms=("релиз", "Anna"),
        multichannel=multichannel,
    )


def test_a_recording_is_streamed_and_comes_back_as_the_canonical_transcript(server: ScriptedServer) -> None:
    result = ask(server)
    first, second = result.transcript.utterances
    assert (first.id, first.speaker, first.start_ms, first.end_ms) == (1, "Speaker 1", 100, 2100)
    assert second.speaker == "Speaker 2"
    assert [w.text for w in second.words] == ["Fine", "by", "me,", "Anna."]
    assert (result.transcript.engine, result.transcript.model) == ("deepgram", "general-nova-3")
    (asked,) = server.asked
    assert asked.body == b"RIFFrest"
    assert asked.headers["transfer-encoding"] == "chunked"
    assert asked.headers["authorization"] == "Token k-123"
    assert asked.query["keyterm"] == ["релиз", "Anna"]
    assert asked.query["version"] == ["latest"]
    assert "diarize" not in asked.query
    assert asked.query["diarize_model"] == ["latest"]


def test_channels_of_one_speaker_each_are_not_diarized(server: ScriptedServer) -> None:
    ask(server, multichannel=True)
    assert server.asked[0].query["multichannel"] == ["true"]
    assert "diarize_model" not in server.asked[0].query


def test_every_parameter_is_one_that_deepgram_publishes(server: ScriptedServer) -> None:
    spec = need_spec(SPEC)
    known = {p["name"]: p["schema"] for p in spec["paths"]["/v1/listen"]["post"]["parameters"] if p["in"] == "query"}
    ask(server)
    assert set(server.asked[0].query) <= set(known)


def test_the_fake_answers_as_deepgram_publishes() -> None:
    judge(SPEC, "/components/schemas/listen_v1_media_transcribe_Response_200", GOOD)


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
    ],
)
def test_every_failure_is_a_leaf_of_ours_and_is_asked_once(
    server: ScriptedServer, reply: Reply, leaf: type[AppError]
) -> None:
    server.script = [reply]
    with pytest.raises(leaf) as caught:
        ask(server)
    assert type(caught.value) is leaf
    assert "k-123" not in str(caught.value)
    assert len(server.asked) == 1


def test_the_wait_that_the_service_asks_for_is_passed_on_and_not_slept(server: ScriptedServer) -> None:
    server.script = [Reply(429, {}, {"Retry-After": "120"})]
    with pytest.raises(errors.EngineRateLimited) as caught:
        ask(server)
    assert caught.value.retry_after_s == 120


def test_a_silent_service_times_out(server: ScriptedServer) -> None:
    server.script = [Reply(silent=True)]
    with pytest.raises(errors.EngineTimedOut):
        ask(server, timeout_s=1)


def test_nobody_listening_is_a_passing_fault() -> None:
    with scripted_server() as gone:
        url = gone.url
    with pytest.raises(errors.EngineUnavailable):
        transcribe(Recording(b"x"), settings=DeepgramSettings(api_key="k", base_url=url), language="en")


def test_an_exhaustible_iterator_is_refused_before_anything_is_sent(server: ScriptedServer) -> None:
    with pytest.raises(TypeError):
        transcribe(iter([b"x"]), settings=DeepgramSettings(api_key="k", base_url=server.url), language="en")
    assert not server.asked


def test_the_key_is_not_in_the_settings_representation() -> None:
    assert "secret" not in repr(DeepgramSettings(api_key="secret"))
