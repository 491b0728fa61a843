"""What an import put right or left out, counted while reading and told in plain words at the end."""

from __future__ import annotations

from collections import Counter
from enum import Enum


class Note(Enum):
    """One kind of remark: its sentence for one case, and its sentence for several."""

    NO_BYTE_ORDER_MARK = ("The file had no byte order mark; it was read as UTF-16.", "")
    NO_WEBVTT_LINE = ("The file lacks the WEBVTT line; it was read all the same.", "")
    UNREADABLE_TIMES = (
        "1 cue had unreadable times; its words were kept in its place.",
        "{n} cues had unreadable times; their words were kept in their places.",
    )
    OUTSIDE_CUES = (
        "1 line outside of every cue was left out.",
        "{n} lines outside of every cue were left out.",
    )
    EXPORT_LINES = (
        "1 line that the exporting program added, such as a title or a closing remark, was left out.",
        "{n} lines that the exporting program added, such as titles and closing remarks, were left out.",
    )
    SOUND_SIGNS = (
        "1 line that held only signs of music was left out.",
        "{n} lines of only signs of music were left out.",
    )
    ROLLED = (
        "Rolling captions: 1 line that was only shown again was left out.",
        "Rolling captions: {n} lines that were only shown again were left out.",
    )
    REVERSED = (
        "1 cue ended before it started; its end was put right.",
        "{n} cues ended before they started; their ends were put right.",
    )
    BACKWARD = (
        "1 cue started before the cue above it; it keeps its place, and its start was put right.",
        "{n} cues started before the cue above them; they keep their places, and their starts were put right.",
    )
    SORTED = ("The cues were not in the order of time; they were sorted.", "")
    OVERLAPS = (
        "1 cue overlapped the next; where both were one speaker's, the first was shortened.",
        "{n} cues overlapped the next; where both were one speaker's, the first was shortened.",
    )
    TIME_OF_DAY = ("The file has times of day; they are counted from the first one.", "")
    SECTION_TIMES = ("The file has times for sections only; each utterance has the times of its section.", "")


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
        """How often a remark applies."""
        return self._counts[note]

    def sentences(self) -> tuple[str, ...]:
        """All remarks in a fixed order."""
        encoding = (f"The file was read as {self._encoding}.",) if self._encoding else ()
        return encoding + tuple(self._sentence(note) for note in Note if self._counts[note])

    def _sentence(self, note: Note) -> str:
        one, several = note.value
        count = self._counts[note]
        return one if count == 1 or not several else several.format(n=f"{count:,}")
