"""From bytes to text: UTF-8, UTF-16 and Windows-1251, with or without a byte order mark."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from aam.transcription.errors import TranscriptUndecodable

_SAMPLE = 200_000
# The ten commonest letters of Russian and of Ukrainian together make some 60–70 % of a text in either; the
# same bytes of a KOI8-R text read as Windows-1251 give about 35 %.
_COMMON = frozenset("оеаинтсрвлі")
_CYRILLIC = re.compile(r"[а-яёіїєґ]", re.IGNORECASE)
_MIXED_WORD = re.compile(r"[a-z][а-яёіїєґ]|[а-яёіїєґ][a-z]", re.IGNORECASE)
# Only the order of the two cases tells KOI8-R apart in a short text: there small letters have the codes
# that capitals have here, so its words look like "лШ".
_INVERTED = re.compile(r"[а-яё][А-ЯЁ]")
_PUNCTUATION = frozenset("«»–—…“”„‘’№\xa0•°§©®™")


@dataclass(frozen=True)
class Decoded:
    """The text of a file, and what is to be told about how it was read."""

    text: str
    notes: tuple[str, ...] = ()


def decode(data: bytes) -> Decoded:
    """Decode a brought file, or raise TranscriptUndecodable."""
    try:
        if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
            raise TranscriptUndecodable
        if data.startswith(codecs.BOM_UTF8):
            return _checked(data.decode("utf-8-sig"))
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return _checked(data.decode("utf-16"))
        if b"\0" in data:
            return _checked(data.decode(_utf16_order(data)), "The file had no byte order mark; it was read as UTF-16.")
    except UnicodeDecodeError as error:
        raise TranscriptUndecodable from error
    try:
        return _checked(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _cyrillic(data)


def _checked(text: str, *notes: str) -> Decoded:
    if "\0" in text:
        raise TranscriptUndecodable
    return Decoded(text, notes)


def _utf16_order(data: bytes) -> str:
    """Tell the byte order by where the zero bytes of ASCII characters stand; every text has some."""
    sample = data[:_SAMPLE]
    high_first, low_first = sample[0::2].count(0), sample[1::2].count(0)
    fewest, most = sorted((high_first, low_first))
    if len(data) % 2 or most < len(sample) / 40 or fewest > most / 10:
        raise TranscriptUndecodable
    return "utf-16-be" if high_first > low_first else "utf-16-le"


def _cyrillic(data: bytes) -> Decoded:
    try:
        text = data.decode("cp1251")
    except UnicodeDecodeError as error:
        raise TranscriptUndecodable from error
    sample = text[:_SAMPLE]
    letters = _CYRILLIC.findall(sample)
    foreign = sum(1 for c in sample if ord(c) > 127 and c not in _PUNCTUATION) - len(letters)
    common = sum(1 for c in letters if c.lower() in _COMMON)
    mixed = len(_MIXED_WORD.findall(sample))
    few, inverted = len(letters) / 20, len(_INVERTED.findall(sample))
    if not letters or common < len(letters) / 2 or foreign > few or mixed > few or inverted > few / 2:
        raise TranscriptUndecodable
    return _checked(text, "The file was read as Windows-1251.")
