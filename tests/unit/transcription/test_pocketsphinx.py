"""The offline engine: windows, cuts, words, and the transcript that comes of them."""

from __future__ import annotations

import itertools
import json
import random
from array import array
from pathlib import Path

import pytest

from aam.foundation.errors import Unprocessable
from aam.transcription import pocketsphinx as engine
from aam.transcription.pocketsphinx import (
    MARGIN_MS,
    SAMPLE_RATE,
    NoWordsRecognised,
    RecognisedWindow,
    TooLongForOfflineDraft,
    Window,
    assemble,
    plan_windows,
    recognise_window,
)
from aam.transcription.schemas import Word
from tests.support.recordings import decode

BYTES_PER_MS = SAMPLE_RATE * 2 // 1000
SAMPLE = Path(__file__).parents[3] / "infra" / "sample"
MINUTE = 60_000


def _word(text: str, start_ms: int, *, lasts_ms: int = 200, confidence: float | None = 0.5) -> Word:
    return Word(text=text, start_ms=start_ms, end_ms=start_ms + lasts_ms, confidence=confidence)


def _heard(*words: Word, channel: int | None = None, start_ms: int = 0) -> RecognisedWindow:
    (window,) = plan_windows(duration_ms=5 * MINUTE, channels=1)
    return RecognisedWindow(
        window=window.model_copy(update={"channel": channel, "start_ms": start_ms}),
        words=tuple(words),
        engine_version="5",
    )


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("duration_ms", [1, 999, 5 * MINUTE, 5 * MINUTE + 1, 12 * MINUTE, 120 * MINUTE])
def test_windows_cover_each_channel_once(duration_ms: int, channels: int) -> None:
    windows = plan_windows(duration_ms=duration_ms, channels=channels)
    assert [window.index for window in windows] == list(range(len(windows)))
    for channel in range(channels) if channels > 1 else [None]:
        own = [window for window in windows if window.channel == channel]
        assert own[0].start_ms == own[0].read_start_ms == 0
        assert own[-1].end_ms == own[-1].read_end_ms == duration_ms
        for before, after in itertools.pairwise(own):
            assert before.end_ms == after.start_ms
            assert before.read_end_ms - after.read_start_ms == 2 * MARGIN_MS


def test_above_two_hours_the_alternatives_are_named() -> None:
    assert len(plan_windows(duration_ms=120 * MINUTE, channels=1)) == 24
    with pytest.raises(TooLongForOfflineDraft, match=r"Deepgram.*\.vtt"):
        plan_windows(duration_ms=120 * MINUTE + 1, channels=1)
    assert issubclass(TooLongForOfflineDraft, Unprocessable)


def _bursts(duration_ms: int) -> bytes:
    """Loud noise with a pause of 300 ms about every 900, the places of which are irregular but fixed."""
    chance = random.Random(5)
    samples = array("h")
    while len(samples) < duration_ms * 16:
        samples.extend(chance.choices((-9_000, 9_000), k=chance.randint(9_000, 16_000)))
        samples.extend(chance.choices((-3, 3), k=4_800))
    return samples[: duration_ms * 16].tobytes()


def test_neighbours_agree_on_the_cut_and_lose_or_double_no_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pieces of all windows, laid end to end, are the recording; and every cut is in a pause."""
    duration_ms = 95_000
    monkeypatch.setattr(engine, "WINDOW_MS", 40_000)
    pcm = _bursts(duration_ms)
    decoded: list[tuple[int, bytes]] = []

    def remember(piece: bytes, *, offset_ms: int) -> list[Word]:
        decoded.append((offset_ms, piece))
        return []

    monkeypatch.setattr(engine, "_recognise", remember)
    for window in plan_windows(duration_ms=duration_ms, channels=1):
        part = pcm[window.read_start_ms * BYTES_PER_MS : window.read_end_ms * BYTES_PER_MS]
        recognise_window(part, window=window)
    assert b"".join(piece for _, piece in decoded) == pcm
    assert max(len(piece) for _, piece in decoded) <= 20_000 * BYTES_PER_MS
    assert len(decoded) > 5
    for offset_ms, piece in decoded[1:]:
        assert pcm[offset_ms * BYTES_PER_MS :].startswith(piece[:3_200])
        assert max(map(abs, array("h", piece[:1_600]))) <= 3, "a cut within sound"


def test_silence_has_no_words() -> None:
    """Left to itself the engine hears "dog" in it, quite sure of itself."""
    (window,) = plan_windows(duration_ms=1_000, channels=1)
    assert recognise_window(bytes(32_000), window=window).words == ()
    assert recognise_window(array("h", [30, -30] * 8_000).tobytes(), window=window).words == ()
    assert recognise_window(b"", window=window).words == ()


def test_pauses_part_utterances_and_words_stay_as_recognised() -> None:
    transcript = assemble([_heard(_word("we", 0), _word("decided", 300), _word("yes", 1_300))])
    assert [(u.text, u.start_ms, u.end_ms) for u in transcript.utterances] == [
        ("we decided", 0, 500),
        ("yes", 1_300, 1_500),
    ]
    assert (transcript.engine, transcript.label, transcript.language) == ("pocketsphinx", "draft, English", "en")
    assert transcript.version == "5"
    assert transcript.utterances[0].confidence == 0.5
    assert {u.speaker for u in transcript.utterances} == {"Speaker 1"}
    assert {u.channel for u in transcript.utterances} == {None}


def test_channels_are_merged_by_time_and_name_the_speaker() -> None:
    transcript = assemble(
        [
            _heard(_word("reply", 1_000), _word("end", 9_000), channel=1),
            _heard(_word("question", 0), _word("thanks", 3_000), channel=0),
        ]
    )
    assert [(u.id, u.speaker, u.channel, u.text) for u in transcript.utterances] == [
        (1, "Speaker 1", 0, "question"),
        (2, "Speaker 2", 1, "reply"),
        (3, "Speaker 1", 0, "thanks"),
        (4, "Speaker 2", 1, "end"),
    ]


def test_windows_may_come_in_any_order_and_utterances_run_across_them() -> None:
    later = _heard(_word("release", 300_100), start_ms=300_000)
    transcript = assemble([later, _heard(_word("the", 299_800))])
    assert [u.text for u in transcript.utterances] == ["the release"]


def test_a_speaker_without_pauses_is_parted_at_a_breath() -> None:
    words = [_word("word", at, lasts_ms=250) for at in range(0, 31_000, 250)]
    words += [_word("after", 31_250), _word("breath", 31_500)]
    transcript = assemble([_heard(*words)])
    assert [u.text.split()[-1] for u in transcript.utterances] == ["word", "breath"]


def test_no_words_at_all_is_a_named_error() -> None:
    with pytest.raises(NoWordsRecognised, match="Deepgram"):
        assemble([_heard()])


def test_a_window_is_one_json_object() -> None:
    heard = _heard(_word("yes", 0), channel=1)
    assert RecognisedWindow.model_validate_json(heard.model_dump_json()) == heard
    assert json.loads(heard.model_dump_json())["window"]["channel"] == 1


def _sample_part(*, channel: int, until_ms: int) -> tuple[bytes, Window]:
    sound = decode((SAMPLE / "standup.ogg").read_bytes())[: until_ms * 16, channel]
    (window,) = plan_windows(duration_ms=until_ms, channels=1)
    return sound.tobytes(), window


def test_the_sample_is_recognised_and_the_same_way_twice() -> None:
    """The engine adapts to what it hears; a window's words must not depend on what came before."""
    pcm, window = _sample_part(channel=0, until_ms=15_000)
    first = recognise_window(pcm, window=window)
    other, other_window = _sample_part(channel=1, until_ms=3_000)
    recognise_window(other, window=other_window)
    assert recognise_window(pcm, window=window) == first
    assert "we decided to release the new version on monday" in " ".join(word.text for word in first.words)
    assert all(a.end_ms <= b.start_ms for a, b in zip(first.words, first.words[1:], strict=False))
    assert all(word.confidence is not None and 0 <= word.confidence <= 1 for word in first.words)
    assert len({word.confidence for word in first.words}) > 5
