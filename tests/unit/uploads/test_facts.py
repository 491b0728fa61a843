from __future__ import annotations

import pytest

from aam.media.sniffing import kind_of_head
from aam.uploads.facts import announces_transcript, brings_transcript, language_found
from aam.uploads.models import UploadBlob

MP4 = b"\0\0\0\x20ftypisom" + bytes(range(64))
VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\nhello\n"
SRT = "1\r\n00:00:01,000 --> 00:00:02,000\r\nДобрий день\r\n"


@pytest.mark.parametrize(
    ("filename", "content_type", "head", "kind"),
    [
        ("talk.mp4", "video/mp4", MP4, "recording"),
        ("talk.vtt", "text/vtt", MP4, "recording"),
        ("talk.mp4", "video/mp4", VTT, "transcript"),
        ("talk", "application/octet-stream", VTT, "transcript"),
        ("talk.srt", "application/octet-stream", SRT.encode("cp1251"), "transcript"),
        ("talk.bin", "application/octet-stream", SRT.encode("utf-16"), "transcript"),
        ("talk.srt. ", "application/octet-stream", b"just words", "transcript"),
        ("talk", "text/srt; charset=utf-8", b"just words", "transcript"),
        ("talk.txt", "text/plain", b"The free plan ends on Friday.", "transcript"),
        ("talk.docx", "application/octet-stream", b"PK\x03\x04\x14\0[Content_Types].xml", "transcript"),
        ("list.mp4", "video/mp4", b"#EXTM3U\nhttp://example.com/a.ts", "recording"),
        ("talk.mp3", "audio/mpeg", b"ID3\x04\0\0\0\0\0\0" + bytes(64), "recording"),
    ],
)
def test_the_content_of_an_upload_decides_what_it_is(filename: str, content_type: str, head: bytes, kind: str) -> None:
    assert kind_of_head(head, announced=announces_transcript(filename, content_type)) == kind


def upload(filename: str, facts: dict[str, object] | None) -> UploadBlob:
    return UploadBlob(filename=filename, content_type="application/octet-stream", media_facts=facts)


def test_what_was_found_counts_more_than_the_name() -> None:
    assert brings_transcript(upload("talk.vtt", None))
    assert not brings_transcript(upload("talk.vtt", {"container": "mov"}))
    assert brings_transcript(upload("talk.mp4", {"kind": "transcript", "language": "uk"}))
    assert language_found(upload("talk.mp4", {"kind": "transcript", "language": "uk"})) == "uk"
    assert language_found(upload("talk.mp4", {"container": "mov"})) is None
