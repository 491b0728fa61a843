"""Text exports: what Otter, Zoom, Teams, Google Meet and others write, and plain text with or without times."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from aam.transcription.imports.cues import Cue, Line, one_line
from aam.transcription.imports.labels import cleaned, is_topic, name_shaped, names_voice, prefix_of
from aam.transcription.imports.limits import Meter
from aam.transcription.imports.markup import is_music
from aam.transcription.imports.note_sentences import Note
from aam.transcription.imports.notes import Notes
from aam.transcription.imports.plain_lines import Header, Lead, chat_of, header_of, lead_of, time_alone

_DAY_MS = 24 * 3_600_000
_HEAD_LINES = 20
_INITIAL_MAX = 3
_FOOTER_MAX = 240
_FOOTERS = re.compile(
    r"(?:transcribed by (?:https?://)?\S*otter\.ai\S*|transcription ended after [\d:]+.{0,4}|"
    r"meeting ended after [\d:]+.{0,4}|this editable transcript was computer generated.{0,200}|"
    r".{1,80} (?:started|stopped) transcription|транскрипция (?:завершена|окончена) через [\d:]+.{0,4}|"
    r"транскрипцію завершено через [\d:]+.{0,4}|.{1,80} (?:начал|начала|остановил|остановила) транскрипцию)",
    re.IGNORECASE,
)
_HEADINGS = frozenset(
    {"transcript", "attendees", "transcription", "расшифровка", "участники", "розшифровка", "учасники", "invited"}
)


@dataclass(frozen=True)
class _Read:
    """A line with all that it may be."""

    raw: str
    text: str
    header: Header | None
    said: str
    """What follows a header on the same line."""
    lead: Lead | None
    alone_ms: int | None


@dataclass(frozen=True)
class _Layout:
    """Layout by which the file writes speakers and times, decided from all of its lines.

    ``headed``: a line with speaker and time stands before what is said.  ``paired``: the name stands in the line before
    a time.  ``leads``: lines begin with their times.  ``sections``: times stand alone, for all that follows.
    ``clock``: the times are those of the day.
    """

    headed: bool
    paired: bool
    leads: bool
    sections: bool
    clock: bool


def read_plain(lines: Sequence[str], notes: Notes, meter: Meter) -> list[Cue]:
    """Read a text export; raises what the meter raises.

    Without times, a blank line begins a new paragraph; in a file without blank lines every line is one.
    """
    read = _with_true_headers([_read(line) for line in lines])
    layout = _layout_of(read)
    kept = _without_export_lines(read, layout, notes)
    reader = _Reader(layout, notes, meter, by_paragraph=any(not line.text for line in _inner(kept)))
    cues = reader.read(kept)
    return _counted_from_first(cues, notes) if layout.clock else cues


def _read(raw: str) -> _Read:
    text = one_line(raw)
    chat = chat_of(text) if text else None
    if chat is not None:
        return _Read(raw, text, chat[0], chat[1], None, None)
    header = header_of(raw) if text else None
    said = ""
    if header is None and text:
        header, said = _label_with_time(text)
    return _Read(raw, text, header, said, lead_of(raw) if text else None, time_alone(raw) if text else None)


def _label_with_time(text: str) -> tuple[Header | None, str]:
    """Read ``Dana (0:03): text`` and ``Dana: [0:03] text``, which are headers with speech behind them."""
    at = text.find("): ", 0, 120) if "(" in text[:120] else -1
    at = at if at >= 0 else text.find("]: ", 0, 120)
    if at >= 0:
        header = header_of(text[: at + 1])
        if header is not None and text[at + 3 :].strip():
            return header, text[at + 3 :].strip()
    prefix = prefix_of(text)
    if prefix is not None and prefix.colon and prefix.rest[:1] in ("[", "("):
        lead = lead_of(prefix.rest)
        if lead is not None and lead.end_ms is None and name_shaped(prefix.label) and not is_topic(prefix.label):
            return Header(prefix.label, lead.start_ms, firm=True), lead.rest
    return None, ""


def _with_true_headers(read: Sequence[_Read]) -> list[_Read]:
    """Return the lines with only those headers whose label is shaped like a name or recurs in other headers.

    A name and a time with nothing but a space between count only where no header is firmer, between a blank line and
    what is said: "Monday 10:30" may as well be speech.
    """
    counts = Counter(line.header.label for line in read if line.header)
    firm = any(line.header.firm for line in read if line.header and _is_name(line.header.label))

    def is_true(at: int, header: Header) -> bool:
        if not _is_name(header.label) and counts[header.label] < 2:
            return False
        stands_apart = (at == 0 or not read[at - 1].text) and at + 1 < len(read) and bool(read[at + 1].text)
        return header.firm if firm else header.firm or stands_apart

    return [
        replace(line, header=None, said="") if line.header and not is_true(at, line.header) else line
        for at, line in enumerate(read)
    ]


def _is_name(label: str) -> bool:
    return names_voice(label) or (name_shaped(label) and not is_topic(label))


def _layout_of(read: Sequence[_Read]) -> _Layout:
    spoken = [line for line in read if line.text]
    headers = [line.header for line in spoken if line.header]
    alone = [at for at, line in enumerate(spoken) if line.alone_ms is not None]
    leads = [line.lead for line in spoken if line.lead and line.lead.rest]
    headed = len(headers) > 1 or any(line.header and line.header.firm for line in spoken[:1])
    named = sum(1 for at in alone if at and _is_name_line(spoken[at - 1]))
    paired = not headed and bool(alone) and named * 2 > len(alone)
    paired = paired or (headed and named > 0)
    firm_leads = sum(1 for lead in leads if lead.firm)
    return _Layout(
        headed=headed,
        paired=paired,
        leads=not headed and (_all_rise(leads) and (firm_leads * 2 > len(leads) or len(leads) * 2 > len(spoken))),
        clock=headed and sum(1 for header in headers if header.clock) * 2 > len(headers),
        sections=not headed and not paired and bool(alone) and (len(alone) > 1 or len(spoken) > 1),
    )


def _all_rise(leads: Sequence[Lead]) -> bool:
    """Return whether the times at the start of lines rise, as those of a transcript do; a single one must be a span."""
    if len(leads) < 2:
        return any(lead.firm for lead in leads)
    falls = sum(1 for one, other in pairwise(leads) if other.start_ms < one.start_ms)
    return falls * 4 < len(leads)


def _is_name_line(line: _Read) -> bool:
    if line.header or line.lead:
        return False
    label = cleaned(line.text)
    ends_sentence = line.text[-1] in "!?…:," or (line.text[-1] == "." and len(label.split()[-1]) > _INITIAL_MAX)
    return _is_name(label) and not ends_sentence


def _inner(read: Sequence[_Read]) -> Sequence[_Read]:
    """Return the lines without blank ones at both ends."""
    first = next((at for at, line in enumerate(read) if line.text), len(read))
    last = next((at for at in range(len(read), 0, -1) if read[at - 1].text), first)
    return read[first:last]


def _without_export_lines(read: Sequence[_Read], layout: _Layout, notes: Notes) -> list[_Read]:
    """Return the lines without titles and closing remarks of the exporting program, which are counted in a note."""
    inner = list(_inner(read))
    first = _end_of_head(inner, layout)
    kept = [line for line in inner[first:] if not _is_footer(line.text)]
    notes.add(Note.EXPORT_LINES, sum(1 for line in inner if line.text) - sum(1 for line in kept if line.text))
    return kept


def _is_footer(text: str) -> bool:
    return 0 < len(text) <= _FOOTER_MAX and _FOOTERS.fullmatch(text) is not None


def _end_of_head(read: Sequence[_Read], layout: _Layout) -> int:
    """Return where the exporting program's own head ends: at the first speaker or time, or after "Transcript".

    A head of many lines is none: what is said before the first speaker is named stays.
    """
    spoken = [at for at, line in enumerate(read) if line.text][:_HEAD_LINES]
    if layout.headed or layout.paired or layout.leads:
        return next((at for at in spoken if _begins(read, at, layout)), 0)
    headings = [at for at in spoken if read[at].text.casefold().rstrip(":") in _HEADINGS]
    return headings[-1] + 1 if headings else 0


def _begins(read: Sequence[_Read], at: int, layout: _Layout) -> bool:
    if layout.leads:
        return read[at].lead is not None
    return read[at].header is not None or (layout.paired and _next_is_time(read, at))


def _next_is_time(read: Sequence[_Read], at: int) -> bool:
    return bool(read[at].text) and _is_name_line(read[at]) and at + 1 < len(read) and read[at + 1].alone_ms is not None


class _Reader:
    """Reads the lines into cues, one a paragraph, a header or a time."""

    def __init__(self, layout: _Layout, notes: Notes, meter: Meter, *, by_paragraph: bool) -> None:
        self._layout, self._notes, self._meter, self._by_paragraph = layout, notes, meter, by_paragraph
        self._cues: list[Cue] = []
        self._lines: list[Line] = []
        self._speaker: str | None = None
        self._start_ms: int | None = 0 if layout.sections else None
        self._end_ms: int | None = None
        self._group = 0

    def read(self, read: Sequence[_Read]) -> list[Cue]:
        """Return the cues of all lines."""
        for at, line in enumerate(read):
            if not line.text:
                self._close()
            elif self._layout.headed and line.header is not None:
                self._begin(line.header.start_ms)
                self._speaker = line.header.label
                self._say(line.said)
            elif self._layout.paired and _next_is_time(read, at):
                self._close()
                self._speaker = cleaned(line.text)
            elif (self._layout.paired or self._layout.sections) and line.alone_ms is not None:
                self._begin(line.alone_ms)
            elif self._layout.leads and line.lead is not None:
                self._begin(line.lead.start_ms, line.lead.end_ms)
                self._say(line.lead.rest)
            else:
                self._say(line.text)
                if not self._by_paragraph and not self._is_timed():
                    self._close()
        self._close()
        if self._layout.sections and any(one.number == other.number for one, other in pairwise(self._cues)):
            self._notes.add(Note.SECTION_TIMES)
        return self._cues

    def _is_timed(self) -> bool:
        return self._start_ms is not None

    def _begin(self, start_ms: int, end_ms: int | None = None) -> None:
        """Close what came before, and begin a group of paragraphs that share a time."""
        self._close()
        self._start_ms, self._end_ms = start_ms, end_ms
        self._group += 1

    def _say(self, text: str) -> None:
        if text and is_music(text):
            self._notes.add(Note.SOUND_SIGNS)
        elif text:
            self._lines.append(Line(text))

    def _close(self) -> None:
        if not self._lines:
            return
        self._meter.add(sum(len(line.text) for line in self._lines), self._end_ms or self._start_ms)
        if not self._is_timed():
            self._group += 1
        self._cues.append(Cue(self._group, self._start_ms, self._end_ms, tuple(self._lines), self._speaker))
        self._lines = []


def _counted_from_first(cues: Sequence[Cue], notes: Notes) -> list[Cue]:
    """Return the cues with times of day counted from the first; one that is earlier is after midnight."""
    timed = [cue.start_ms for cue in cues if cue.start_ms is not None]
    if not timed:
        return list(cues)
    notes.add(Note.TIME_OF_DAY)
    first, days, before = timed[0], 0, timed[0]
    mended = []
    for cue in cues:
        start = cue.start_ms
        if start is not None:
            days += before - start > _DAY_MS // 2
            before = start
            start = max(0, start + days * _DAY_MS - first)
        mended.append(Cue(cue.number, start, None, cue.lines, cue.speaker))
    return mended
