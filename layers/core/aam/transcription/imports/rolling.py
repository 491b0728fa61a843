"""Rolling captions: each cue shows again what the one before showed, and only its end is new."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from aam.transcription.imports.cues import Cue, Line
from aam.transcription.imports.note_sentences import Note
from aam.transcription.imports.notes import Notes

_BRIEF_MS = 60
"""Between two lines such captions stand still for some hundredths of a second."""
_APART_MS = 250
"""A cue that starts so much later than the one before ended comes after a pause: what it says again is said again."""


def without_repeats(cues: Sequence[Cue], notes: Notes) -> list[Cue]:
    """Return the cues with each shown line once, at its first time, where the file rolls; else the cues as they are.

    A line that was said twice stays twice: it is only left out where the cue before shows it without a pause between
    them, or where lines timed by words follow it, as YouTube goes on after a pause.
    """
    if not _rolls(cues):
        return list(cues)
    kept: list[Cue] = []
    before: Cue | None = None
    left_out = 0
    for cue in cues:
        goes_on = before is not None and (_adjoin(before, cue) or any(line.fresh for line in cue.lines))
        shown = before.lines if before is not None and goes_on else ()
        carried = _carried(shown, cue.lines)
        fresh = _continued(shown, cue.lines) if not carried else cue.lines[carried:]
        left_out += len(cue.lines) - len(fresh)
        if fresh:
            kept.append(cue.with_lines(fresh))
        before = cue
    notes.add(Note.ROLLED, left_out)
    return kept


def _rolls(cues: Sequence[Cue]) -> bool:
    """Return whether there is proof of rolling: cues that show a known line and a new one.

    One such cue is enough beside words timed one by one, or beside a repetition for an instant.
    """
    adjoining = partly = carrying = brief = 0
    for before, after in pairwise(cues):
        if not _adjoin(before, after):
            continue
        adjoining += 1
        carried = _carried(before.lines, after.lines)
        if carried:
            carrying += 1
            partly += carried < len(after.lines)
            brief += _lasts(after) <= _BRIEF_MS
        elif len(_continued(before.lines, after.lines)) != len(after.lines) or _grows(before.lines, after.lines):
            carrying += 1
            partly += 1
    fresh = any(line.fresh for cue in cues for line in cue.lines)
    return (partly > 0 and (fresh or brief > 0)) or (partly > 1 and carrying * 2 >= adjoining)


def _adjoin(before: Cue, after: Cue) -> bool:
    return after.start_ms is not None and (before.end_ms or 0) + _APART_MS >= after.start_ms


def _lasts(cue: Cue) -> int:
    return (cue.end_ms or 0) - (cue.start_ms or 0)


def _carried(shown: Sequence[Line], lines: Sequence[Line]) -> int:
    """Return how many of the first lines are the last ones of the cue before; a line timed by words is new.

    The longest overlap is found by the failure function of Knuth, Morris and Pratt, in one pass.
    """
    new_at = next((n for n, line in enumerate(lines) if line.fresh), len(lines))
    pattern = [_key(line) for line in lines[:new_at]]
    if not pattern:
        return 0
    failure = _failure(pattern)
    state = 0
    for line in shown:
        key = _key(line)
        while state and (state == len(pattern) or pattern[state] != key):
            state = failure[state - 1]
        state += pattern[state] == key
    return state


def _failure(pattern: Sequence[tuple[str, str | None]]) -> list[int]:
    failure = [0] * len(pattern)
    state = 0
    for at in range(1, len(pattern)):
        while state and pattern[state] != pattern[at]:
            state = failure[state - 1]
        state += pattern[state] == pattern[at]
        failure[at] = state
    return failure


def _key(line: Line) -> tuple[str, str | None]:
    return line.text, line.voice


def _grows(shown: Sequence[Line], lines: Sequence[Line]) -> bool:
    """Return whether the first line is the last one shown with more words behind it."""
    return (
        bool(shown and lines) and lines[0].text.startswith(shown[-1].text + " ") and lines[0].voice == shown[-1].voice
    )


def _continued(shown: Sequence[Line], lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines without the beginning that the cue before shows last: captions that grow word by word."""
    if not _grows(shown, lines):
        return tuple(lines)
    first = lines[0]
    rest = first.text[len(shown[-1].text) :].strip()
    return (Line(rest, first.voice, first.fresh), *lines[1:])
