"""The adapter of OpenAI-compatible speech servers against a fake that is judged by the published description."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from aam.foundation.errors import AppError
from aam.transcription import errors, openai_audio
from aam.transcription.openai_audio import OpenAIAudioSettings, transcribe_piece
from aam.transcription.openai_audio_draft import from_pieces
from aam.transcription.openai_audio_reply import EngineTimesNotSeconds, HeardPiece, read_reply
from aam.transcription.windows import Window
from aam_fakes.openai_audio import SAID, OpenAIAudioFake, Quirk
from aam_fakes.openai_replies import failure
from aam_fakes.scripted_server import Reply, served
from tests.support.recordings import tone, wav

PIECE_S = 10
SOUND = wav(tone(PIECE_S))
WINDOW = Window(index=0, channel=None, start_ms=0, end_ms=10_000, read_start_ms=0, read_end_ms=10_000)


@pytest.fixture
def fake() -> Iterator[OpenAIAudioFake]:
    openai_audio._plain_servers.clear()
    with served(OpenAIAudioFake()) as running:
        yield running
    assert running.objections == []


def heard(fake: OpenAIAudioFake, *, model: str = "whisper-large", language: str | None = None) -> HeardPiece:
    settings = OpenAIAudioSettings(api_key="k", model=model, base_url=f"{fake.url}/v1", timeout_s=5)
    reply = transcribe_piece(SOUND, settings=settings, language=language)
    found = read_reply(reply, window=WINDOW, start_ms=0, end_ms=PIECE_S * 1000)
    return found.model_copy(update={"model": model, "own_server": True})


def text_of(piece: HeardPiece) -> str:
    return " ".join(word.text for said in piece.said for word in said.words)


def test_words_with_times_and_marks_are_asked_for_and_read(fake: OpenAIAudioFake) -> None:
    piece = heard(fake, language="en")
    assert fake.forms[0]["timestamp_granularities"] == ["word", "segment"]
    assert fake.forms[0]["response_format"] == "verbose_json"
    assert fake.forms[0]["language"] == "en"
    assert (piece.timed, piece.language, text_of(piece)) == ("word", "en", SAID)
    words = piece.said[0].words
    assert all(before.end_ms <= after.start_ms for before, after in itertools.pairwise(words))
    transcript = from_pieces([piece], language="en")
    assert [utterance.text for utterance in transcript.utterances] == [
        "We move the release to Friday.",
        "Anna sends the notes.",
    ]
    assert (transcript.label, transcript.engine) == ("draft, whisper-large", "openai_audio")


@pytest.mark.parametrize(
    ("quirks", "timed", "language"),
    [
        ({Quirk.NO_WORDS}, "segment", "en"),
        ({Quirk.NULL_WORDS}, "segment", "en"),
        ({Quirk.WORDS_IN_SEGMENTS}, "word", "en"),
        ({Quirk.EMPTY_SEGMENTS}, "word", "en"),
        ({Quirk.NO_WORDS, Quirk.EMPTY_SEGMENTS}, "piece", "en"),
        ({Quirk.TEXT_ONLY}, "piece", None),
        ({Quirk.NO_LANGUAGE}, "word", None),
        ({Quirk.LANGUAGE_CODE}, "word", "en"),
        ({Quirk.REFUSES_VERBOSE}, "piece", None),
    ],
)
def test_whatever_a_server_leaves_out_no_word_is_lost(
    fake: OpenAIAudioFake, quirks: set[Quirk], timed: str, language: str | None
) -> None:
    fake.quirks = quirks
    piece = heard(fake)
    assert (piece.timed, piece.language) == (timed, language)
    assert text_of(piece).replace(".", "") == SAID.replace(".", "")
    notes = from_pieces([piece], language="en").notes
    assert any("no times" in note for note in notes) is (timed != "word")


def test_refused_form_is_asked_for_once_and_remembered(fake: OpenAIAudioFake) -> None:
    fake.quirks = {Quirk.REFUSES_VERBOSE}
    heard(fake)
    heard(fake)
    assert [form["response_format"] for form in fake.forms] == ["verbose_json", "json", "json"]


def test_model_that_tells_speakers_apart_is_asked_in_its_own_form(fake: OpenAIAudioFake) -> None:
    piece = heard(fake, model="gpt-4o-transcribe-diarize")
    assert fake.forms[0]["chunking_strategy"] == "auto"
    assert [said.speaker for said in piece.said] == ["A", "B"]
    one = from_pieces([piece], language="en")
    assert [utterance.speaker for utterance in one.utterances] == ["Speaker A", "Speaker B"]
    second = piece.model_copy(update={"window": WINDOW.model_copy(update={"index": 1})})
    two = from_pieces([piece, second], language="en")
    assert {utterance.speaker for utterance in two.utterances} == {f"Speaker {n}-{who}" for n in (1, 2) for who in "AB"}
    assert any("five minutes" in note for note in two.notes)


@pytest.mark.parametrize(
    ("quirk", "error"),
    [
        (Quirk.NANOSECONDS, EngineTimesNotSeconds),
        (Quirk.BEYOND, errors.EngineReplyForeign),
        (Quirk.BACKWARDS, errors.EngineReplyForeign),
        (Quirk.NOT_FINITE, errors.EngineReplyForeign),
        (Quirk.HUGE, errors.EngineReplyForeign),
    ],
)
def test_impossible_reply_is_refused_by_name(fake: OpenAIAudioFake, quirk: Quirk, error: type[AppError]) -> None:
    fake.quirks = {quirk}
    with pytest.raises(error):
        heard(fake)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (failure(401, "invalid_api_key"), errors.EngineCredentialsRefused),
        (failure(403, "forbidden"), errors.EngineCredentialsRefused),
        (failure(429, "insufficient_quota"), errors.EngineQuotaExhausted),
        (failure(429, "rate_limit_exceeded"), errors.EngineRateLimited),
        (failure(413, "file_too_large"), errors.EngineRefusedRecording),
        (failure(400, "invalid_file_format"), errors.EngineRefusedRecording),
        (failure(500, "server_error"), errors.EngineUnavailable),
        (failure(504, "timeout"), errors.EngineTimedOut),
        (Reply(hang_up=True), errors.EngineUnavailable),
        (Reply(raw=b'{"text": "We mo'), errors.EngineReplyForeign),
        (Reply(raw=b"<html>proxy</html>"), errors.EngineReplyForeign),
        (Reply(body={"error": "in a success"}), errors.EngineReplyForeign),
        (Reply(body={"text": SAID}, cut_at=5), errors.EngineUnavailable),
    ],
)
def test_each_failure_has_its_leaf(fake: OpenAIAudioFake, reply: Reply, error: type[AppError]) -> None:
    fake.coming.append(reply)
    with pytest.raises(error):
        heard(fake)
    assert len(fake.forms) == 1, "one owner retries, and it is not the adapter"


def test_speech_that_is_none_is_a_named_error(fake: OpenAIAudioFake) -> None:
    fake.coming.append(Reply(body={"text": "", "segments": [], "words": []}))
    with pytest.raises(errors.NoSpeechRecognised):
        from_pieces([heard(fake)], language="en")


def test_null_text_beside_good_segments_loses_nothing(fake: OpenAIAudioFake) -> None:
    segments = [{"text": "We move the release.", "start": 0.5, "end": 2.0}, {"text": None, "start": 2.0, "end": 3.0}]
    fake.coming.append(Reply(body={"text": None, "words": None, "segments": segments}))
    assert text_of(heard(fake)) == "We move the release."


def test_small_step_back_is_clipped(fake: OpenAIAudioFake) -> None:
    words = [{"word": "We", "start": 1.0, "end": 1.4}, {"word": "move", "start": 0.6, "end": 0.9}]
    fake.coming.append(Reply(body={"text": "We move", "words": words}))
    (said,) = heard(fake).said
    assert [(word.start_ms, word.end_ms) for word in said.words] == [(1_000, 1_400), (1_000, 1_000)]
