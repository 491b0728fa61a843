"""Decide how a recording's channels are mixed, and the outputs that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from aam.media.meter import Meter
from aam.media.outputs import Writer, open_writer
from aam.media.schemas import AudioFormat, AudioOutput, MediaLimits
from aam.media.sinks import OpenSink, PartSink

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FILES = {AudioFormat.OPUS: ("ogg", "audio/ogg"), AudioFormat.WAV16K: ("wav", "audio/wav")}


class Mix(Enum):
    """Treatment of a recording's channels."""

    MONO = "one channel as it is, or the mean of two"
    INVERTED = "half the difference of two channels, one of which is wired the wrong way round"
    SPEAKERS = "each of two channels a speaker"


def judge(meter: Meter, limits: MediaLimits, *, may_split: bool) -> Mix:
    """Return the mix that fits the channels as heard so far."""
    likeness = meter.correlation(silence_dbfs=limits.silence_dbfs)
    if likeness is None or likeness >= limits.speakers_below:
        return Mix.MONO
    if likeness <= -limits.speakers_below:
        return Mix.INVERTED
    return Mix.SPEAKERS if may_split else Mix.MONO


def loudest_dbfs(meter: Meter, mix: Mix, channel: int | None) -> float:
    """Return the loudest second of an output; ``channel`` None means all that the mix holds."""
    if channel is not None:
        return meter.loudest_second_dbfs(channel)
    if mix is Mix.SPEAKERS:
        return max(meter.loudest_second_dbfs(0), meter.loudest_second_dbfs(1))
    return meter.loudest_mix_dbfs(inverted=mix is Mix.INVERTED)


@dataclass(frozen=True)
class Track:
    """One output while it is written."""

    sink: PartSink
    writer: Writer
    mix: Mix
    channel: int | None
    channels: int

    def write(self, block: NDArray[np.int16]) -> None:
        """Append this output's share of a block, shaped (samples, channels)."""
        self.writer.write(_share(block, self.mix, self.channel))

    def finish(self, *, duration_ms: int, silent: bool) -> AudioOutput:
        """Complete the object."""
        size = self.writer.finish()
        return AudioOutput(
            key=self.sink.key,
            channel=self.channel,
            channels=self.channels,
            duration_ms=duration_ms,
            size_bytes=size,
            silent=silent,
        )


def open_tracks(mix: Mix, *, open_sink: OpenSink, audio_format: AudioFormat) -> list[Track]:
    """Return the outputs of a mix: WAV has one for each speaker, everything else is one object."""
    suffix, content_type = _FILES[audio_format]
    split = mix is Mix.SPEAKERS and audio_format == AudioFormat.WAV16K
    channels = 2 if mix is Mix.SPEAKERS and not split else 1
    tracks: list[Track] = []
    try:
        for channel in (0, 1) if split else (None,):
            name = f"audio.{suffix}" if channel is None else f"channel-{channel}.{suffix}"
            sink = open_sink(name, content_type=content_type)
            writer = open_writer(sink, audio_format=audio_format, channels=channels)
            tracks.append(Track(sink, writer, mix, channel, channels))
    except BaseException:
        abandon(tracks)
        raise
    return tracks


def abandon(tracks: list[Track]) -> None:
    """Leave nothing of the outputs behind."""
    for track in tracks:
        track.writer.abort()


def _share(block: NDArray[np.int16], mix: Mix, channel: int | None) -> NDArray[np.int16]:
    """Return an output's samples of a block, shaped (samples, its channels)."""
    import numpy as np

    if channel is not None:
        return block[:, channel : channel + 1]
    if mix is Mix.SPEAKERS or block.shape[1] == 1:
        return block
    left, right = block[:, 0].astype(np.int32), block[:, 1].astype(np.int32)
    mixed = (left - right if mix is Mix.INVERTED else left + right) >> 1
    # Half the difference of the two extremes is one more than 16 bits hold.
    samples: NDArray[np.int16] = np.clip(mixed, -32768, 32767).astype(np.int16).reshape(-1, 1)
    return samples
