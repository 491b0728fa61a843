"""Find the container of a file by its first bytes, not by its name.

Sources: ISO/IEC 14496-12 (boxes), RFC 9559 (Matroska), RFC 3533 (Ogg), RFC 9639 (FLAC), ISO/IEC 11172-3 and 13818-7
(frame headers of MPEG audio and ADTS), id3.org (ID3v2.4).
"""

from __future__ import annotations

import io
import re
from typing import Literal

from aam.media.errors import NotARecording, UnsupportedContainer

HEAD_BYTES = 4096
_TEXT_CONTROLS = frozenset(b"\t\n\v\f\r\x1a\x1b")
_TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_ZIP = b"PK\x03\x04"
_TIMING = re.compile(rb"\d{1,6}:\d{1,2}[\d:;.,]{0,16} ?(?:-{1,2}>|\xe2\x86\x92|\xe2\x80[\x93\x94]>) ?\d")

DEMUXERS = {
    "mov": "mov,mp4,m4a,3gp,3g2,mj2",
    "matroska": "matroska,webm",
    "ogg": "ogg",
    "mp3": "mp3",
    "wav": "wav",
    "flac": "flac",
    "aac": "aac",
}
"""The demuxers we let FFmpeg use, and the names under which they present themselves."""

_MOST_CHUNKS = 64
_UNKNOWN_FROM = 0x7FFFF000
_BOXES = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_OTHER_MEDIA = (
    b"FLV\x01",
    b"0&\xb2u\x8ef\xcf\x11",
    b"\x00\x00\x01\xba",
    b"#!AMR",
    b"FORM",
    b"caff",
    b".snd",
    b"wvpk",
)


def sniff(source: io.RawIOBase) -> str:
    """Return the name of the demuxer in `DEMUXERS` that fits the file.

    Raises `UnsupportedContainer` for other audio and video, `NotARecording` for everything else.
    """
    source.seek(0)
    head = source.read(HEAD_BYTES) or b""
    if head[:3] == b"ID3" and len(head) >= 10:
        # The length is 28 bits, seven a byte; the tag stands before mp3, aac or flac.
        skip = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
        source.seek(skip)
        head = source.read(HEAD_BYTES) or b""
        name = _frames(head.lstrip(b"\0"))
    else:
        name = _magic(head) or _frames(head)
    source.seek(0)
    if name:
        return name
    if head.startswith(_OTHER_MEDIA) or (head[:4] == b"RIFF" and head[8:12] == b"AVI ") or _is_transport(head):
        raise UnsupportedContainer
    raise NotARecording


def kind_of_head(head: bytes, *, announced: bool) -> Literal["recording", "transcript"]:
    """Return whether a file with this head is a recording or a transcript.

    The content decides; ``announced`` says that its name or type call it a transcript, which counts for texts that
    could be anything and for what is neither.
    """
    if _is_text(head):
        return "transcript" if announced or _has_captions(head) else "recording"
    if head.startswith(_ZIP) and (announced or b"[Content_Types].xml" in head):
        return "transcript"
    if head[:3] == b"ID3" or _magic(head) or _frames(head) or head.startswith(_OTHER_MEDIA):
        return "recording"
    return "transcript" if announced or (head.startswith(_TEXT_MARKS) and _has_captions(head)) else "recording"


def _is_text(head: bytes) -> bool:
    """Return whether a file's head holds no byte that no text has; every recording has some there."""
    return bool(head) and all(byte >= 0x20 or byte in _TEXT_CONTROLS for byte in head)


def _has_captions(head: bytes) -> bool:
    plain = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return plain.lstrip().startswith(b"WEBVTT") or _TIMING.search(plain) is not None


def wav_duration_ms(source: io.RawIOBase) -> int | None:
    """Return the duration that a WAV file's header declares, or None where it does not say.

    FFmpeg takes the file's size for it and so never finds a WAV truncated.  Sizes of 2 GiB and more are what programs
    write who do not know; the position is kept.
    """
    place = source.tell()
    try:
        source.seek(12)
        byte_rate = 0
        for _ in range(_MOST_CHUNKS):
            header = source.read(8) or b""
            if len(header) < 8:
                return None
            name, size = header[:4], int.from_bytes(header[4:], "little")
            if name == b"data":
                return size * 1000 // byte_rate if byte_rate and 0 < size < _UNKNOWN_FROM else None
            if name == b"fmt ":
                byte_rate = int.from_bytes((source.read(16) or b"")[8:12], "little")
                size -= 16
            source.seek(size + size % 2, io.SEEK_CUR)
        return None
    finally:
        source.seek(place)


def _magic(head: bytes) -> str | None:
    if head[4:8] in _BOXES:
        return "mov"
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "matroska"
    if head[:4] == b"OggS":
        return "ogg"
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        return "wav"
    return None


def _frames(head: bytes) -> str | None:
    """Return FLAC, or a format of bare frames: by its sync word and the fields that must not be reserved."""
    if head[:4] == b"fLaC":
        return "flac"
    if len(head) < 4 or head[0] != 0xFF:
        return None
    if head[1] & 0xF6 == 0xF0:
        return "aac" if (head[2] >> 2) & 0xF < 13 else None
    layer_three = head[1] & 0xE6 == 0xE2 and head[1] & 0x18 != 0x08
    return "mp3" if layer_three and head[2] >> 4 != 0xF and (head[2] >> 2) & 3 != 3 else None


def _is_transport(head: bytes) -> bool:
    """Return whether the head is an MPEG transport stream: a sync byte every 188."""
    return len(head) > 564 and all(head[at] == 0x47 for at in (0, 188, 376, 564))
