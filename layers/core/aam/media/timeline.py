"""Decoding a recording into blocks of one second on its own clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from aam.media.errors import Corrupt, EmptyAudio, TooLong, Truncated
from aam.media.recording import Recording, decoded, demuxed, faults_of_file, refuse_encrypted
from aam.media.schemas import SPEECH_RATE, MediaLimits

if TYPE_CHECKING:
    import numpy as np
    from av.audio.frame import AudioFrame
    from av.audio.resampler import AudioResampler
    from av.audio.stream import AudioStream
    from av.packet import Packet
    from av.stream import Stream
    from numpy.typing import NDArray

GAP_S = 0.25
"""Seconds of missing time that are filled with silence; smaller ones are the jitter of containers."""

CLOCKED = ("mov", "matroska", "ogg")
"""Containers that store times; those of the others are FFmpeg's reckoning from frame to frame."""


class Timeline:
    """Blocks of s16 samples at 16 kHz, shaped (samples, channels), from a recording's first moment to its last.

    Two channels stay two, any other count becomes one.  A late start and gaps are filled with silence, so that a
    sample's place is its time.  Iterating raises `TooLong`, `Truncated`, `EmptyAudio`, `Corrupt` and `Encrypted`.
    """

    def __init__(self, recording: Recording, *, limits: MediaLimits) -> None:
        self._recording = recording
        self._limits = limits
        self._longest = limits.max_duration_ms * SPEECH_RATE // 1000
        # An hour has 170,000 frames: their times are floats, as fractions would cost more than decoding.
        self._tick_s = float(recording.stream.time_base or 0)
        self._has_clock = recording.facts.container in CLOCKED
        self._origin_s = (recording.container.start_time or 0) / 1_000_000
        self._resampler: AudioResampler | None = None
        self._fed_s = 0.0
        self._lead_in_s = 0.0
        self._packet_ticks = 0
        self._pictures_s = 0.0
        self._count = 0
        self.channels = 2 if recording.facts.channels == 2 else 1
        self.samples = 0
        self.damaged_packets = 0

    @property
    def duration_ms(self) -> int:
        """Return the duration that has been decoded so far."""
        return self.samples * 1000 // SPEECH_RATE

    def __iter__(self) -> Iterator[NDArray[np.int16]]:
        """Decode the recording once; at its end it is judged."""
        began = False
        for packet in self._read():
            self._count += 1
            frames = decoded(self._recording, packet)
            if frames is None:
                refuse_encrypted(packet)
                self.damaged_packets += 1
                continue
            self._packet_ticks += packet.duration or 0
            for frame in frames:
                samples = frame.samples
                if not samples:
                    continue
                if self._has_clock and frame.pts is not None:
                    at_s = frame.pts * self._tick_s - self._origin_s
                    if at_s - self._fed_s > GAP_S:
                        for block in self._fill(at_s, began=began):
                            yield self._counted(block)
                began = True
                self._fed_s += samples / frame.sample_rate
                for block in self._resampled(frame):
                    yield self._counted(block)
        for block in self._flush():
            yield self._counted(block)
        self._judge(began=began)

    def _read(self) -> Iterator[Packet[AudioStream]]:
        """Yield the audio packets; pictures are skipped, or only timed where they share the declared duration."""
        recording = self._recording
        chosen, container = recording.stream, recording.container
        declared = recording.facts.declared_duration_ms
        timed = declared is not None and not recording.declared_by_track and recording.facts.has_video
        for stream in container.streams:
            if stream is not chosen and not (timed and stream.type == "video"):
                stream.discard = type(stream.discard).all
        also = container.streams.video if timed else ()
        yield from _watched(self._apart(demuxed(recording, chosen, *also)))

    def _apart(self, packets: Iterator[Packet[Stream]]) -> Iterator[Packet[AudioStream]]:
        """Yield the audio packets of a mixed stream; of pictures only their end is kept."""
        for packet in packets:
            if packet.stream is self._recording.stream:
                yield cast("Packet[AudioStream]", packet)
            elif packet.pts is not None and packet.time_base:
                end_s = float((packet.pts + (packet.duration or 0)) * packet.time_base) - self._origin_s
                self._pictures_s = max(self._pictures_s, end_s)

    def _fill(self, at_s: float, *, began: bool) -> Iterator[NDArray[np.int16]]:
        """Yield the resampler's rest, then silence up to the frame that begins at ``at_s``."""
        import numpy as np

        if at_s * SPEECH_RATE > self._longest:
            raise TooLong
        yield from self._flush()
        gap_s = at_s - self._fed_s
        self._fed_s = at_s
        if not began:
            self._lead_in_s = gap_s
        left = int(gap_s * SPEECH_RATE)
        while left > 0:
            yield np.zeros((min(left, SPEECH_RATE), self.channels), dtype=np.int16)
            left -= SPEECH_RATE

    def _resampled(self, frame: AudioFrame) -> Iterator[NDArray[np.int16]]:
        """Yield the blocks that this frame completes."""
        if self._resampler is None:
            self._resampler = self._new_resampler()
        try:
            blocks = self._resampler.resample(frame)
        except ValueError:
            # The sound's form changed on the way (files laid end to end, a switched microphone).
            yield from self._flush()
            self._resampler = self._new_resampler()
            with faults_of_file(self._recording.source):
                blocks = self._resampler.resample(frame)
        for block in blocks:
            yield self._array(block)

    def _new_resampler(self) -> AudioResampler:
        import av

        return av.AudioResampler("s16", "stereo" if self.channels == 2 else "mono", SPEECH_RATE, SPEECH_RATE)

    def _flush(self) -> Iterator[NDArray[np.int16]]:
        """Yield the resampler's rest; the next frame meets a new one."""
        if self._resampler is not None:
            with faults_of_file(self._recording.source):
                blocks = self._resampler.resample(None)
            for block in blocks:
                yield self._array(block)
            self._resampler = None

    def _array(self, block: AudioFrame) -> NDArray[np.int16]:
        return cast("NDArray[np.int16]", block.to_ndarray().reshape(-1, self.channels))

    def _counted(self, block: NDArray[np.int16]) -> NDArray[np.int16]:
        self.samples += len(block)
        if self.samples > self._longest:
            raise TooLong
        return block

    def _judge(self, *, began: bool) -> None:
        """Raise, at the end, unless there was sound, enough of it was readable, and the file was complete."""
        if self._recording.source.failure is not None:
            # FFmpeg takes a fault that follows good bytes for the end of the file.
            raise self._recording.source.failure
        if not began:
            raise Corrupt if self.damaged_packets else EmptyAudio
        if self.damaged_packets > self._limits.damaged_share * self._count:
            raise Corrupt
        declared_ms = self._recording.facts.declared_duration_ms
        if declared_ms is None:
            return
        if self._recording.declared_by_track:
            # A coder's run-in is declared and read, but is not sound: packets count it, frames do not.
            heard_s = max(self._packet_ticks * self._tick_s, self._fed_s - self._lead_in_s)
        else:
            heard_s = max(self._fed_s, self._pictures_s)
        if round(heard_s * 1000) < declared_ms * self._limits.complete_share:
            raise Truncated


def _watched(packets: Iterator[Packet[AudioStream]]) -> Iterator[Packet[AudioStream]]:
    """Yield the same packets, the first of which shows whether the track is encrypted."""
    for number, packet in enumerate(packets):
        if number == 0:
            refuse_encrypted(packet)
        yield packet
