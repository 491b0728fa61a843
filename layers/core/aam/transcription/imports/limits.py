"""Limits on the size of an imported transcript; checked while it is read, so that no work is wasted."""

from __future__ import annotations

from aam.transcription.errors import CueTooLong, TimesTooLate, TooManyCues, TranscriptTooLong

MAX_BYTES = 20 * 1024 * 1024
MAX_CUES = 200_000
MAX_CUE_CHARACTERS = 100_000
MAX_CHARACTERS = 5_000_000
"""Of spoken text in all: three days of uninterrupted talk."""

LATEST_MS = 24 * 3_600_000
"""No recording of a meeting is longer than a day."""


class Meter:
    """Counts what has been read so far; raises when it is too much."""

    def __init__(self) -> None:
        self._cues = self._characters = 0

    def add(self, characters: int, end_ms: int | None = None) -> None:
        """Count one cue; raises TooManyCues, CueTooLong, TranscriptTooLong or TimesTooLate."""
        self._cues += 1
        self._characters += characters
        if self._cues > MAX_CUES:
            raise TooManyCues
        if characters > MAX_CUE_CHARACTERS:
            raise CueTooLong
        if self._characters > MAX_CHARACTERS:
            raise TranscriptTooLong
        if end_ms is not None and end_ms > LATEST_MS:
            raise TimesTooLate
