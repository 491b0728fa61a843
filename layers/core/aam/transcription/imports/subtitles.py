"""WebVTT (https://www.w3.org/TR/webvtt1/) and SubRip, as the world writes them."""

from __future__ import annotations

import html
import re

from aam.transcription.errors import ReversedTimes, TooManyCues
from aam.transcription.imports.cues import Cue, one_line, split_speaker

_TIME = r"(?:(\d{1,4}):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,3}))?"
_TIMING = re.compile(rf"\s*{_TIME}[ \t]*-->[ \t]*{_TIME}(?:\s|$)")
_SKIPPED_BLOCKS = ("NOTE", "STYLE", "REGION")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]+([^<>]*)>")
_VTT_TAG = re.compile(r"<[^<>]*>")
_SRT_TAG = re.compile(r"</?(?:b|i|u|s|c|v|font|lang|ruby|rt)\b[^<>]*>|\{\\[^{}]*\}", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{1,31});")
_LINES = re.compile(r"\r\n|\r|\n")


def read_vtt(text: str, notes: list[str], *, limit: int) -> list[Cue]:
    """Read the cues of a WebVTT file; one cue with several voices becomes several."""
    lines = _LINES.split(text)
    if lines and lines[0].lstrip("\ufeff").startswith("WEBVTT"):
        del lines[: _end_of_block(lines, 0)]
    else:
        notes.append("The file lacks the WEBVTT line; it was read all the same.")
    return _read(lines, notes, vtt=True, limit=limit)


def read_srt(text: str, notes: list[str], *, limit: int) -> list[Cue]:
    """Read the cues of a SubRip file."""
    return _read(_LINES.split(text), notes, vtt=False, limit=limit)


def _read(lines: list[str], notes: list[str], *, vtt: bool, limit: int) -> list[Cue]:
    cues: list[Cue] = []
    unreadable = 0
    number = at = 0
    while at < len(lines):
        line = lines[at]
        if vtt and _is_skipped(line):
            at = _end_of_block(lines, at)
        elif "-->" in line:
            end = _end_of_cue(lines, at + 1)
            timing = _TIMING.match(line)
            number += 1
            if timing is None:
                unreadable += 1
            else:
                cues.extend(_cues(number, timing, lines[at + 1 : end], vtt=vtt))
            if len(cues) > limit:
                raise TooManyCues
            at = end
        else:
            at += 1
    if unreadable:
        notes.append(f"{unreadable} cues with unreadable times were left out.")
    return cues


def _is_skipped(line: str) -> bool:
    return any(line == name or line.startswith((name + " ", name + "\t")) for name in _SKIPPED_BLOCKS)


def _end_of_block(lines: list[str], at: int) -> int:
    while at < len(lines) and lines[at].strip():
        at += 1
    return at


def _end_of_cue(lines: list[str], at: int) -> int:
    # A cue also ends where the next timing line comes without a blank line before it; the line in between
    # is then its identifier when it is a bare number.
    start = at
    while at < len(lines) and lines[at].strip():
        if "-->" in lines[at]:
            return at - 1 if at > start and lines[at - 1].strip().isdigit() else at
        at += 1
    return at


def _cues(number: int, timing: re.Match[str], lines: list[str], *, vtt: bool) -> list[Cue]:
    start, end = _milliseconds(timing.groups()[:4]), _milliseconds(timing.groups()[4:])
    if end < start:
        raise ReversedTimes(f"Cue {number} of this file ends before it starts; export the transcript anew.")
    return [
        Cue(number=number, speaker=speaker, start_ms=start, end_ms=end, text=text)
        for speaker, text in _spoken("\n".join(lines), vtt=vtt)
        if text
    ]


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, fraction = parts
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    return whole * 1000 + int((fraction or "0").ljust(3, "0"))


def _spoken(payload: str, *, vtt: bool) -> list[tuple[str | None, str]]:
    """The voices of a cue and what each says, without tags and entities."""
    tag = _VTT_TAG if vtt else _SRT_TAG
    before, *voices = _VOICE.split(payload)
    spoken: list[tuple[str | None, str]] = [split_speaker(_plain(before, tag))]
    for name, text in zip(voices[0::2], voices[1::2], strict=True):
        spoken.append((one_line(_unescape(name)) or None, _plain(text, tag)))
    return spoken


def _plain(text: str, tag: re.Pattern[str]) -> str:
    return one_line(_unescape(tag.sub("", text)))


def _unescape(text: str) -> str:
    return _ENTITY.sub(lambda entity: html.unescape(entity.group()), text)
