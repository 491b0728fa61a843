"""Notes on corrections and omissions of an import, counted while reading and written in the transcript's language."""

from __future__ import annotations

from collections import Counter

from aam.transcription.imports.note_sentences import READ_AS, Note, counted, tongue_for


class Notes:
    """The remarks on one file."""

    def __init__(self) -> None:
        self._counts: Counter[Note] = Counter()
        self._encoding: str | None = None

    def add(self, note: Note, times: int = 1) -> None:
        """Count a case, or several; none changes nothing."""
        if times:
            self._counts[note] += times

    def read_as(self, encoding: str) -> None:
        """Remember in which legacy encoding the file was read."""
        self._encoding = encoding

    def count(self, note: Note) -> int:
        """Return how often a remark applies."""
        return self._counts[note]

    def sentences(self, language: str) -> tuple[str, ...]:
        """Return all remarks in a fixed order, in the language of a tag if it is one of ours, otherwise in English."""
        tongue = tongue_for(language)
        encoding = (READ_AS[tongue].format(encoding=self._encoding),) if self._encoding else ()
        return encoding + tuple(counted(note, self._counts[note], tongue) for note in Note if self._counts[note])
