"""Every recording that we refuse, by the name of its error."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from aam.foundation.errors import Transient, Unprocessable, leaves
from aam.media import errors
from aam.media.schemas import AudioFormat, MediaLimits
from aam.media.service import extract_audio, probe
from tests.support import recordings as make
from tests.support.ranges import RangeServer
from tests.support.sinks import MemoryStore

DRM = {
    "encryption_scheme": "cenc-aes-ctr",
    "encryption_key": "76a6c65c5ea762046bd749a2e632ccbb",
    "encryption_kid": "a7e61c373e219033c21091fa607bf3b8",
}


def _truncated_mp4() -> bytes:
    whole = make.faststart(make.noise(20, seed=1))
    return whole[: len(whole) // 2]


def _truncated_wav() -> bytes:
    return make.wav(make.tone(10))[: 16_000 * 2 * 6]


def _only_damaged_frames() -> bytes:
    whole = bytearray(make.encode(make.noise(5, seed=1), container="mp4", codec="aac"))
    start = whole.index(b"mdat") + 4
    end = whole.index(b"moov") - 4
    whole[start:end] = b"\xff" * (end - start)
    return bytes(whole)


def _relabelled(entry: bytes) -> bytes:
    """An mp4 whose sample entry says that it is protected, without saying how."""
    return make.encode(make.tone(2), container="mp4", codec="aac").replace(b"mp4a", entry, 1)


CASES = {
    "zero bytes": (b"", errors.EmptyFile),
    "text renamed": ("Протокол встречи\n".encode() * 50, errors.NotARecording),
    "a lone byte": (b"\xff", errors.NotARecording),
    "pdf": (b"%PDF-1.7\n" + bytes(500), errors.NotARecording),
    "utf-16 text": ("Minutes of the meeting".encode("utf-16"), errors.NotARecording),
    "hls playlist": (b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1/a.ts\n", errors.NotARecording),
    "avi": (b"RIFF\x00\x10\x00\x00AVI LIST" + bytes(600), errors.UnsupportedContainer),
    "flv": (b"FLV\x01\x05" + bytes(600), errors.UnsupportedContainer),
    "transport stream": ((b"\x47" + bytes(187)) * 10, errors.UnsupportedContainer),
    "wav header only": (make.wav(np.zeros(0, np.int16)), errors.EmptyAudio),
    "wav at 1 MHz": (make.wav(make.tone(1), rate=1_092_676), errors.BadSampleRate),
    "wav at 2 kHz": (make.wav(make.tone(1), rate=2_000), errors.BadSampleRate),
    "wav without format": (b"RIFF" + struct.pack("<I", 100) + b"WAVEdata" + bytes(100), errors.Corrupt),
    "ogg of zeros": (b"OggS" + bytes(2000), errors.Corrupt),
    "mp4 of zeros": (struct.pack(">I4s", 32, b"ftyp") + bytes(2000), errors.Corrupt),
    "matroska of zeros": (b"\x1a\x45\xdf\xa3" + bytes(2000), errors.Corrupt),
    "id3 before nothing": (b"ID3\x04\x00\x00\x00\x00\x7f\x7f" + bytes(100), errors.NotARecording),
    "pictures only": (make.video(None, seconds=1), errors.NoAudioTrack),
    "drm": (make.encode(make.tone(2), container="mp4", codec="aac", options=DRM), errors.Encrypted),
    "fairplay": (_relabelled(b"drms"), errors.Encrypted),
    "damaged frames": (_only_damaged_frames(), errors.Corrupt),
    "truncated mp4": (_truncated_mp4(), errors.Truncated),
    "truncated wav": (_truncated_wav(), errors.Truncated),
    "digital silence": (make.wav(np.zeros(32_000, np.int16)), errors.Silent),
    "silence with an offset": (make.wav(np.full(32_000, 900, np.int16)), errors.Silent),
    "too quiet": (make.wav(make.tone(3, dbfs=-62)), errors.Silent),
}


@pytest.mark.parametrize("case", CASES)
def test_is_refused_by_name_and_leaves_nothing(case: str, server: RangeServer, store: MemoryStore) -> None:
    content, expected = CASES[case]
    url = server.put("recording.mp3", content)
    with pytest.raises(expected) as caught:
        extract_audio(url, open_sink=store, audio_format=AudioFormat.OPUS)
    assert type(caught.value) is expected
    assert "secret" not in str(caught.value)
    assert store.objects == {}
    assert len(store.aborted) == len(store.opened)


@pytest.mark.parametrize(
    "case", [name for name, (_, error) in CASES.items() if error not in (errors.Silent, errors.Truncated)]
)
def test_probe_refuses_what_headers_and_a_frame_tell(case: str, server: RangeServer) -> None:
    content, expected = CASES[case]
    with pytest.raises(expected):
        probe(server.put("recording.mp3", content))


HOSTILE = {
    "awful.wav": errors.BadSampleRate,
    "bad.wav": errors.Corrupt,
    "evil.wav": errors.Corrupt,
    "null.wav": errors.EmptyAudio,
}


def test_the_shared_hostile_files_are_all_named(server: RangeServer) -> None:
    folder = make.SHARED / "audio" / "hostile"
    if not folder.is_dir():
        pytest.skip("../shared/data/audio/hostile is not on this machine")
    for path in sorted(folder.iterdir()):
        with pytest.raises(HOSTILE[path.name]):
            probe(server.put(path.name, path))


def test_one_hour_declared_is_refused_before_decoding(server: RangeServer, store: MemoryStore) -> None:
    url = server.put("a.wav", make.wav(make.tone(30)))
    with pytest.raises(errors.TooLong):
        extract_audio(url, open_sink=store, audio_format=AudioFormat.WAV16K, limits=MediaLimits(max_duration_ms=20_000))
    assert store.opened == []


def test_decoding_stops_at_the_limit(server: RangeServer, store: MemoryStore) -> None:
    live = make.encode(make.noise(30, seed=2), container="matroska", codec="libopus", seekable=False)
    limits = MediaLimits(max_duration_ms=20_000)
    url = server.put("live.webm", live)
    assert probe(url, limits=limits).declared_duration_ms is None
    with pytest.raises(errors.TooLong):
        extract_audio(url, open_sink=store, audio_format=AudioFormat.WAV16K, channels_are_speakers=True, limits=limits)
    assert store.opened == store.aborted != [] or store.aborted == ["derived/audio.wav"]


def test_a_leap_in_time_beyond_the_limit_is_refused_at_once(server: RangeServer, store: MemoryStore) -> None:
    leap = make.encode(
        make.noise(4, seed=2), container="matroska", codec="libopus", seekable=False, gap_at_s=2, gap_s=400_000
    )
    with pytest.raises(errors.TooLong):
        extract_audio(server.put("leap.webm", leap), open_sink=store, audio_format=AudioFormat.WAV16K)
    assert store.written < 200_000, "hours of silence were written first"


def test_a_few_damaged_frames_are_counted_not_fatal(server: RangeServer, store: MemoryStore) -> None:
    whole = bytearray(make.encode(make.noise(20, seed=1), container="mp4", codec="aac"))
    middle = (whole.index(b"mdat") + whole.index(b"moov")) // 2
    whole[middle : middle + 600] = b"\xff" * 600
    found = extract_audio(server.put("a.m4a", bytes(whole)), open_sink=store, audio_format=AudioFormat.WAV16K)
    assert 0 < found.damaged_packets < 10
    assert abs(found.duration_ms - 20_000) < 200


PLAYLISTS = {
    "m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{url}\n#EXTINF:10,\nfile://{file}\n#EXT-X-ENDLIST\n",
    "ffconcat": "ffconcat version 1.0\nfile '{file}'\nfile '{url}'\n",
    "sdp": "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\n",
    "dash": '<?xml version="1.0"?><MPD><Period><BaseURL>{url}</BaseURL></Period></MPD>',
    "m3u": "{url}\n{file}\n",
    "pls": "[playlist]\nFile1={url}\nNumberOfEntries=1\n",
    "smuggled in mp3": "ID3\x04\x00\x00\x00\x00\x00\x00#EXTM3U\n#EXTINF:10,\n{url}\n",
}


@pytest.mark.parametrize("kind", PLAYLISTS)
@pytest.mark.parametrize("name", ["meeting.mp4", "meeting.mp3", "meeting.m3u8"])
def test_playlists_reach_neither_file_nor_network(
    kind: str, name: str, server: RangeServer, store: MemoryStore, tmp_path: Path
) -> None:
    canary = tmp_path / "canary.wav"
    canary.write_bytes(make.wav(make.tone(2)))
    read_before = canary.stat().st_atime_ns
    bait = server.put("canary.wav", canary)
    text = PLAYLISTS[kind].format(url=bait, file=canary, port=server.address.rpartition(":")[2])
    server.objects[f"/{name}"] = text.encode()
    with pytest.raises(errors.NotARecording):
        extract_audio(f"{server.address}/{name}", open_sink=store, audio_format=AudioFormat.OPUS)
    assert {path for _, path, _ in server.asked} == {f"/{name}"}
    assert canary.stat().st_atime_ns == read_before


def test_a_mov_that_points_elsewhere_is_not_followed(server: RangeServer, store: MemoryStore) -> None:
    """QuickTime data references may name a file or URL; the samples' own file is all that is ever read."""
    whole = make.encode(make.tone(3), container="mov", codec="pcm_s16le")
    bait = server.put("canary.wav", make.wav(make.tone(2)))
    at = whole.index(b"dref")
    entry = whole.index(b"url ", at)
    address = bait.encode() + b"\0"
    # The entry's flag "in this file" is cleared; its name does not fit without moving boxes, so it stays nameless.
    hostile = whole[: entry + 4] + b"\0\0\0\0" + whole[entry + 8 :]
    assert address not in hostile
    url = server.put("meeting.mov", hostile)
    extract_audio(url, open_sink=store, audio_format=AudioFormat.WAV16K)
    assert {path for _, path, _ in server.asked} == {"/meeting.mov"}


def test_addresses_other_than_http_are_refused(store: MemoryStore, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(make.wav(make.tone(1)))
    for address in (str(path), f"file://{path}", "concat:a|b", "http:///a", "ftp://127.0.0.1/a.wav"):
        with pytest.raises(errors.SourceNotAllowed):
            extract_audio(address, open_sink=store, audio_format=AudioFormat.OPUS)


def test_every_leaf_has_its_own_code_and_says_what_to_do() -> None:
    ours = [
        leaf for root in (Unprocessable, Transient) for leaf in leaves(root) if leaf.__module__ == "aam.media.errors"
    ]
    assert len(ours) == len({leaf.code for leaf in ours}) == len({leaf.sentence for leaf in ours}) == 18
    for leaf in ours:
        assert leaf.code in str(leaf.code.lower())
        assert leaf.sentence.endswith(".")
        assert leaf.__name__ in str(errors.__doc__)
