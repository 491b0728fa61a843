"""Transcripts that people bring: captions, text exports, documents, and Deepgram's JSON.

One reader for each layout (`captions`, `plain`, `deepgram_json`) gives cues; `rolling` takes out what is only shown
again, `speakers` tells who says what, `assemble` makes utterances of it.  The content decides what a file is, never its
name.  Each line that is no markup ends in exactly one utterance, or in a remark that counts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from aam.foundation.errors import Unprocessable
from aam.language.detect import detect_language
from aam.transcription.deepgram_reply import UNDETERMINED
from aam.transcription.errors import NoCues, TranscriptTooLarge, UnknownTranscriptFormat
from aam.transcription.imports.assemble import assemble
from aam.transcription.imports.captions import read_captions
from aam.transcription.imports.decode import decode
from aam.transcription.imports.deepgram_json import transcript_of_deepgram_json
from aam.transcription.imports.document import SIGNATURE, text_of_document
from aam.transcription.imports.limits import MAX_BYTES, MAX_CUES, Meter
from aam.transcription.imports.name_lines import with_speakers_of_name_lines
from aam.transcription.imports.notes import Notes
from aam.transcription.imports.plain import read_plain
from aam.transcription.imports.rolling import without_repeats
from aam.transcription.imports.sniffing import Layout, layout_of, lines_in
from aam.transcription.imports.speakers import turns_of
from aam.transcription.schemas import Transcript

__all__ = ["MAX_BYTES", "MAX_CUES", "read_transcript", "text_of"]


def read_transcript(data: bytes, *, filename: str, language: str, participants: Sequence[str] = ()) -> Transcript:
    """Read a brought transcript into the canonical form.

    ``language`` is a tag, or UNDETERMINED, and then it is found in the text.  ``participants`` are names that count as
    speakers wherever they stand before a colon.  What had to be put right stands in ``Transcript.notes``, in the
    transcript's own language.  Raises TranscriptTooLarge, UnknownTranscriptFormat, TranscriptUndecodable,
    DocumentUnreadable, ForeignJson, NoCues, and what `limits` raises.
    """
    if len(data) > MAX_BYTES:
        raise TranscriptTooLarge
    notes = Notes()
    transcript = _read(data, notes, filename=filename, language=language, participants=participants)
    if transcript.language == UNDETERMINED:
        found = detect_language(utterance.text for utterance in transcript.utterances)
        transcript = transcript.model_copy(update={"language": found or UNDETERMINED})
    return transcript.model_copy(update={"notes": notes.sentences(transcript.language)})


def _read(data: bytes, notes: Notes, *, filename: str, language: str, participants: Sequence[str]) -> Transcript:
    meter = Meter()
    text = text_of_document(data) if data.startswith(SIGNATURE) else decode(data, notes)
    layout = layout_of(text, filename=filename)
    if layout is Layout.FOREIGN:
        raise UnknownTranscriptFormat
    if layout is Layout.JSON:
        return transcript_of_deepgram_json(text, language=language, meter=meter)
    lines = lines_in(text)
    if layout is Layout.PLAIN:
        cues = read_plain(lines, notes, meter)
    else:
        named_vtt = PurePath(filename.rstrip(". ")).suffix.lower() == ".vtt"
        captions = read_captions(lines, notes, meter, named_vtt=named_vtt)
        cues = without_repeats(with_speakers_of_name_lines(captions, participants=participants), notes)
    turns = [turn for turn in turns_of(cues, participants=participants) if turn.text] if cues else []
    if not turns:
        raise NoCues
    return assemble(turns, language=language, model=layout, notes=notes)


def text_of(data: bytes) -> str:
    """Return an imported file as text, of any layout; bytes that are no text in any encoding are replaced."""
    try:
        return text_of_document(data) if data.startswith(SIGNATURE) else decode(data, Notes())
    except Unprocessable:
        return data.decode(errors="replace")
