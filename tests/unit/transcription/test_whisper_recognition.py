"""Whisper as installed: right on speech, silent on noise, and itself whatever came before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aam.transcription.offline_draft import NoWordsRecognised
from aam.transcription.whisper.decoding import decoder_of
from aam.transcription.whisper.engine import load_runtime
from aam.transcription.whisper.languages import KNOWN
from tests.support.recordings import RATE, SHARED, Sound, decode, noise
from tests.support.sample import SAMPLE, lines
from tests.support.whisper import recognised, whisper_folder
from tests.support.word_errors import word_error_rate, words_of


@pytest.fixture(scope="module")
def folder() -> Path:
    return whisper_folder()


def shared(name: str) -> Sound:
    path = SHARED / "audio" / name
    if not path.exists():
        pytest.skip("no ../shared/data/audio beside the project")
    return decode(path.read_bytes())[:, :1].copy()


def sounds() -> dict[str, Sound]:
    at = np.arange(20 * RATE) / RATE
    ring = (np.sin(2 * np.pi * 440 * at) + np.sin(2 * np.pi * 480 * at)) * (at % 6 < 2)
    chord = sum(np.sin(2 * np.pi * hertz * at) for hertz in (261.6, 329.6, 392.0))
    beat = at * 4 % 1
    notes = 220 * 2 ** (np.floor(at * 4) * 5 % 12 / 12)
    melody = np.sin(2 * np.pi * np.cumsum(notes) / RATE) * np.exp(-2 * beat)
    dialling = (np.sin(2 * np.pi * 697 * at) + np.sin(2 * np.pi * 1209 * at)) * (at % 0.5 < 0.2)
    hum = sum(np.sin(2 * np.pi * 50 * overtone * at) / overtone for overtone in range(1, 8))
    return {
        "silence": np.zeros(20 * RATE, dtype=np.int16),
        "white noise": noise(20, seed=1),
        "quiet noise": noise(20, seed=2, dbfs=-45),
        "ring tone": (ring * 6_000).astype(np.int16),
        "chord": (chord * 4_000).astype(np.int16),
        "melody": (melody * 8_000).astype(np.int16),
        "dialling": (dialling * 4_000).astype(np.int16),
        "mains hum": (hum * 4_000).astype(np.int16),
    }


@pytest.mark.parametrize("language", ["en", "detect"])
@pytest.mark.parametrize("name", list(sounds()))
def test_what_is_no_speech_has_no_words(folder: Path, name: str, language: str) -> None:
    with pytest.raises(NoWordsRecognised):
        recognised(sounds()[name][:, None], language=language, folder=folder)


def test_stand_up_is_recognised_with_case_marks_names_and_times(folder: Path) -> None:
    transcript = recognised(decode((SAMPLE / "standup.ogg").read_bytes()), language="en", folder=folder)
    spoken = lines()
    for channel, name in enumerate(("Helen", "Robert")):
        told = words_of(" ".join(line.text for line in spoken if line.speaker == name))
        heard = words_of(" ".join(u.text for u in transcript.utterances if u.channel == channel))
        assert word_error_rate(told, heard) <= 0.05
    text = " ".join(utterance.text for utterance in transcript.utterances)
    assert "Good morning, Robert." in text
    assert "Helen will send the budget to the client by Wednesday" in text
    assert transcript.label == "draft, Whisper base, en"
    first = {line.text.split()[0] for line in spoken}
    for line in spoken:
        begins = [
            u.start_ms
            for u in transcript.utterances
            if u.text.split()[0].strip(".,") == line.text.split()[0].strip(".,")
        ]
        assert any(start is not None and abs(start - line.start_ms) < 1_000 for start in begins), (line.text, first)
    for utterance in transcript.utterances:
        assert all(a.end_ms <= b.start_ms for a, b in zip(utterance.words, utterance.words[1:], strict=False))
        assert all(word.confidence is not None for word in utterance.words)


def test_words_do_not_depend_on_what_was_heard_before(folder: Path) -> None:
    sound = decode((SAMPLE / "standup.ogg").read_bytes())[: 12 * RATE]
    first = recognised(sound, language="en", folder=folder)
    recognised(sound[5 * RATE : 9 * RATE, 1:], language="en", folder=folder)
    assert recognised(sound, language="en", folder=folder) == first


def test_russian_is_found_among_the_allowed_languages_and_recognised(folder: Path) -> None:
    sound = shared("speech/ru.wav")
    for language, label in (("ru", "draft, Whisper base, ru"), ("detect", "draft, Whisper base, ru (detected)")):
        transcript = recognised(sound, language=language, folder=folder)
        assert transcript.label == label
        assert transcript.language == "ru"
        assert "на его месте" in " ".join(utterance.text for utterance in transcript.utterances)


def test_two_languages_in_one_recording_are_both_kept(folder: Path) -> None:
    gap = np.zeros((RATE, 1), dtype=np.int16)
    sound = np.concatenate([shared("jfk.flac"), gap, shared("speech/ru.wav"), gap, shared("speech/lv0870.wav")])
    transcript = recognised(sound, language="multi", folder=folder)
    assert transcript.label == "draft, Whisper base, en + ru"
    text = " ".join(utterance.text for utterance in transcript.utterances)
    assert all(part in text for part in ("your country", "месте", "John Dashwood"))


def test_sentence_that_is_said_again_and_again_is_no_loop(folder: Path) -> None:
    sound = np.concatenate([shared("jfk.flac")] * 3)
    text = " ".join(utterance.text for utterance in recognised(sound, language="en", folder=folder).utterances)
    assert [text.count(part) for part in ("my fellow Americans", "your country can do", "for your country")] == [3] * 3


def test_piece_without_words_is_less_sure_than_any_with_words(folder: Path) -> None:
    load_runtime(folder)
    silent = decoder_of(folder).decode(np.zeros(2 * RATE, dtype=np.float32), language="en")
    assert (silent.words, silent.sureness) == ((), -np.inf)


def test_known_languages_are_those_of_the_model(folder: Path) -> None:
    load_runtime(folder)
    decoder = decoder_of(folder)
    assert set(decoder.languages(decoder.encode(np.zeros(RATE, dtype=np.float32)))) == KNOWN
