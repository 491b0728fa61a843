"""PocketSphinx, the smaller offline engine."""

from __future__ import annotations

from array import array
from pathlib import Path

from aam.transcription.pocketsphinx import recognise_window
from aam.transcription.windows import Window, plan_windows
from tests.support.recordings import decode

SAMPLE = Path(__file__).parents[3] / "infra" / "sample"


def test_silence_has_no_words() -> None:
    """Left to itself the engine hears "dog" in it, quite sure of itself."""
    (window,) = plan_windows(duration_ms=1_000, channels=1)
    assert recognise_window(bytes(32_000), window=window).words == ()
    assert recognise_window(array("h", [30, -30] * 8_000).tobytes(), window=window).words == ()
    assert recognise_window(b"", window=window).words == ()


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
