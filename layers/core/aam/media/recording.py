"""Opening a recording: sniffed, whitelisted, and checked for what can be known before decoding it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from aam.foundation.errors import AppError
from aam.media.errors import (
    BadSampleRate,
    Corrupt,
    EmptyAudio,
    Encrypted,
    NoAudioTrack,
    TooLong,
    UnsupportedCodec,
    UnsupportedContainer,
)
from aam.media.schemas import MediaFacts, MediaLimits
from aam.media.sniffing import DEMUXERS, sniff, wav_duration_ms
from aam.media.source import RangeSource

if TYPE_CHECKING:
    from av.audio.codeccontext import AudioCodecContext
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream

READ_BYTES = 256 * 1024
GUESSED_DURATION = ("mp3", "aac")
"""Containers without a declared duration: FFmpeg guesses theirs from the bit rate."""
PROTECTED_TAGS = ("enca", "drms")
"""Sample entries of protected audio: ISO/IEC 14496-12 8.12 and Apple's FairPlay."""
_PATIENCE_PACKETS = 500
"""How many undecodable packets in a row, from the start, make a recording corrupt."""


@dataclass(frozen=True)
class Recording:
    """An open recording with one chosen audio track."""

    facts: MediaFacts
    source: RangeSource
    container: InputContainer
    stream: AudioStream
    declared_by_track: bool
    """Whether the duration is that of the audio track itself, not of the container."""


@contextlib.contextmanager
def open_recording(source_url: str, *, limits: MediaLimits) -> Iterator[Recording]:
    """Open ``source_url`` and check all that its headers tell.

    Raises leaves of `aam.media.errors`, and nothing of FFmpeg's: its messages may repeat what it read.
    """
    import av

    source = RangeSource(source_url, timeout_s=limits.timeout_s)
    try:
        demuxer = sniff(source)
        with faults_of_file(source):
            container = av.open(
                source,
                "r",
                format=demuxer,
                # It is given no address and may open none; a demuxer that names another finds it forbidden.
                container_options={"protocol_whitelist": "none", "format_whitelist": DEMUXERS[demuxer]},
                metadata_errors="replace",
                buffer_size=READ_BYTES,
            )
        with container:
            with faults_of_file(source):
                recording = _examined(container, source, demuxer, limits)
            yield recording
    finally:
        source.close()


@contextlib.contextmanager
def faults_of_file(source: RangeSource) -> Iterator[None]:
    """Raise `Corrupt` for what FFmpeg cannot make of a file; only its own work on the file belongs inside.

    What broke while reading is the cause, whatever FFmpeg made of it.  A lack of memory, and anything that is raised
    outside, is no fault of the file.
    """
    import av

    try:
        yield
    except (AppError, MemoryError):
        raise
    except (av.error.FFmpegError, ValueError, EOFError, NotImplementedError):
        raise source.failure or Corrupt() from None


def demuxed(recording: Recording, *streams: Stream) -> Iterator[Packet[Stream]]:
    """Give the packets of some streams; raises `Corrupt` where the file cannot be read on."""
    packets = iter(recording.container.demux(*streams))
    while True:
        with faults_of_file(recording.source):
            packet = next(packets, None)
        if packet is None:
            return
        yield packet


def decoded(recording: Recording, packet: Packet[AudioStream]) -> list[AudioFrame] | None:
    """Return the frames of a packet, or None where it is damaged; raises `Corrupt` for sound of no known form."""
    import av

    with faults_of_file(recording.source):
        try:
            return packet.decode()
        except av.error.MemoryError:
            raise
        except av.error.FFmpegError:
            return None


def first_frame(recording: Recording) -> AudioFrame:
    """Return the first decoded frame; raises `Encrypted`, `EmptyAudio` or `Corrupt` when there is none."""
    failed = 0
    for packet in demuxed(recording, recording.stream):
        audio = cast("Packet[AudioStream]", packet)
        refuse_encrypted(audio)
        frames = decoded(recording, audio)
        if frames is None:
            failed += 1
            if failed >= _PATIENCE_PACKETS:
                break
        found = next((frame for frame in frames or () if frame.samples), None)
        if found is not None:
            return found
    raise recording.source.failure or (Corrupt() if failed else EmptyAudio())


def refuse_encrypted(packet: Packet[AudioStream]) -> None:
    """Raise `Encrypted` for a packet that carries the parameters of its encryption."""
    if packet.has_sidedata("encryption_info"):
        raise Encrypted


def _examined(container: InputContainer, source: RangeSource, demuxer: str, limits: MediaLimits) -> Recording:
    if container.format.name not in (demuxer, DEMUXERS[demuxer]):
        raise UnsupportedContainer
    tracks = container.streams.audio
    if not tracks:
        raise NoAudioTrack
    best = container.streams.best("audio")
    stream = next((track for track in tracks if track is best), tracks[0])
    # PyAV's types do not say that a codec without a decoder gives no context.
    codec: AudioCodecContext | None = stream.codec_context
    if codec is not None and codec.codec_tag in PROTECTED_TAGS:
        raise Encrypted
    if codec is None:
        raise UnsupportedCodec
    if not limits.min_sample_rate <= codec.sample_rate <= limits.max_sample_rate:
        raise BadSampleRate
    if not codec.channels:
        raise Corrupt
    declared, by_track = _declared_ms(container, stream, demuxer)
    if demuxer == "wav":
        declared = wav_duration_ms(source) or declared
    if declared is not None and declared > limits.max_duration_ms:
        raise TooLong
    pictures = [v for v in container.streams.video if not v.disposition & v.disposition.attached_pic]
    video = pictures[0].codec_context.name if pictures and pictures[0].codec_context else None
    facts = MediaFacts(
        container=demuxer,
        audio_codec=codec.name,
        video_codec=video,
        declared_duration_ms=declared,
        channels=codec.channels,
        sample_rate=codec.sample_rate,
        has_video=bool(pictures),
        size_bytes=source.size,
    )
    return Recording(facts=facts, source=source, container=container, stream=stream, declared_by_track=by_track)


def _declared_ms(container: InputContainer, stream: AudioStream, demuxer: str) -> tuple[int | None, bool]:
    """Return the duration that the file declares, and whether it is the audio track's own."""
    if demuxer in GUESSED_DURATION:
        return None, False
    if stream.duration and stream.time_base:
        return max(0, int(stream.duration * stream.time_base * 1000)), True
    if container.duration and container.duration > 0:
        return container.duration // 1000, False
    return None, False
