"""What holds at the fake and at the real service alike: six seconds of sound, twice, a tenth of a cent.

With ``AAM_LIVE=1`` (`make test-live`) the real one is asked, with ``DEEPGRAM_API_KEY`` or the key that
`aam keys set deepgram` has stored, at ``DEEPGRAM_BASE_URL``; otherwise the fake is.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from aam.costs.prices import Speech, price_of_speech
from aam.transcription import errors
from aam.transcription.deepgram import DEFAULT_BASE_URL, DeepgramSettings, ListenOptions, submit, transcribe
from aam.transcription.deepgram_reply import check_deepgram_reply
from aam_fakes.deepgram import REFUSED_KEY, Callbacks, DeepgramFake
from aam_fakes.judging import DEEPGRAM, objections
from aam_fakes.scripted_server import served
from tests.support.recordings import cut
from tests.support.stack import CHECKOUT

pytestmark = [
    pytest.mark.filterwarnings(r"ignore:websockets\.exceptions\.InvalidStatusCode:DeprecationWarning"),
    pytest.mark.filterwarnings(r"ignore:websockets\.legacy is deprecated:DeprecationWarning"),
]
SECONDS = 6
OPTIONS = ListenOptions(model="nova-3", language="en", terms=("stand-up",))


@pytest.fixture(scope="module")
def settings() -> Iterator[DeepgramSettings]:
    if os.environ.get("AAM_LIVE") != "1":
        with served(DeepgramFake()) as fake:
            fake.callbacks = Callbacks(times=0)
            yield DeepgramSettings(api_key="a-key", base_url=fake.url, timeout_s=10)
        assert fake.objections == []
        return
    key = os.environ.get("DEEPGRAM_API_KEY", "")
    if not key:
        pytest.skip("set DEEPGRAM_API_KEY, or store your key by 'aam keys set deepgram'")
    yield DeepgramSettings(api_key=key, base_url=os.environ.get("DEEPGRAM_BASE_URL", DEFAULT_BASE_URL), timeout_s=60)


@pytest.fixture(scope="module")
def sound(settings: DeepgramSettings) -> list[bytes]:
    """The beginning of the sample."""
    return [cut((CHECKOUT / "infra" / "sample" / "standup.ogg").read_bytes(), seconds=SECONDS)]


@pytest.fixture(scope="module")
def heard(request: pytest.FixtureRequest) -> Iterator[list[float]]:
    """Seconds that were heard; what they cost is said in the end."""
    seconds: list[float] = []
    yield seconds
    if os.environ.get("AAM_LIVE") != "1":
        return
    speech = Speech(model="nova-3", duration_ms=round(sum(seconds) * 1000), options=frozenset({"keyterm"}))
    cost = price_of_speech(speech, on=datetime.now(UTC).date()).usd or Decimal(0)
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        sys.stdout.write(f"\nDeepgram, {sum(seconds):.1f} s heard: {cost} USD at list price\n")


def test_a_recording_comes_back_as_published_and_as_we_demand(
    settings: DeepgramSettings, sound: list[bytes], heard: list[float]
) -> None:
    reply = transcribe(sound, settings=settings, options=OPTIONS)
    said = json.loads(reply)
    heard.append(said["metadata"]["duration"])
    transcript = check_deepgram_reply(reply, language="en", expected_ms=SECONDS * 1000)
    assert transcript.utterances
    assert transcript.has_timing
    assert "nova-3" in transcript.model
    assert objections(DEEPGRAM, "/components/schemas/ListenV1Response", said) == []


def test_the_language_is_found_out(settings: DeepgramSettings, sound: list[bytes], heard: list[float]) -> None:
    asked = OPTIONS.model_copy(update={"language": "detect", "terms": ()})
    reply = transcribe(sound, settings=settings, options=asked)
    heard.append(json.loads(reply)["metadata"]["duration"])
    assert check_deepgram_reply(reply, language="detect").language.startswith("en")


def test_a_wrong_key_is_told_apart(settings: DeepgramSettings, sound: list[bytes]) -> None:
    with pytest.raises(errors.EngineCredentialsRefused):
        transcribe(sound, settings=replace(settings, api_key=REFUSED_KEY), options=OPTIONS)


def test_what_is_no_sound_is_refused(settings: DeepgramSettings) -> None:
    with pytest.raises((errors.EngineRefusedRecording, errors.NoSpeechRecognised)):
        check_deepgram_reply(transcribe([b"no sound at all"], settings=settings, options=OPTIONS), language="en")


def test_a_url_that_leads_nowhere_is_accepted_or_refused_by_name(settings: DeepgramSettings) -> None:
    nowhere = "https://audio.invalid/nothing.ogg"
    try:
        request_id = submit(
            nowhere, settings=settings, options=OPTIONS, callback="https://reply.invalid/1", callback_method="PUT"
        )
    except errors.EngineRefusedRecording:
        return
    assert len(request_id) == 36
