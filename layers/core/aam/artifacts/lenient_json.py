"""Reading JSON as models write it that no schema holds: in prose or a fence, with a comma too many, "High" or "2".

Only what can mean one thing is read; anything else stays a mismatch, which the model is asked to mend.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any

from pydantic import BeforeValidator

_TRIES = 16
"""How many braces are tried as the beginning of the answer, so that the work grows with the text and no faster."""

_STRING_OR_COMMA = re.compile(r'"(?:[^"\\]|\\.)*+"?|,(?=\s*+[}\]])', re.DOTALL)
_NUMBER = re.compile(r"\s*(\d{1,18})[A-Z]{0,3}\s*", re.ASCII)
_DECODER = json.JSONDecoder(strict=False)


def largest_object_in(content: str) -> dict[str, Any] | None:
    """Return the largest JSON object of an answer, amid any other text; None when it holds none.

    Thoughts before ``</think>`` are passed over, and a comma before a closing bracket is taken as absent.
    """
    content = content.rpartition("</think>")[2]
    found: dict[str, Any] | None = None
    longest = 0
    start = content.find("{")
    for _ in range(_TRIES):
        if start < 0:
            break
        value, length = _decoded(content[start:])
        if value is not None and length > longest:
            found, longest = value, length
        start = content.find("{", start + max(1, length))
    return found


def _decoded(text: str) -> tuple[dict[str, Any] | None, int]:
    """Return the object that the text begins with, and how long it is; (None, 0) when it begins with none."""
    for candidate in (text, _STRING_OR_COMMA.sub(_without_comma, text)):
        try:
            value, end = _DECODER.raw_decode(candidate)
        except (ValueError, RecursionError):
            continue
        return value, end
    return None, 0


def _without_comma(found: re.Match[str]) -> str:
    return " " if found.group() == "," else found.group()


def _number(value: Any) -> Any:
    """Return the number behind "2", "2A" (as utterances are shown) or 2.0, else the value as it is."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and (written := _NUMBER.fullmatch(value)):
        return int(written.group(1))
    return value


def _word(value: Any) -> Any:
    """Return a word of a closed list in the case in which lists are written."""
    return value.strip().lower() if isinstance(value, str) else value


def _entries(value: Any) -> Any:
    """Return a list without its nulls, and an empty one for null."""
    if value is None:
        return []
    return [entry for entry in value if entry is not None] if isinstance(value, list) else value


LooseNumber = Annotated[int, BeforeValidator(_number)]
"""A whole number; "2" is one, true is none."""

Word = BeforeValidator(_word)
"""Annotates a choice; "High" is high."""

Entries = BeforeValidator(_entries)
"""Annotates a list; null is an empty one."""
