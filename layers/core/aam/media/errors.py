"""Errors of recordings that cannot be used.

Unprocessable
├── EmptyFile                zero bytes
├── NotARecording            no audio or video file at all: text, a playlist, a document
├── UnsupportedContainer     audio or video, of a kind that we do not take
├── UnsupportedCodec         a container that we take, a codec that we cannot decode
├── NoAudioTrack             pictures only
├── EmptyAudio               an audio track without a single sample
├── Encrypted                protected by DRM
├── BadSampleRate            outside 4 to 384 kHz
├── TooLong                  declared or decoded, longer than the limit
├── Truncated                less than 98 % of what the file declares
├── Silent                   no second above -60 dBFS
├── Corrupt                  damaged beyond decoding
├── SourceNotAllowed         not an http(s) address
├── SourceMissing            the object is gone
└── RangesUnsupported        a storage that cannot serve parts of an object
Transient
├── SourceUnavailable        the storage did not answer, or stopped answering
├── SourceLinkRefused        the presigned address expired or is not accepted
└── SourceChanged            the object was replaced while it was read
"""

from __future__ import annotations

from aam.foundation.errors import Transient, Unprocessable

TAKEN = "mp4, m4a, mov, webm, mkv, ogg, mp3, wav, flac or aac"


class EmptyFile(Unprocessable):
    """The file has no bytes."""

    code = "empty_file"
    sentence = "The file is empty; upload the recording again."


class NotARecording(Unprocessable):
    """The file's first bytes belong to no audio or video format."""

    code = "not_a_recording"
    sentence = f"This is not an audio or video file, whatever its name says; upload {TAKEN}."


class UnsupportedContainer(Unprocessable):
    """Audio or video, but of a kind that we do not take."""

    code = "unsupported_container"
    sentence = f"Recordings of this kind are not supported; convert it to {TAKEN} and upload that."


class UnsupportedCodec(Unprocessable):
    """The audio track is coded in a way that we cannot decode."""

    code = "unsupported_codec"
    sentence = "The recording's audio codec is not supported; convert the audio to AAC, Opus, MP3 or FLAC."


class NoAudioTrack(Unprocessable):
    """The recording has no audio track."""

    code = "no_audio_track"
    sentence = "The recording has no audio track; upload one with sound, or bring a transcript."


class EmptyAudio(Unprocessable):
    """The audio track holds no sample."""

    code = "empty_audio"
    sentence = "The recording's audio track is empty; record the meeting again or bring a transcript."


class Encrypted(Unprocessable):
    """The audio is protected."""

    code = "encrypted_recording"
    sentence = "The recording is protected by DRM or encryption; upload an unprotected copy."


class BadSampleRate(Unprocessable):
    """The sample rate is not one of sound."""

    code = "bad_sample_rate"
    sentence = "The recording's sample rate is outside 4 to 384 kHz; export it at 16 or 48 kHz and upload that."


class TooLong(Unprocessable):
    """The recording is longer than the limit."""

    code = "recording_too_long"
    sentence = "The recording is longer than the limit; cut it into parts and upload each as a meeting."


class Truncated(Unprocessable):
    """The recording ends well before the end that it declares."""

    code = "truncated_recording"
    sentence = "The recording breaks off before its declared end; upload the whole file again."


class Silent(Unprocessable):
    """No second of the recording is loud enough to hold speech."""

    code = "silent_recording"
    sentence = "The recording is silent throughout; check the microphone that was recorded, or bring a transcript."


class Corrupt(Unprocessable):
    """The recording is damaged beyond decoding."""

    code = "corrupt_recording"
    sentence = "The recording is damaged and cannot be decoded; export or upload it again."


class SourceNotAllowed(Unprocessable):
    """The address to read is not one of our storage."""

    code = "source_not_allowed"
    sentence = "Recordings are read from our storage over http or https only."


class SourceMissing(Unprocessable):
    """The object is gone."""

    code = "recording_missing"
    sentence = "The recording is no longer in storage; upload it again."


class RangesUnsupported(Unprocessable):
    """The storage answers a request for a part with something else."""

    code = "storage_without_ranges"
    sentence = "The storage does not serve parts of files (HTTP Range); tell an operator to configure one that does."


class SourceUnavailable(Transient):
    """The storage did not answer, or stopped answering."""

    code = "recording_unavailable"
    sentence = "The recording could not be read from storage just now; it is tried again."


class SourceLinkRefused(Transient):
    """The presigned address is no longer accepted; the next attempt signs a new one."""

    code = "recording_link_refused"
    sentence = "The link to the recording expired while it was read; it is tried again with a new one."


class SourceChanged(Transient):
    """The object was replaced while it was read."""

    code = "recording_changed"
    sentence = "The recording was replaced while it was read; it is tried again."
