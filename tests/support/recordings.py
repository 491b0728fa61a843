"""Tiny recordings, good and hostile, made with PyAV."""

from __future__ import annotations

import io
import struct
import tempfile
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
RATE = 16_000

Sound = NDArray[np.int16]


def tone(seconds: float, *, hertz: float = 440, dbfs: float = -12, rate: int = RATE) -> Sound:
    """Return one channel of a sine whose RMS level is `dbfs`."""
    times = np.arange(int(seconds * rate)) / rate
    amplitude = 32768 * 10 ** (dbfs / 20) * 2**0.5
    return (amplitude * np.sin(2 * np.pi * hertz * times)).astype(np.int16)


def noise(seconds: float, *, seed: int, dbfs: float = -20) -> Sound:
    """Return one channel of white noise."""
    level = 32768 * 10 ** (dbfs / 20)
    return np.random.default_rng(seed).normal(0, level, int(seconds * RATE)).clip(-32768, 32767).astype(np.int16)


def stereo(left: Sound, right: Sound) -> Sound:
    """Return two channels, shaped (samples, channels)."""
    return np.stack([left, right], axis=1)


def wav(sound: Sound, *, rate: int = RATE) -> bytes:
    """Return a WAV file of s16 samples."""
    channels = 1 if sound.ndim == 1 else sound.shape[1]
    data = sound.tobytes()
    return (
        struct.pack("<4sI4s4sIHHI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, channels, rate)
        + struct.pack("<IHH4sI", rate * 2 * channels, 2 * channels, 16, b"data", len(data))
        + data
    )


def encode(
    sound: Sound,
    *,
    container: str,
    codec: str,
    rate: int = RATE,
    options: dict[str, str] | None = None,
    seekable: bool = True,
    gap_at_s: float | None = None,
    gap_s: float = 0,
    start_s: float = 0,
) -> bytes:
    """Return the sound in a container; not seekable means live, that is without a declared duration."""
    target = io.BytesIO()
    file: Any = target if seekable else _Live(target)
    layout = "mono" if sound.ndim == 1 else "stereo"
    with av.open(file, "w", format=container, container_options=options or {}) as out:
        stream = out.add_stream(codec, rate=rate, layout=layout)
        step = stream.codec_context.frame_size or 1024
        for at in range(0, len(sound), step):
            frame = av.AudioFrame.from_ndarray(sound[at : at + step].reshape(1, -1), format="s16", layout=layout)
            frame.sample_rate = rate
            frame.pts = at + int(start_s * rate)
            if gap_at_s is not None and at >= gap_at_s * rate:
                frame.pts += int(gap_s * rate)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return target.getvalue()


def video(
    sound: Sound | None, *, seconds: float, container: str = "mp4", options: dict[str, str] | None = None
) -> bytes:
    """Return a film of grey pictures, with AAC sound if any."""
    target = io.BytesIO()
    with av.open(target, "w", format=container, container_options=options or {}) as out:
        pictures = out.add_stream("mpeg4", rate=10)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
        track = out.add_stream("aac", rate=RATE, layout="mono") if sound is not None else None
        for _ in range(int(seconds * 10)):
            out.mux(pictures.encode(av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, np.uint8), format="rgb24")))
        out.mux(pictures.encode(None))
        if track is not None and sound is not None:
            frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate = RATE
            out.mux(track.encode(frame))
            out.mux(track.encode(None))
    return target.getvalue()


def faststart(sound: Sound) -> bytes:
    """Return AAC in an mp4 whose index stands first; FFmpeg needs a named file to move it there."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.mp4"
        with av.open(str(path), "w", container_options={"movflags": "faststart"}) as out:
            stream = out.add_stream("aac", rate=RATE, layout="mono")
            frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate = RATE
            out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
        return path.read_bytes()


def decode(data: bytes) -> Sound:
    """Return the samples of a file at 16 kHz, shaped (samples, channels)."""
    with av.open(io.BytesIO(data)) as file:
        channels = file.streams.audio[0].channels
        resampler = av.AudioResampler("s16", "stereo" if channels == 2 else "mono", RATE)
        frames = [made for frame in file.decode(audio=0) for made in resampler.resample(frame)]
        frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray().reshape(-1, channels) for frame in frames]).astype(np.int16)


def padded(sound: bytes, *, padding: int) -> bytes:
    """Return a WAV file with so many bytes of a chunk that readers pass over, before its samples."""
    at = sound.index(b"data")
    junk = b"JUNK" + struct.pack("<I", padding) + bytes(padding)
    return b"RIFF" + struct.pack("<I", len(sound) + len(junk) - 8) + sound[8:at] + junk + sound[at:]


def cut(data: bytes, *, seconds: float, rate: int = RATE, repeat: int = 1) -> bytes:
    """Return the first seconds of a stereo recording, or the same again and again, as WAV."""
    with av.open(io.BytesIO(data)) as file:
        resampler = av.AudioResampler("s16", "stereo", rate)
        frames = [made for frame in file.decode(audio=0) for made in resampler.resample(frame)]
        frames += resampler.resample(None)
    sound = np.concatenate([frame.to_ndarray().reshape(-1, 2) for frame in frames]).astype(np.int16)
    return wav(np.tile(sound[: int(seconds * rate)], (repeat, 1)), rate=rate)


class _Live:
    """A file that can only be appended to."""

    def __init__(self, target: io.BytesIO) -> None:
        self.write = target.write
