"""A recording goes to an OpenAI-compatible server piece by piece, and no piece is paid for twice."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from aam.foundation.settings import BadConfiguration, load
from aam.pipeline.schemas import Stored
from aam.transcription import openai_audio, openai_audio_worker, windows
from aam.transcription.errors import EngineReplyForeign, EngineUnavailable
from aam.transcription.offline_engines import plan
from aam.transcription.openai_audio_reply import HeardPiece
from aam.transcription.openai_audio_worker import server_settings, transcribe_pieces
from aam.transcription.prepared_audio import PIECES_HEARD, PreparedAudio
from aam.transcription.usage_records import UsageRecord, read_usage_records
from aam.vendor_limits.errors import VendorBusy
from aam_fakes.openai_audio import SAID, OpenAIAudioFake
from aam_fakes.openai_replies import failure
from aam_fakes.scripted_server import Reply, served
from tests.support.recordings import tone, wav
from tests.support.vendor_jobs import World, audio_output, prepared_audio, world

WINDOW_MS = 20_000
DURATION_MS = 44_000


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIAudioFake]:
    openai_audio._plain_servers.clear()
    with served(OpenAIAudioFake()) as running:
        monkeypatch.setenv("OPENAI_AUDIO_BASE_URL", f"{running.url}/v1")
        monkeypatch.setenv("OPENAI_AUDIO_MODEL", "m")
        keys = json.dumps({"deepgram": "", "openai": "for OpenAI only", "openai_audio": ""})
        monkeypatch.setattr("aam.foundation.vendor_keys.read_secret", lambda _: keys)
        monkeypatch.setenv("VENDOR_KEYS_SECRET_ARN", "arn")
        load.cache_clear()
        yield running
    load.cache_clear()
    assert running.objections == []


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A run of three windows, of which the one in the middle is silent."""
    monkeypatch.setattr(windows, "WINDOW_MS", WINDOW_MS)
    sound = tone(DURATION_MS / 1000, dbfs=-20)
    sound[(WINDOW_MS - 1_000) * 16 : (2 * WINDOW_MS + 1_000) * 16] = 0
    with world(duration_ms=DURATION_MS) as made:
        output = audio_output(made.run, duration_ms=DURATION_MS).model_copy(
            update={"key": made.run.derived("audio.wav")}
        )
        audio = prepared_audio(output).audio
        planned = plan(audio, engine="openai_audio", language="en")
        prepared = PreparedAudio(engine="openai_audio", audio=audio, windows=planned)
        made.store.write(output.key, wav(sound), content_type="audio/wav")
        made.store.write(
            made.run.derived("prepared.json"), prepared.model_dump_json().encode(), content_type="application/json"
        )
        yield made


def pieces(there: World) -> list[HeardPiece]:
    keys = sorted(there.store.keys(there.run.derived("windows/")))
    return [HeardPiece.model_validate_json(there.store.read(key)) for key in keys]


def test_each_piece_with_sound_is_sent_once_and_kept(fake: OpenAIAudioFake, there: World) -> None:
    assert transcribe_pieces(there.job()) == Stored(name=PIECES_HEARD)
    heard = pieces(there)
    assert [" ".join(word.text for said in piece.said for word in said.words) for piece in heard] == [SAID, "", SAID]
    assert heard[2].said[0].words[0].start_ms >= 2 * WINDOW_MS - 2_000
    assert len(fake.forms) == 2
    assert all(form["language"] == "en" for form in fake.forms)
    heard_s = [usage.heard_s or 0 for usage in read_usage_records(there.store, there.run)]
    assert len(heard_s) == 2
    assert 24 <= sum(heard_s) <= 28, "silence is not paid for"
    assert fake.asked[0].headers["authorization"] == "Bearer none"


def test_what_was_heard_before_a_worker_died_is_not_paid_again(fake: OpenAIAudioFake, there: World) -> None:
    fake.coming.extend([Reply(body={"text": SAID}), failure(500, "server_error")])
    with pytest.raises(EngineUnavailable):
        transcribe_pieces(there.job())
    assert len(fake.forms) == 2
    transcribe_pieces(there.job())
    assert len(fake.forms) == 3
    assert len(pieces(there)) == 3


def test_a_long_recording_goes_on_in_another_turn(
    fake: OpenAIAudioFake, there: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai_audio_worker, "TURN_S", -1.0)
    with pytest.raises(VendorBusy):
        transcribe_pieces(there.job())
    assert fake.forms == []


def test_refused_replies_are_noted_as_asked_for(fake: OpenAIAudioFake, there: World) -> None:
    fake.coming.append(Reply(body=["no transcript"]))
    with pytest.raises(EngineReplyForeign):
        transcribe_pieces(there.job())
    (usage,) = read_usage_records(there.store, there.run)
    assert usage == UsageRecord(model="m", heard_s=usage.heard_s, certain=True)


def test_keys_go_where_they_belong(fake: OpenAIAudioFake, monkeypatch: pytest.MonkeyPatch) -> None:
    assert server_settings().api_key == "none"
    monkeypatch.setenv("OPENAI_AUDIO_BASE_URL", "https://api.openai.com/v1")
    load.cache_clear()
    assert server_settings().api_key == "for OpenAI only"
    monkeypatch.setattr("aam.foundation.vendor_keys.read_secret", lambda _: json.dumps({"openai_audio": "own"}))
    assert server_settings().api_key == "own"
    assert "own" not in repr(server_settings())
    monkeypatch.setenv("OPENAI_AUDIO_MODEL", "")
    load.cache_clear()
    with pytest.raises(BadConfiguration, match="OPENAI_AUDIO_MODEL"):
        server_settings()
