"""Decoding a recording into blocks of one second on its own clock."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from aam.media.errors import Corrupt, EmptyAudio, TooLong, Truncated
from aam.media.recording import Recording, refuse_encrypted
from aam.media.schemas import SPEECH_RATE, MediaLimits

if TYPE_CHECKING:
    import numpy as np
    from av.audio.frame import AudioFrame
    from av.audio.resampler import AudioResampler
    from av.audio.stream import AudioStream
    from av.packet import Packet
    from av.stream import Stream
    from numpy.typing import NDArray

GAP = Fraction(1, 4)
"""Seconds of missing time that are filled with silence; smaller ones are the jitter of containers."""


class Timeline:
    """Blocks of s16 samples at 16 kHz, shaped (samples, channels), from a recording's first moment to its last.

    Two channels stay two, any other count becomes one.  A late start and gaps are filled with silence, so that a
    sample's place is its time.  Iterating raises `TooLong`, `Truncated`, `EmptyAudio`, `Corrupt` and `Encrypted`.
    """

    def __init__(self, recording: Recording, *, limits: MediaLimits) -> None:
        self._recording = recording
        self._limits = limits
        self._longest = limits.max_duration_ms * SPEECH_RATE // 1000
        self._resampler: AudioResampler | None = None
        self._setup: tuple[str, str, int] | None = None
        self._fed = Fraction(0)
        self._lead_in = Fraction(0)
        self._packets = Fraction(0)
        self._pictures = Fraction(0)
        self._count = 0
        self.channels = 2 if recording.facts.channels == 2 else 1
        self.samples = 0
        self.damaged_packets = 0

    @property
    def duration_ms(self) -> int:
        """What has been decoded so far."""
        return self.samples * 1000 // SPEECH_RATE

    def __iter__(self) -> Iterator[NDArray[np.int16]]:
        """Decode the recording once; at its end it is judged."""
        import av

        began = False
        for packet in self._read():
            self._count += 1
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                self.damaged_packets += 1
                continue
            if packet.duration and packet.time_base:
                self._packets += packet.duration * packet.time_base
            for frame in frames:
                if not frame.samples:
                    continue
                for block in self._take(frame, began=began):
                    yield self._counted(block)
                began = True
        for block in self._flush():
            yield self._counted(block)
        self._judge(began=began)

    def _read(self) -> Iterator[Packet[AudioStream]]:
        """The audio packets; pictures are skipped, or only timed where they share the declared duration."""
        recording = self._recording
        chosen, container = recording.stream, recording.container
        declared = recording.facts.declared_duration_ms
        timed = declared is not None and not recording.declared_by_track and recording.facts.has_video
        for stream in container.streams:
            if stream is not chosen and not (timed and stream.type == "video"):
                stream.discard = type(stream.discard).all
        wanted: list[Stream] = [chosen, *container.streams.video] if timed else [chosen]
        for packet in container.demux(*wanted):
            if packet.stream is chosen:
                audio = cast("Packet[AudioStream]", packet)
                refuse_encrypted(audio)
                yield audio
            elif packet.pts is not None and packet.time_base:
                end = (packet.pts + (packet.duration or 0)) * packet.time_base - recording.origin
                self._pictures = max(self._pictures, end)

    def _take(self, frame: AudioFrame, *, began: bool) -> Iterator[NDArray[np.int16]]:
        """The blocks that this frame completes, the silence before it included."""
        import av

        if frame.pts is not None and frame.time_base:
            at = frame.pts * frame.time_base - self._recording.origin
            gap = at - self._fed
            if gap > GAP:
                if at * SPEECH_RATE > self._longest:
                    raise TooLong
                yield from self._flush()
                yield from self._silence(gap)
                self._fed += gap
                if not began:
                    self._lead_in = gap
        setup = (frame.format.name, frame.layout.name, frame.sample_rate)
        if setup != self._setup:
            yield from self._flush()
            self._setup = setup
        if self._resampler is None:
            layout = "stereo" if self.channels == 2 else "mono"
            self._resampler = av.AudioResampler("s16", layout, SPEECH_RATE, SPEECH_RATE)
        self._fed += Fraction(frame.samples, frame.sample_rate)
        for block in self._resampler.resample(frame):
            yield self._array(block)

    def _flush(self) -> Iterator[NDArray[np.int16]]:
        """What the resampler still holds; the next frame meets a new one."""
        if self._resampler is not None:
            for block in self._resampler.resample(None):
                yield self._array(block)
            self._resampler = None

    def _array(self, block: AudioFrame) -> NDArray[np.int16]:
        return cast("NDArray[np.int16]", block.to_ndarray().reshape(-1, self.channels))

    def _silence(self, seconds: Fraction) -> Iterator[NDArray[np.int16]]:
        import numpy as np

        left = int(seconds * SPEECH_RATE)
        while left > 0:
            yield np.zeros((min(left, SPEECH_RATE), self.channels), dtype=np.int16)
            left -= SPEECH_RATE

    def _counted(self, block: NDArray[np.int16]) -> NDArray[np.int16]:
        self.samples += len(block)
        if self.samples > self._longest:
            raise TooLong
        return block

    def _judge(self, *, began: bool) -> None:
        """At the end: was there sound, was enough of it sound, and was that all?"""
        if self._recording.source.failure is not None:
            # FFmpeg takes a fault that follows good bytes for the end of the file.
            raise self._recording.source.failure
        if not began:
            raise Corrupt if self.damaged_packets else EmptyAudio
        if self.damaged_packets > self._limits.damaged_share * self._count:
            raise Corrupt
        declared = self._recording.facts.declared_duration_ms
        if declared is None:
            return
        if self._recording.declared_by_track:
            # A coder's run-in is declared and read, but is not sound: packets count it, frames do not.
            heard = max(self._packets, self._fed - self._lead_in)
        else:
            heard = max(self._fed, self._pictures)
        if heard * 1000 < Fraction(declared) * Fraction(str(self._limits.complete_share)):
            raise Truncated
