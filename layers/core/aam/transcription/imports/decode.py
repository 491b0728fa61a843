"""From bytes to text: UTF-8 and UTF-16, with or without a byte order mark, or a legacy encoding by its own evidence."""

from __future__ import annotations

import codecs

from aam.transcription.errors import TranscriptUndecodable
from aam.transcription.imports.legacy import read_legacy
from aam.transcription.imports.note_sentences import Note
from aam.transcription.imports.notes import Notes

_SAMPLE = 200_000


def decode(data: bytes, notes: Notes) -> str:
    """Decode a brought file, or raise TranscriptUndecodable."""
    try:
        if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
            raise TranscriptUndecodable
        if data.startswith(codecs.BOM_UTF8):
            return _checked(data.decode("utf-8-sig"))
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return _checked(data.decode("utf-16"))
        if b"\0" in data:
            text = _checked(data.decode(_utf16_order(data)))
            notes.add(Note.NO_BYTE_ORDER_MARK)
            return text
    except UnicodeDecodeError as error:
        raise TranscriptUndecodable from error
    try:
        return _checked(data.decode("utf-8"))
    except UnicodeDecodeError:
        legacy = read_legacy(data)
    if legacy is None:
        raise TranscriptUndecodable
    notes.read_as(legacy.name)
    return legacy.text


def _checked(text: str) -> str:
    if "\0" in text:
        raise TranscriptUndecodable
    return text.removeprefix("\ufeff")


def _utf16_order(data: bytes) -> str:
    """Tell the byte order by where the zero bytes of ASCII characters stand; every text has some."""
    sample = data[:_SAMPLE]
    high_first, low_first = sample[0::2].count(0), sample[1::2].count(0)
    fewest, most = sorted((high_first, low_first))
    if len(data) % 2 or most < len(sample) / 40 or fewest > most / 10:
        raise TranscriptUndecodable
    return "utf-16-be" if high_first > low_first else "utf-16-le"
