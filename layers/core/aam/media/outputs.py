"""Writing blocks of speech as Ogg Opus or WAV into a sink."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Protocol

from aam.media.schemas import SPEECH_RATE, AudioFormat
from aam.media.sinks import PartSink

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BIT_RATE_PER_CHANNEL = 24_000
"""Enough for wide-band speech in Opus (RFC 6716, 2.1.1)."""
_UNKNOWN_SIZE = 0xFFFFFFFF


class Writer(Protocol):
    """One output being encoded."""

    def write(self, block: NDArray[np.int16]) -> None:
        """Encode a block, shaped (samples, channels)."""
        ...

    def finish(self) -> int:
        """Write what is left, complete the sink and return the size in bytes."""
        ...

    def abort(self) -> None:
        """Give up; leaves nothing in storage."""
        ...


class WavWriter:
    """Mono PCM behind a header of 44 bytes, whose sizes say "until the end": the whole is never rewound."""

    def __init__(self, sink: PartSink) -> None:
        self._sink = sink
        sink.write(
            struct.pack(
                "<4sI4s4sIHHIIHH4sI",
                *(b"RIFF", _UNKNOWN_SIZE, b"WAVE", b"fmt ", 16, 1, 1, SPEECH_RATE, SPEECH_RATE * 2, 2, 16),
                *(b"data", _UNKNOWN_SIZE),
            )
        )

    def write(self, block: NDArray[np.int16]) -> None:
        """Append the samples."""
        self._sink.write(block.astype("<i2", copy=False).tobytes())

    def finish(self) -> int:
        """Complete the sink."""
        return self._sink.complete()

    def abort(self) -> None:
        """Abort the sink."""
        self._sink.abort()


class OpusWriter:
    """Ogg Opus of one or two channels, at the encoder's least effort: speech engines hear no difference."""

    def __init__(self, sink: PartSink, *, channels: int) -> None:
        import av

        self._sink = sink
        self._layout = "stereo" if channels == 2 else "mono"
        self._samples = 0
        self._container = av.open(_WriteOnly(sink), "w", format="ogg", buffer_size=256 * 1024)
        options = {"compression_level": "0", "application": "voip"}
        self._stream = self._container.add_stream("libopus", rate=SPEECH_RATE, layout=self._layout, options=options)
        self._stream.bit_rate = BIT_RATE_PER_CHANNEL * channels

    def write(self, block: NDArray[np.int16]) -> None:
        """Encode the samples."""
        import av
        import numpy as np

        flat = np.ascontiguousarray(block).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(flat, format="s16", layout=self._layout)
        frame.sample_rate = SPEECH_RATE
        frame.pts = self._samples
        self._samples += len(block)
        self._container.mux(self._stream.encode(frame))

    def finish(self) -> int:
        """Flush the encoder and complete the sink."""
        self._container.mux(self._stream.encode(None))
        self._container.close()
        return self._sink.complete()

    def abort(self) -> None:
        """Abort the sink; the container's last bytes go nowhere."""
        self._sink.abort()


class _WriteOnly:
    """View of a sink for PyAV: only `write`, so that it never tries to go back."""

    def __init__(self, sink: PartSink) -> None:
        self.write = sink.write


def open_writer(sink: PartSink, *, audio_format: AudioFormat, channels: int) -> Writer:
    """Return the writer of ``audio_format``; WAV is always mono."""
    return OpusWriter(sink, channels=channels) if audio_format == AudioFormat.OPUS else WavWriter(sink)
