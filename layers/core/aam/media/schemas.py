"""Options and facts of a recording."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from aam.foundation.schemas import Value

SPEECH_RATE = 16_000
"""All extracted audio has this many samples a second: what speech engines listen to."""
WAV_HEADER_BYTES = 44
"""Where the samples of a `wav16k` output begin."""
PCM_BYTES_PER_MS = SPEECH_RATE * 2 // 1000


class AudioFormat(StrEnum):
    """`opus`: Ogg, mono or stereo, for engines that take a file; `wav16k`: s16 mono PCM per speaker, for windows."""

    OPUS = "opus"
    WAV16K = "wav16k"


class MediaLimits(Value):
    """Limits on recordings; all may be set.

    ``complete_share`` is the least share of the declared duration that must decode, ``silence_dbfs`` what at least one
    second must exceed, ``speakers_below`` the correlation under which two channels are two speakers,
    ``damaged_share`` the share of packets that may fail to decode.
    """

    max_duration_ms: int = Field(default=4 * 3_600_000, gt=0)
    min_sample_rate: int = 4_000
    max_sample_rate: int = 384_000
    complete_share: float = 0.98
    silence_dbfs: float = -60.0
    speakers_below: float = 0.3
    damaged_share: float = 0.1
    timeout_s: float = 20.0


class MediaFacts(Value):
    """Facts that a recording declares about itself.

    ``container`` is mov (mp4 and m4a too), matroska (webm too), ogg, mp3, wav, flac or aac.
    ``declared_duration_ms`` is None where the file does not say (live webm) or only lets one guess (mp3, aac).
    """

    container: str
    audio_codec: str
    video_codec: str | None
    declared_duration_ms: int | None
    channels: int
    sample_rate: int
    has_video: bool
    size_bytes: int


class AudioOutput(Value):
    """One stored object: a speaker's channel, or (``channel`` None) the whole."""

    key: str
    channel: int | None
    channels: int
    duration_ms: int
    size_bytes: int
    silent: bool


class ExtractedAudio(Value):
    """The audio of a recording as stored, and what was heard on the way.

    Times are on the recording's own clock: gaps and a late start are filled with silence.  ``correlation`` is that of
    two channels, None for other counts or where a channel is silent.  Levels are in dBFS, at least -120.
    """

    facts: MediaFacts
    audio_format: AudioFormat
    outputs: tuple[AudioOutput, ...]
    duration_ms: int
    peak_dbfs: float
    rms_dbfs: float
    correlation: float | None
    channels_are_speakers: bool
    damaged_packets: int


def pcm_span(*, start_ms: int, end_ms: int) -> tuple[int, int]:
    """Return the first and the last byte, both included, of a part of a `wav16k` output."""
    return WAV_HEADER_BYTES + start_ms * PCM_BYTES_PER_MS, WAV_HEADER_BYTES + end_ms * PCM_BYTES_PER_MS - 1
