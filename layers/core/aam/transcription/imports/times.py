"""Times as captions and exports write them, read without backtracking.

``1:02:03,5`` ``00:00:01.000000`` ``02:03`` ``00:00:07:12`` (frames) ``4.00s``; spans with ``-->`` or what programs put
in its place (``->``, ``–>``, ``→``, the comma of SBV); durations in words as Teams has them ("0 minutes 3 seconds").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FIELD_DIGITS = 6
_FRACTION_DIGITS = 9
_ARROW_LENGTH = 6
_DASHES = frozenset("-‐‑‒–—―−=")
_HEADS = frozenset(">→⟶➔➜⇒›»")
_ARROWS_ALONE = frozenset("→⟶➔➜⇒")
_SPELLED = re.compile(
    r"(?:(\d{1,4}) ?(?:hours?|hrs?|stunden?|heures?|horas?|час(?:а|ов)?|годин[аиу]?)[ ,]{1,2})?"
    r"(?:(\d{1,4}) ?(?:minutes?|mins?|minuten?|minutos?|минут[аыу]?|хвилин[аиу]?)[ ,]{1,2})?"
    r"(\d{1,4}) ?(?:seconds?|secs?|sekunden?|secondes?|segundos?|секунд[аыу]?|секунд[аиу]?)",
    re.IGNORECASE,
)
_HALF_OF_DAY = re.compile(r" ?([ap])\.?m\b\.?", re.IGNORECASE)


@dataclass(frozen=True)
class Stamp:
    """A point in time: whole milliseconds, and frames where the file counts those."""

    ms: int
    frames: int = 0
    fields: int = 2


@dataclass(frozen=True)
class Span:
    """A start and perhaps an end, and where in the line they end."""

    start: Stamp
    end: Stamp | None
    stop: int


def read_stamp(text: str, at: int) -> tuple[Stamp, int] | None:
    """Return the time that begins at a place of a text, and where it ends; None where there is none.

    At least two fields are parted by colons; a number of seconds counts only with its ``s``.
    """
    fields: list[int] = []
    stop = at
    while len(fields) < 4:
        start = stop
        while stop < len(text) and stop - start <= _FIELD_DIGITS and "0" <= text[stop] <= "9":
            stop += 1
        if stop == start or stop - start > _FIELD_DIGITS:
            return None
        fields.append(int(text[start:stop]))
        width = stop - start
        if not (text[stop : stop + 1] in (":", ";") and text[stop + 1 : stop + 2].isdigit()):
            break
        stop += 1
    fraction, after = _fraction(text, stop)
    if len(fields) == 1:
        if text[after : after + 1] != "s" or text[after + 1 : after + 2].isalnum():
            return None
        return Stamp(fields[0] * 1000 + fraction, fields=1), after + 1
    return _stamp(fields, fraction, last_width=width), after


def _fraction(text: str, at: int) -> tuple[int, int]:
    """Return the milliseconds after a point or comma, rounded down, and where they end."""
    if text[at : at + 1] not in (".", ",") or not _is_digit(text, at + 1):
        return 0, at
    stop = at + 1
    while stop < len(text) and stop - at <= _FRACTION_DIGITS and _is_digit(text, stop):
        stop += 1
    return int(text[at + 1 : stop].ljust(3, "0")[:3]), stop


def _is_digit(text: str, at: int) -> bool:
    return "0" <= text[at : at + 1] <= "9"


def _stamp(fields: list[int], fraction: int, *, last_width: int) -> Stamp:
    frames = 0
    if len(fields) == 4:
        *fields, last = fields
        # A fourth field of three digits is milliseconds behind a colon; otherwise it counts frames.
        if last_width == 3:
            fraction = last
        else:
            frames = last
    hours, minutes, seconds = fields if len(fields) == 3 else (0, *fields)
    return Stamp(((hours * 60 + minutes) * 60 + seconds) * 1000 + fraction, frames, fields=len(fields))


def in_ms(stamp: Stamp, *, frames_a_second: int) -> int:
    """Return the milliseconds of a time in a file that shows so many frames a second."""
    return stamp.ms + min(stamp.frames * 1000 // frames_a_second, 999)


def frame_rate(most_frames: int) -> int:
    """Return the least usual rate at which a second has room for such a frame."""
    return next((rate for rate in (25, 30, 60, 120) if most_frames < rate), 1000)


def read_span(text: str, at: int, *, bare_dash: bool = False) -> Span | None:
    """Read ``start --> end`` at a place of a text.

    A dash without a head (``0:01 - 0:03``) counts only with ``bare_dash``.
    """
    first = read_stamp(text, at)
    if first is None:
        return None
    arrow = _arrow(text, skip_spaces(text, first[1]), bare_dash=bare_dash)
    if arrow is None:
        return None
    second = read_stamp(text, skip_spaces(text, arrow))
    return Span(first[0], second[0], second[1]) if second else None


def has_arrow(line: str) -> bool:
    """Return whether a line holds the mark between the two times of a cue."""
    return "-->" in line or any(head in line for head in _ARROWS_ALONE)


def _arrow(text: str, at: int, *, bare_dash: bool) -> int | None:
    if text[at : at + 1] == ",":
        return at + 1
    stop = at
    while stop < len(text) and stop - at < _ARROW_LENGTH and text[stop] in _DASHES:
        stop += 1
    if stop == at:
        return at + 1 if text[at : at + 1] in _ARROWS_ALONE else None
    if text.startswith("&gt;", stop):
        return stop + 4
    if text[stop : stop + 1] in _HEADS:
        return stop + 1
    return stop if bare_dash else None


def skip_spaces(text: str, at: int) -> int:
    """Return the next place after white space."""
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def read_spelled(text: str, at: int = 0) -> tuple[int, int] | None:
    """Return the milliseconds of a duration in words at a place of a text, and its end."""
    found = _SPELLED.match(text, at)
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000, found.end()


def read_half_of_day(text: str, at: int) -> tuple[str | None, int]:
    """Return ``a`` or ``p`` where AM or PM stands at a place of a text, and its end."""
    found = _HALF_OF_DAY.match(text, at)
    return (found.group(1).lower(), found.end()) if found else (None, at)
