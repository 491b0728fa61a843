"""Find the layout of a text by its content."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from aam.transcription.imports.captions import is_timing

_LINES = re.compile(r"\r\n|\r|\n")
_FOREIGN = ("{\\rtf", "%PDF-", "<!doctype", "<html", "<?xml", "<tt ", "<tt>", "[script info]", "%!ps", "<transcript")
_HEAD = 64


class Layout(StrEnum):
    """Layout of a text; the value is also the model's name in the canonical transcript."""

    VTT = "vtt"
    SRT = "srt"
    PLAIN = "txt"
    JSON = "json"
    FOREIGN = "foreign"


def layout_of(text: str, *, filename: str) -> Layout:
    """Return the layout of a text; its name decides nothing but what an opening brace alone leaves open."""
    head = text[: _HEAD * 100].lstrip("\ufeff \t\r\n")[:_HEAD].casefold()
    if head.startswith("webvtt"):
        return Layout.VTT
    if head.startswith(_FOREIGN):
        return Layout.FOREIGN
    if _opens_json(head, named=filename.rstrip(". ").lower().endswith(".json")):
        return Layout.JSON
    return Layout.SRT if _has_captions(lines_in(text)) else Layout.PLAIN


def lines_in(text: str) -> list[str]:
    """Return the lines of a text, whichever system ended them."""
    return _LINES.split(text.lstrip("\ufeff"))


def _opens_json(head: str, *, named: bool) -> bool:
    if named:
        return head[:1] in ("{", "[")
    inner = head[1:].lstrip()
    return (head[:1] == "{" and inner[:1] in ('"', "}")) or (head[:1] == "[" and inner[:1] == "{")


def _has_captions(lines: Sequence[str]) -> bool:
    return any(is_timing(line) for line in lines)
