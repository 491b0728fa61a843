"""Probing a recording, and extracting its audio in one pass and flat memory."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from aam.media.errors import Silent
from aam.media.meter import Meter
from aam.media.mixing import Mix, Track, abandon, judge, loudest_dbfs, open_tracks
from aam.media.recording import Recording, first_frame, open_recording
from aam.media.schemas import AudioFormat, ExtractedAudio, MediaFacts, MediaLimits
from aam.media.sinks import OpenSink
from aam.media.timeline import Timeline

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DELIBERATION_BLOCKS = 120
"""Two minutes (8 MB) are held before it is decided what two channels are; the end checks the decision."""


class _Misjudged(Exception):
    """The whole recording shows that its beginning misled us."""

    def __init__(self, mix: Mix) -> None:
        super().__init__(mix)
        self.mix = mix


def probe(source_url: str, *, limits: MediaLimits | None = None) -> MediaFacts:
    """Return the facts that the recording at ``source_url``, a presigned http(s) address, declares about itself.

    One frame is decoded, so that a file without usable sound is refused here.  Raises leaves of `aam.media.errors`.
    """
    with open_recording(source_url, limits=limits or MediaLimits()) as recording:
        first_frame(recording)
        return recording.facts


def extract_audio(
    source_url: str,
    *,
    open_sink: OpenSink,
    audio_format: AudioFormat,
    channels_are_speakers: bool | None = None,
    limits: MediaLimits | None = None,
) -> ExtractedAudio:
    """Store the audio of the recording at ``source_url`` at 16 kHz, through sinks that ``open_sink`` gives.

    Two channels are speakers if ``channels_are_speakers`` says so or, when it is None, if their correlation lies
    within ± ``limits.speakers_below``; everything else is mixed to mono.  `opus` gives one `audio.ogg` (stereo for
    speakers), `wav16k` one `audio.wav` or a `channel-<n>.wav` for each speaker.  On any error nothing is left in
    storage.  Raises leaves of `aam.media.errors` and what the sinks raise.
    """
    limits = limits or MediaLimits()
    mix = Mix.SPEAKERS if channels_are_speakers else None
    may_split = channels_are_speakers is not False
    while True:
        with open_recording(source_url, limits=limits) as recording:
            work = _Extraction(recording, open_sink, audio_format, limits, mix=mix, may_split=may_split)
            try:
                return work.run()
            except _Misjudged as lesson:
                mix = lesson.mix  # a given mix is never judged again, so this happens once


class _Extraction:
    """One pass over a recording; ``mix`` None is decided on the way."""

    def __init__(
        self,
        recording: Recording,
        open_sink: OpenSink,
        audio_format: AudioFormat,
        limits: MediaLimits,
        *,
        mix: Mix | None,
        may_split: bool,
    ) -> None:
        self._facts = recording.facts
        self._open_sink = open_sink
        self._format = audio_format
        self._limits = limits
        self._may_split = may_split
        self._timeline = Timeline(recording, limits=limits)
        self._meter = Meter(self._timeline.channels)
        self._mix = mix if self._timeline.channels == 2 else Mix.MONO
        self._given = self._mix is not None
        self._tracks: list[Track] = []
        self._held: deque[NDArray[np.int16]] = deque()

    def run(self) -> ExtractedAudio:
        """Decode, decide and write; on any failure, abort the outputs."""
        try:
            for block in self._timeline:
                self._meter.add(block)
                self._held.append(block)
                if self._mix is None and len(self._held) >= DELIBERATION_BLOCKS:
                    self._mix = self._judge()
                if self._mix is not None:
                    self._write(self._mix)
            return self._finish()
        except BaseException:
            abandon(self._tracks)
            raise

    def _judge(self) -> Mix:
        return judge(self._meter, self._limits, may_split=self._may_split)

    def _silent(self, mix: Mix, channel: int | None) -> bool:
        return loudest_dbfs(self._meter, mix, channel) <= self._limits.silence_dbfs

    def _write(self, mix: Mix) -> None:
        """Write all that is held."""
        if not self._tracks:
            self._tracks = open_tracks(mix, open_sink=self._open_sink, audio_format=self._format)
        while self._held:
            block = self._held.popleft()
            for track in self._tracks:
                track.write(block)

    def _finish(self) -> ExtractedAudio:
        """Check the decision and the loudness by the whole, and complete the outputs."""
        final = self._judge()
        if not self._given and self._mix not in (None, final):
            raise _Misjudged(final)
        mix = self._mix or final
        if self._silent(mix, None):
            raise Silent
        self._write(mix)
        duration_ms = self._timeline.duration_ms
        outputs = tuple(
            track.finish(duration_ms=duration_ms, silent=self._silent(mix, track.channel)) for track in self._tracks
        )
        return ExtractedAudio(
            facts=self._facts,
            audio_format=self._format,
            outputs=outputs,
            duration_ms=duration_ms,
            peak_dbfs=self._meter.peak_dbfs,
            rms_dbfs=self._meter.rms_dbfs,
            correlation=self._meter.correlation(silence_dbfs=self._limits.silence_dbfs),
            channels_are_speakers=mix is Mix.SPEAKERS,
            damaged_packets=self._timeline.damaged_packets,
        )
