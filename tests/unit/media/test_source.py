"""Reading by ranges: resuming, refusing, and never leaking the address."""

from __future__ import annotations

import io
import socket

import pytest

from aam.media import errors
from aam.media.schemas import AudioFormat
from aam.media.service import extract_audio, probe
from aam.media.source import READ_THROUGH_BYTES, RangeSource
from tests.support import recordings as make
from tests.support.ranges import RangeServer
from tests.support.sinks import MemoryStore

CONTENT = bytes(range(256)) * 40_000


def _open(url: str) -> RangeSource:
    return RangeSource(url, timeout_s=5)


def test_reads_seeks_and_ends_like_a_file(server: RangeServer) -> None:
    with _open(server.put("a", CONTENT)) as source:
        assert source.size == len(CONTENT)
        assert source.read(10) == CONTENT[:10]
        assert source.seek(-5, io.SEEK_END) == len(CONTENT) - 5
        assert source.read(100) == CONTENT[-5:]
        assert source.read(100) == b""
        source.seek(7)
        assert source.read(3) == CONTENT[7:10]
        assert source.tell() == 10


def test_small_gaps_are_read_through_and_large_ones_asked_anew(server: RangeServer) -> None:
    with _open(server.put("a", CONTENT)) as source:
        source.read(10)
        source.seek(1_000_000)
        assert source.read(4) == CONTENT[1_000_000:1_000_004]
        assert len(server.asked) == 1
        far = 1_000_004 + READ_THROUGH_BYTES + 1
        source.seek(far)
        assert source.read(4) == CONTENT[far : far + 4]
    assert [span for _, _, span in server.asked] == ["bytes=0-", f"bytes={far}-"]


def test_a_broken_connection_is_resumed_where_it_stopped(server: RangeServer) -> None:
    server.break_after = 3_000_000
    with _open(server.put("a", CONTENT)) as source:
        whole = b"".join(iter(lambda: source.read(500_000), b""))
    assert whole == CONTENT
    assert len(server.asked) == -(-len(CONTENT) // 3_000_000)


def test_a_server_that_stops_answering_is_a_passing_fault(server: RangeServer) -> None:
    url = server.put("a", CONTENT)
    server.break_after = 1_000
    with _open(url) as source:
        source.read(1_000)
        server.break_after = 0
        with pytest.raises(errors.SourceUnavailable):
            source.read(1)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (500, errors.SourceUnavailable),
        (503, errors.SourceUnavailable),
        (429, errors.SourceUnavailable),
        (403, errors.SourceLinkRefused),
        (404, errors.SourceMissing),
        (416, errors.EmptyFile),
        (301, errors.RangesUnsupported),
        (307, errors.RangesUnsupported),
    ],
)
def test_each_answer_has_its_error(status: int, expected: type[Exception], server: RangeServer) -> None:
    url = server.put("a", CONTENT)
    server.status = status
    with pytest.raises(expected) as caught:
        probe(url)
    assert "secret" not in repr(caught.value)
    assert len(server.asked) == 1


def test_refused_connection_is_a_passing_fault() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(errors.SourceUnavailable):
        probe(f"http://127.0.0.1:{port}/a?X-Amz-Signature=secret")


def test_a_storage_without_ranges_is_refused(server: RangeServer) -> None:
    url = server.put("a.wav", make.wav(make.tone(2)))
    server.without_ranges = True
    with pytest.raises(errors.RangesUnsupported):
        probe(url)


def test_an_object_replaced_meanwhile_is_noticed(server: RangeServer) -> None:
    server.tags = ['"one"', '"two"']
    with _open(server.put("a", CONTENT)) as source:
        source.seek(6_000_000)
        with pytest.raises(errors.SourceChanged):
            source.read(1)


@pytest.mark.parametrize(
    ("container", "codec"),
    [("wav", "pcm_s16le"), ("mp3", "libmp3lame"), ("adts", "aac"), ("ogg", "libopus"), ("webm", "libopus")],
)
def test_a_fault_while_decoding_is_not_the_end_of_the_file(
    container: str, codec: str, server: RangeServer, store: MemoryStore
) -> None:
    """FFmpeg would call it an I/O error or, after good bytes, the end."""
    content = make.encode(make.noise(60, seed=3), container=container, codec=codec)
    url = server.put("a", content)
    server.break_after = len(content) * 2 // 3
    server.fails_after = len(server.asked) + 1
    with pytest.raises(errors.SourceUnavailable):
        extract_audio(url, open_sink=store, audio_format=AudioFormat.WAV16K)
    assert store.objects == {}


def test_a_fault_that_looks_like_the_end_is_remembered(
    server: RangeServer, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a declared duration nothing else would tell a fault from the end."""
    content = make.encode(make.noise(60, seed=3), container="mp3", codec="libmp3lame")
    healthy = RangeSource._read

    def swallowed(self: RangeSource, wanted: int) -> bytes:
        if self.tell() > len(content) // 2:
            self.failure = errors.SourceUnavailable()
            return b""
        return healthy(self, min(wanted, len(content) // 8))

    monkeypatch.setattr(RangeSource, "_read", swallowed)
    with pytest.raises(errors.SourceUnavailable):
        extract_audio(server.put("a.mp3", content), open_sink=store, audio_format=AudioFormat.WAV16K)
    assert store.objects == {}


def test_a_reader_sent_to_and_fro_is_stopped(server: RangeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aam.media.source._SPARE_BYTES", 0)

    def wander(source: RangeSource) -> None:
        for _ in range(5):
            source.seek(0)
            while source.read(1_000_000):
                pass

    with _open(server.put("a", CONTENT)) as source, pytest.raises(errors.Corrupt):
        wander(source)
