"""Transcripts that people bring: WebVTT, SubRip, Deepgram's JSON and plain text."""

from __future__ import annotations

from pathlib import PurePath

from aam.transcription.errors import NoCues, TooManyCues, TranscriptTooLarge, UnknownTranscriptFormat
from aam.transcription.imports.assemble import assemble
from aam.transcription.imports.cues import Cue
from aam.transcription.imports.decode import decode
from aam.transcription.imports.deepgram_json import transcript_of_deepgram_json
from aam.transcription.imports.plain import read_plain
from aam.transcription.imports.subtitles import read_srt, read_vtt
from aam.transcription.schemas import Transcript

MAX_BYTES = 20 * 1024 * 1024
MAX_CUES = 200_000
SUFFIXES = (".vtt", ".srt", ".json", ".txt")

__all__ = ["MAX_BYTES", "MAX_CUES", "SUFFIXES", "read_transcript"]


def read_transcript(data: bytes, *, filename: str, language: str) -> Transcript:
    """Read a brought transcript into the canonical form.

    The format is taken from the file's suffix.  What had to be put right stands in ``Transcript.notes``.
    Raises TranscriptTooLarge, UnknownTranscriptFormat, TranscriptUndecodable, ForeignJson, NoCues,
    TooManyCues or ReversedTimes.
    """
    if len(data) > MAX_BYTES:
        raise TranscriptTooLarge
    suffix = PurePath(filename).suffix.lower()
    if suffix not in SUFFIXES:
        raise UnknownTranscriptFormat
    decoded = decode(data)
    notes = list(decoded.notes)
    if suffix == ".json":
        transcript = transcript_of_deepgram_json(decoded.text, language=language, notes=tuple(notes))
        if len(transcript.utterances) > MAX_CUES:
            raise TooManyCues
        return transcript
    cues: list[Cue]
    if suffix == ".vtt":
        cues = read_vtt(decoded.text, notes, limit=MAX_CUES)
    elif suffix == ".srt":
        cues = read_srt(decoded.text, notes, limit=MAX_CUES)
    else:
        cues = read_plain(decoded.text, limit=MAX_CUES)
    if not cues:
        raise NoCues
    return assemble(cues, language=language, model=suffix[1:], notes=notes)
