"""Windows of a recording: what one call of an offline engine recognises, and where two neighbours cut between them."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from aam.foundation.errors import Unprocessable
from aam.foundation.schemas import Value
from aam.transcription.schemas import Word

SAMPLE_RATE = 16_000
"""Of PCM that is signed 16 bit little endian, mono."""

WINDOW_MS = 5 * 60_000
"""What one map item recognises: about half a minute of work."""
MARGIN_MS = 2_000
"""How far beyond its nominal ends a window reads, so that it and its neighbour find the same quiet spot."""
LONGEST_MS = 2 * 60 * 60_000
"""Above it an offline draft would take too long."""

FRAME_MS = 10
QUIET_FRAMES = 15
"""A quiet spot is judged over this many frames, so that it is a pause and not a stop consonant."""

AUDIBLE = 33
"""The mean magnitude of a frame at -60 dBFS."""


class TooLongForOfflineDraft(Unprocessable):
    """The recording is longer than the offline engines take on."""

    code: ClassVar[str] = "too_long_for_offline_draft"
    sentence: ClassVar[str] = (
        "The offline engine transcribes at most two hours; transcribe this recording with Deepgram, "
        "or bring its transcript as .vtt, .srt, .json or .txt."
    )


class Window(Value):
    """One map item: which part of which channel to recognise.

    ``start_ms`` to ``end_ms`` is what it answers for, ``read_start_ms`` to ``read_end_ms`` what it must be given, the
    margins included.  ``channel`` is None for a mono recording.
    """

    index: int = Field(ge=0)
    channel: int | None
    start_ms: int = Field(ge=0)
    end_ms: int = Field(ge=0)
    read_start_ms: int = Field(ge=0)
    read_end_ms: int = Field(ge=0)


class Hearing(Value):
    """Speech that an engine with a voice detector heard in a window.

    ``worded_ms`` of ``speech_ms`` hold words.  ``dropped`` counts passages that were taken for noise.  ``languages``
    are milliseconds of speech by language.
    """

    speech_ms: int = 0
    worded_ms: int = 0
    dropped: int = 0
    languages: dict[str, int] = Field(default_factory=dict)


class RecognisedWindow(Value):
    """The words of one window, times from the start of the recording; stored as one JSON object.

    ``hearing`` and ``model`` are those of an engine that has a choice of models and a detector of voices.
    """

    window: Window
    words: tuple[Word, ...]
    engine_version: str
    model: str = ""
    hearing: Hearing | None = None


def plan_windows(*, duration_ms: int, channels: int, longest_ms: int = LONGEST_MS) -> tuple[Window, ...]:
    """Return windows of five minutes for each channel, in the order of time, then channel.

    ``channels`` counts those that are speakers; 1 means mono.  Raises `TooLongForOfflineDraft` above ``longest_ms``.
    """
    if duration_ms > longest_ms:
        raise TooLongForOfflineDraft
    windows: list[Window] = []
    for start in range(0, duration_ms, WINDOW_MS):
        end = min(start + WINDOW_MS, duration_ms)
        if duration_ms - end < 2 * MARGIN_MS:  # no room for a cut: the last window takes the rest along
            end = duration_ms
        windows += [
            Window(
                index=len(windows) + channel,
                channel=channel if channels > 1 else None,
                start_ms=start,
                end_ms=end,
                read_start_ms=max(0, start - MARGIN_MS),
                read_end_ms=min(duration_ms, end + MARGIN_MS),
            )
            for channel in range(channels)
        ]
        if end == duration_ms:
            break
    return tuple(windows)


def samples_of(pcm: bytes) -> array[int]:
    """Return whole samples of s16le sound."""
    return array("h", pcm[: len(pcm) // 2 * 2])


def loudness_of(samples: array[int]) -> list[int]:
    """Return the sum of magnitudes of each full 10 ms frame; pure Python, for one engine's layer has no numpy."""
    step = first_sample(1)
    return [sum(map(abs, samples[at : at + step])) for at in range(0, len(samples) - step + 1, step)]


def own_frames(loudness: Sequence[int], window: Window) -> tuple[int, int]:
    """Return the first frame that a window answers for, and the one after its last.

    The work is cut at the quietest spot near each boundary, which both neighbours find in the same samples: no word is
    lost or doubled.
    """
    first, last = 0, len(loudness)
    if window.read_start_ms < window.start_ms:
        first = quietest(loudness, 0, frames_in(2 * MARGIN_MS))
    if window.read_end_ms > window.end_ms:
        edge = frames_in(window.end_ms - window.read_start_ms)
        last = quietest(loudness, edge - frames_in(MARGIN_MS), edge + frames_in(MARGIN_MS))
    return first, last


def quietest(loudness: Sequence[float], low: int, high: int) -> int:
    """Return the middle of the quietest stretch that lies within frames `low` to `high`; of equals, the last.

    It depends on the samples between `low` and `high` alone, so that two windows agree on it.
    """
    low, high = max(0, low), min(high, len(loudness))
    if high - low <= QUIET_FRAMES:
        return (low + high) // 2
    heard = sum(loudness[low : low + QUIET_FRAMES])
    best, best_at = heard, low
    for at in range(low + 1, high - QUIET_FRAMES + 1):
        heard += loudness[at + QUIET_FRAMES - 1] - loudness[at - 1]
        if heard <= best:
            best, best_at = heard, at
    return best_at + QUIET_FRAMES // 2


def is_audible(loudness: Sequence[int]) -> bool:
    """Return whether any frame is louder than silence."""
    return max(loudness, default=0) >= AUDIBLE * first_sample(1)


def frames_in(ms: int) -> int:
    """Return how many frames a time has."""
    return ms // FRAME_MS


def first_sample(frame: int) -> int:
    """Return the first sample of a frame."""
    return frame * FRAME_MS * SAMPLE_RATE // 1000
