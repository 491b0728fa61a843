"""Readings of a single line of a text export: a time, a speaker with a time, or speech with a time before it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aam.language.calendar import MONTHS, WEEKDAYS
from aam.language.tokens import normalise
from aam.transcription.imports.cues import one_line
from aam.transcription.imports.labels import LABEL_MAX, cleaned, is_topic, name_shaped, names_nobody, plausible
from aam.transcription.imports.times import (
    Stamp,
    read_half_of_day,
    read_span,
    read_spelled,
    read_stamp,
    skip_spaces,
)

_CLOSING = {"[": "]", "(": ")", "<": ">", "{": "}"}
_TIME_MAX = 40
_AFTER_TIME = " \t-–—|:•·,"
_WIDE_GAP = re.compile(r"[ \u00a0]{2,}$|\t[ \u00a0]*$")
_TIME_AT_END = re.compile(r"[\d:;.,]{3,20}( ?[ap]\.?m\.?)?$", re.IGNORECASE)
_ZOOM_CHAT = re.compile(r" ?From (.{1,80}?)(?: [tT]o .{1,80}?)? ?: ?")


@dataclass(frozen=True)
class Lead:
    """A time at the start of a line; ``firm`` in brackets or as a span, which no speech begins with."""

    start_ms: int
    end_ms: int | None
    rest: str
    firm: bool


@dataclass(frozen=True)
class Header:
    """A line that holds a speaker and a time; ``firm`` where brackets or a gap set the two apart."""

    label: str
    start_ms: int
    firm: bool
    clock: bool = False
    """Whether the time is one of the day."""


def lead_of(raw: str) -> Lead | None:
    """Return the time that a line begins with."""
    at = skip_spaces(raw, 0)
    closing = _CLOSING.get(raw[at : at + 1])
    if closing:
        end = raw.find(closing, at, at + _TIME_MAX)
        # "-->" inside of "<…>" or "[… --> …]" holds the bracket's own end.
        found = _times(raw, at + 1, closing)
        if found is None or end < 0:
            return None
        start, stop, after = found
        return Lead(start, stop, raw[after:].strip().lstrip(_AFTER_TIME), firm=True)
    span = read_span(raw, at, bare_dash=True)
    if span is not None and span.end is not None:
        return Lead(span.start.ms, span.end.ms, raw[span.stop :].strip().lstrip(_AFTER_TIME), firm=True)
    single = read_stamp(raw, at)
    if single is None or single[0].fields < 2:
        return None
    stamp, stop = single
    _, stop = read_half_of_day(raw, stop)
    if raw[stop : stop + 1] and raw[stop] not in " \t-–—|":
        return None
    return Lead(stamp.ms, None, raw[stop:].strip().lstrip(_AFTER_TIME), firm=False)


def _times(raw: str, at: int, closing: str) -> tuple[int, int | None, int] | None:
    """Return one time or two up to a closing bracket: start, end, and the place after the bracket."""
    at = skip_spaces(raw, at)
    span = read_span(raw, at, bare_dash=True)
    if span is not None and span.end is not None:
        after = skip_spaces(raw, span.stop)
        return (span.start.ms, span.end.ms, after + 1) if raw[after : after + 1] == closing else None
    single = read_stamp(raw, at)
    if single is None:
        return None
    after = skip_spaces(raw, single[1])
    return (single[0].ms, None, after + 1) if raw[after : after + 1] == closing else None


def time_alone(raw: str) -> int | None:
    """Return the time of a line that holds nothing else; Teams writes it in words, and once more in figures."""
    line = raw.strip()
    if not 2 < len(line) <= LABEL_MAX:
        return None
    spelled = read_spelled(line)
    if spelled is not None:
        rest = line[spelled[1] :].strip()
        return spelled[0] if not rest or time_alone(rest) is not None else None
    lead = lead_of(line)
    return lead.start_ms if lead is not None and not lead.rest else None


def header_of(raw: str) -> Header | None:
    """Return the speaker and the time of a line that holds these two and nothing else."""
    line = raw.strip().strip("*_").strip()
    if not 3 < len(line) <= LABEL_MAX + _TIME_MAX:
        return None
    spelled = _spelled_at_end(line)
    if spelled is not None:
        return _header(line[: spelled[1]], spelled[0], firm=True)
    line = line.rstrip(":：")
    for opening, closing in _CLOSING.items():
        if line.endswith(closing):
            at = line.rfind(opening)
            found = _times(line, at + 1, closing) if at > 0 else None
            return _header(line[:at], found[0], firm=True) if found and found[2] == len(line) else None
    found_time = _TIME_AT_END.search(line, max(0, len(line) - 24))
    if found_time is None:
        return None
    read = read_stamp(line, found_time.start())
    if read is None or read[0].fields < 2:
        return None
    stamp, stop = read
    half, stop = read_half_of_day(line, stop)
    if stop != len(line):
        return None
    label = line[: found_time.start()]
    enclosed = label.strip()[:1] == "[" and label.strip()[-1:] == "]"
    ms = _of_day(stamp, half)
    firm = enclosed or bool(_WIDE_GAP.search(label)) or label.rstrip()[-1:] in ("|", "•", "·")
    return _header(label.strip()[1:-1] if enclosed else label, ms, firm=firm, clock=enclosed or half is not None)


def chat_of(text: str) -> tuple[Header, str] | None:
    """Return the speaker, the time and the text of a line of Zoom's chat: ``10:02:33 From Dana to Everyone: Hi``."""
    read = read_stamp(text, 0)
    if read is None or read[0].fields < 2:
        return None
    found = _ZOOM_CHAT.match(text, read[1])
    if found is None:
        return None
    header = _header(found.group(1), read[0].ms, firm=True, clock=True)
    return (header, text[found.end() :].strip()) if header else None


def _spelled_at_end(line: str) -> tuple[int, int] | None:
    """Return a duration in words at the end of a line: its milliseconds, and its place."""
    for at, character in enumerate(line):
        if character.isdigit() and (at == 0 or line[at - 1].isspace()):
            found = read_spelled(line, at)
            if found is not None and not line[found[1] :].strip():
                return found[0], at
    return None


def _of_day(stamp: Stamp, half: str | None) -> int:
    if half is None:
        return stamp.ms
    hour = stamp.ms // 3_600_000
    twelve = 12 * 3_600_000
    if half == "p" and hour < 12:
        return stamp.ms + twelve
    return stamp.ms - twelve if half == "a" and hour == 12 else stamp.ms


def _is_date(label: str) -> bool:
    """Return whether a label is a day, such as "March 1, 2026": exports put one with a time at their top."""
    words = [normalise(word.strip(".,")) for word in label.split()]
    return any(word in MONTHS or word in WEEKDAYS for word in words) and any(word[:1].isdigit() for word in words)


def _header(label: str, start_ms: int, *, firm: bool, clock: bool = False) -> Header | None:
    label = cleaned(one_line(label).strip(_AFTER_TIME))
    if (
        not plausible(label)
        or ":" in label
        or "：" in label
        or is_topic(label)
        or _is_date(label)
        or not any(c.isalpha() for c in label)
    ):
        return None
    return Header(label, start_ms, firm, clock) if firm or name_shaped(label) or names_nobody(label) else None
