"""Tags, voices and entities inside the lines of captions; every scan passes over its text once.

Only what WebVTT (https://www.w3.org/TR/webvtt1/) and SubRip know as a tag is one: "< 5 ms and > 2 percent" is speech.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from aam.transcription.imports.cues import Line, one_line
from aam.transcription.imports.times import read_stamp

_ANGLES = re.compile(r"[<>]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{1,31});")
_CLASSES = r"(?:\.[^\s<>.]{1,100}){0,20}"
_BARE = re.compile(rf"/?(?:c|b|i|u|s|ruby|rt|em|strong|p|div|span|v|lang|font|br){_CLASSES}[ /]?", re.IGNORECASE)
_WITH_ATTRIBUTES = re.compile(r"(?:font|span|p|div|ruby)\s+[\w-]{1,40}\s?=", re.IGNORECASE)
_LANG = re.compile(rf"lang{_CLASSES}\s+[A-Za-z0-9-]{{1,35}}\s*", re.IGNORECASE)
_VOICE = re.compile(rf"v{_CLASSES}(?=\s|$)", re.IGNORECASE)
_BREAK = re.compile(r"br ?/?", re.IGNORECASE)
_OVERRIDE = re.compile(r"[{}]")
_NAME_MAX = 200
_MUSIC = frozenset("♩♪♫♬♭♮♯🎵🎶")


@dataclass(frozen=True)
class _Piece:
    """A stretch of text, or a tag."""

    text: str
    tag: bool


def lines_of(payload: list[str]) -> list[Line]:
    """Return the lines of a cue without markup; a voice lasts until another or the end of the cue, across its lines."""
    lines: list[Line] = []
    voice: str | None = None
    text: list[str] = []
    fresh = False

    def close() -> None:
        nonlocal fresh
        clean = one_line(unescaped("".join(text)))
        if clean:
            lines.append(Line(clean, voice, fresh))
        text.clear()
        fresh = False

    for raw in payload:
        for piece in _pieces(_without_overrides(raw)):
            if not piece.tag:
                text.append(piece.text)
            elif (named := _voice(piece.text)) is not None:
                close()
                voice = named
            elif _BREAK.fullmatch(piece.text):
                text.append(" ")
            elif piece.text[:1].isdigit():
                fresh = True
        close()
    return lines


def is_music(text: str) -> bool:
    """Return whether a line holds nothing but signs of music."""
    bare = "".join(text.split())
    return bool(bare) and all(character in _MUSIC for character in bare)


def unescaped(text: str) -> str:
    """Return the text with its character references resolved, each once."""
    return _ENTITY.sub(lambda entity: html.unescape(entity.group()), text)


def _pieces(text: str) -> Iterator[_Piece]:
    done = 0
    opened: int | None = None
    for found in _ANGLES.finditer(text):
        at = found.start()
        if text[at] == "<":
            opened = at
            continue
        if opened is not None and _is_tag(text[opened + 1 : at]):
            yield _Piece(text[done:opened], tag=False)
            yield _Piece(text[opened + 1 : at], tag=True)
            done = at + 1
        opened = None
    yield _Piece(text[done:], tag=False)


def _is_tag(inside: str) -> bool:
    if inside[:1].isdigit():
        stamp = read_stamp(inside, 0)
        return stamp is not None and stamp[1] == len(inside)
    return bool(
        _BARE.fullmatch(inside)
        or _LANG.fullmatch(inside)
        or _WITH_ATTRIBUTES.match(inside)
        or _voice(inside) is not None
    )


def _voice(inside: str) -> str | None:
    """Return the name in a voice tag, "" where it has none that could be spoken; None for another tag."""
    found = _VOICE.match(inside)
    if found is None:
        return None
    name = one_line(unescaped(inside[found.end() :]))
    if len(name) > _NAME_MAX:
        return None
    return name if any(character.isalnum() for character in name) else ""


def _without_overrides(text: str) -> str:
    r"""Return the text without the overrides of Advanced SubStation, such as ``{\an8}``."""
    if "{\\" not in text:
        return text
    kept: list[str] = []
    done = 0
    opened: int | None = None
    for found in _OVERRIDE.finditer(text):
        at = found.start()
        if text[at] == "{":
            opened = at
        elif opened is not None:
            if text.startswith("\\", opened + 1):
                kept.append(text[done:opened])
                done = at + 1
            opened = None
    kept.append(text[done:])
    return "".join(kept)
