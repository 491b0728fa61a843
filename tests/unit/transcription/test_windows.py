"""Windows of an offline engine: each channel is covered once, and neighbours cut at the same quiet spot."""

from __future__ import annotations

import itertools
import random
from array import array

import pytest

from aam.foundation.errors import Unprocessable
from aam.transcription import pocketsphinx, windows
from aam.transcription.schemas import Word
from aam.transcription.windows import MARGIN_MS, SAMPLE_RATE, TooLongForOfflineDraft, plan_windows

BYTES_PER_MS = SAMPLE_RATE * 2 // 1000
MINUTE = 60_000


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
    monkeypatch.setattr(windows, "WINDOW_MS", 40_000)
    pcm = _bursts(duration_ms)
    decoded: list[tuple[int, bytes]] = []

    def remember(piece: bytes, *, offset_ms: int) -> list[Word]:
        decoded.append((offset_ms, piece))
        return []

    monkeypatch.setattr(pocketsphinx, "_recognise", remember)
    for window in plan_windows(duration_ms=duration_ms, channels=1):
        part = pcm[window.read_start_ms * BYTES_PER_MS : window.read_end_ms * BYTES_PER_MS]
        pocketsphinx.recognise_window(part, window=window)
    assert b"".join(piece for _, piece in decoded) == pcm
    assert max(len(piece) for _, piece in decoded) <= 20_000 * BYTES_PER_MS
    assert len(decoded) > 5
    for offset_ms, piece in decoded[1:]:
        assert pcm[offset_ms * BYTES_PER_MS :].startswith(piece[:3_200])
        assert max(map(abs, array("h", piece[:1_600]))) <= 3, "a cut within sound"
