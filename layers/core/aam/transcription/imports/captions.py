"""Captions: WebVTT, SubRip and YouTube's SBV, as the world writes them.

A cue is what stands between two timing lines.  A blank line inside it ends nothing; of the line before a timing line it
is asked whether it is the next cue's identifier.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from aam.transcription.imports.cues import Cue
from aam.transcription.imports.limits import Meter
from aam.transcription.imports.markup import is_music, lines_of
from aam.transcription.imports.note_sentences import Note
from aam.transcription.imports.notes import Notes
from aam.transcription.imports.speakers import speaker_in_identifier
from aam.transcription.imports.times import (
    Span,
    Stamp,
    frame_rate,
    has_arrow,
    in_ms,
    read_span,
    read_stamp,
    skip_spaces,
)

_LEFT_OUT = ("NOTE", "STYLE", "REGION")
_SETTING = re.compile(r"(?:(?:align|line|position|size|vertical|region):\S+|[XY][12]:\d+)", re.IGNORECASE)
_UNSPEAKABLE = re.compile(r"(?=.*\d)[\w{}-]*[-_/][\w{}/.-]*", re.ASCII)
_IDENTIFIER_MAX = 100
_SENTENCE_END = frozenset(".!?…")


@dataclass
class _Block:
    """A timing line, the identifier before it, and the lines up to the next one."""

    span: Span | None
    identifier: str | None
    lines: list[str]


def is_timing(line: str) -> bool:
    """Return whether a line is the timing line of a caption."""
    return _timing(line) is not None


def read_captions(text_lines: Sequence[str], notes: Notes, meter: Meter, *, named_vtt: bool = False) -> list[Cue]:
    """Read the cues of a file of captions; raises what the meter raises."""
    first = 0
    if text_lines and text_lines[0].startswith("WEBVTT"):
        first = _end_of_block(text_lines, 1)
    elif named_vtt:
        notes.add(Note.NO_WEBVTT_LINE)
    blocks = _blocks(text_lines, first, notes)
    most_frames = max(
        (max(b.span.start.frames, b.span.end.frames if b.span.end else 0) for b in blocks if b.span), default=0
    )
    rate = frame_rate(most_frames)
    cues: list[Cue] = []
    for number, block in enumerate(blocks, 1):
        start = end = None
        if block.span is None:
            notes.add(Note.UNREADABLE_TIMES)
        else:
            start, end = in_ms(block.span.start, frames_a_second=rate), in_ms(_end(block.span), frames_a_second=rate)
        meter.add(sum(len(line.strip()) for line in block.lines), max(start or 0, end or 0))
        lines = tuple(line for line in lines_of(block.lines) if not _left_out_as_music(line.text, notes))
        if lines:
            speaker = speaker_in_identifier(block.identifier) if block.identifier else None
            cues.append(Cue(number, start, end, lines, speaker))
    return _with_times_of_neighbours(cues)


def _with_times_of_neighbours(cues: Sequence[Cue]) -> list[Cue]:
    """Return the cues, where those without readable times share the time between their neighbours."""
    timed: list[Cue] = []
    before: int | None = None
    for is_timed, group in groupby(cues, key=lambda cue: cue.start_ms is not None):
        run = list(group)
        if is_timed:
            timed += run
            before = max(run[-1].start_ms or 0, run[-1].end_ms or 0)
            continue
        at = len(timed) + len(run)
        after = cues[at].start_ms if at < len(cues) else None
        first = before if before is not None else after
        if first is None:
            return list(cues)
        step = (max(first, after if after is not None else first) - first) // len(run)
        timed += [replace(cue, start_ms=first + n * step, end_ms=first + (n + 1) * step) for n, cue in enumerate(run)]
    return timed


def _end(span: Span) -> Stamp:
    return span.end or span.start


def _left_out_as_music(text: str, notes: Notes) -> bool:
    music = is_music(text)
    notes.add(Note.SOUND_SIGNS, int(music))
    return music


def _blocks(lines: Sequence[str], first: int, notes: Notes) -> list[_Block]:
    """Return the cues as blocks of lines; lines before the first one are counted in a note."""
    blocks: list[_Block] = []
    body: list[str] = []
    outside: list[str] = []
    at = first
    while at < len(lines):
        line = lines[at]
        span = _timing(line)
        opens = at == first or not lines[at - 1].strip()
        if span is not None:
            identifier = _take_identifier(body if blocks else outside, blocks)
            body = []
            rest = line[span.stop :].strip()
            if rest and not _are_settings(rest):
                body.append(rest)
            blocks.append(_Block(span, identifier, body))
        elif _is_unreadable(line, lines[at - 1] if at > first else "") or _lacks_its_end(lines, at, first):
            identifier = _take_identifier(body if blocks else outside, blocks)
            body = []
            blocks.append(_Block(None, identifier, body))
        elif opens and _opens_left_out(line, is_head=not blocks):
            at = _end_of_block(lines, at + 1)
            continue
        else:
            (body if blocks else outside).append(line)
        at += 1
    notes.add(Note.OUTSIDE_CUES, sum(1 for line in outside if line.strip()))
    return blocks


def _timing(line: str) -> Span | None:
    at = skip_spaces(line, 0)
    if not line[at : at + 1].isdecimal():
        return None
    span = read_span(line, at, bare_dash=True)
    if span is None or line[span.stop : span.stop + 1].strip()[:1].isalnum():
        return None
    # Without an arrow's head it is a timing line only where nothing follows: "10:00 - 11:30 is when we meet" is speech.
    if "-->" in line or ">" in line[at : span.stop] or has_arrow(line[: span.stop]):
        return span
    return None if line[span.stop :].strip() else span


def _is_unreadable(line: str, before: str) -> bool:
    """Return whether a line at a timing line's place looks like one, but has no times that can be read."""
    if "-->" not in line:
        return False
    return not before.strip() or before.strip().isdecimal() or line.strip()[:1].isdecimal()


def _lacks_its_end(lines: Sequence[str], at: int, first: int) -> bool:
    """Return whether a line is a single time at a timing line's place: below a number, after a blank line."""
    if at <= first or not lines[at - 1].strip().isdecimal() or (at - 1 > first and lines[at - 2].strip()):
        return False
    line = lines[at].strip()
    stamp = read_stamp(line, 0)
    return stamp is not None and stamp[1] == len(line) and stamp[0].fields > 2


def _are_settings(rest: str) -> bool:
    return all(_SETTING.fullmatch(word) for word in rest.split())


def _opens_left_out(line: str, *, is_head: bool) -> bool:
    """Return whether a block of comments opens here, or, before the first cue, one of styles or regions."""
    names = _LEFT_OUT if is_head else _LEFT_OUT[:1]
    return any(line == name or line.startswith((name + " ", name + "\t")) for name in names)


def _end_of_block(lines: Sequence[str], at: int) -> int:
    while at < len(lines) and lines[at].strip() and _timing(lines[at]) is None:
        at += 1
    # The line before a timing line is an identifier, wherever the block before should have ended.
    if at < len(lines) and lines[at].strip() and lines[at - 1].strip().isdecimal():
        at -= 1
    return at


def _take_identifier(body: list[str], blocks: Sequence[_Block]) -> str | None:
    """Take the identifier of the next cue from the end of what was read before it.

    It stands after a blank line, or at the start, and is no sentence.  Without a blank line before it only a number
    that goes on counting, a number behind the text of a numbered cue, a speaker where the cue before is identified by
    one, or what could not be spoken, is one.
    """
    last = len(body) - 1
    while last >= 0 and not body[last].strip() and len(body) - last < 3:
        last -= 1
    if last < 0 or not body[last].strip():
        return None
    line = body[last].strip()
    spoken = any(text.strip() for text in body[:last])
    counts = line.isdecimal() and line in (_next_number(blocks), str(len(blocks) + 1))
    if last < len(body) - 1 and not counts:
        return None  # a blank line stands between it and the timing line
    counts = counts or (line.isdecimal() and spoken and bool(blocks and blocks[-1].identifier))
    counts = counts or (spoken and _names_next_speaker(line, blocks))
    apart = (last == 0 and not blocks) or (last > 0 and not body[last - 1].strip())
    if counts or _is_unspeakable(line) or (apart and _may_be_identifier(line, blocks)):
        del body[last:]
        return line
    return None


def _is_unspeakable(line: str) -> bool:
    """Return whether a line is an identifier that a program made, such as a GUID."""
    return len(line) <= _IDENTIFIER_MAX and _UNSPEAKABLE.fullmatch(line) is not None


def _names_next_speaker(line: str, blocks: Sequence[_Block]) -> bool:
    """Return whether a line names a speaker as the identifier of the cue before does."""
    before = blocks[-1].identifier if blocks else None
    return bool(before and speaker_in_identifier(before) and speaker_in_identifier(line))


def _next_number(blocks: Sequence[_Block]) -> str | None:
    """Return the number after that of the cue before; any number may begin."""
    if not blocks:
        return None
    before = blocks[-1].identifier
    return str(int(before) + 1) if before and before.isdecimal() and len(before) < 10 else None


def _may_be_identifier(line: str, blocks: Sequence[_Block]) -> bool:
    """Return whether a line of its own before a timing line is an identifier rather than the end of speech."""
    if not blocks:
        return True
    if line.isdecimal():
        return blocks[-1].identifier is not None
    return line[-1] not in _SENTENCE_END and len(line.split()) <= 6
