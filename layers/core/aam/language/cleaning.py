"""Remove invisible characters and find words of mixed script, before a check or a reader sees them."""

from __future__ import annotations

import re
import unicodedata

# Default-ignorable code points of Unicode, and the controls of direction.
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_HIDDEN = re.compile(f"[{_IGNORABLE}]")
_VARIATION = re.compile("[\ufe00-\ufe0f]")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
# A soft hyphen within a word is typography; within a number, and any other hidden character within either, a trick.
_WITHIN = re.compile(f"\\w[{_IGNORABLE}]+\\w")
_SOFT = re.compile("[^\\W\\d]\u00ad[^\\W\\d]")
_WORD = re.compile(r"[^\W_]+")
_ASSIMILATED = re.compile(r"[A-Z]{2,}[\u0430-\u044f\u0451\u0454\u0456\u0457\u0491]+")
"""Capitals with an ending of the other script, as people write them: "SMSки"."""


def clean(text: str) -> str:
    """Return the text without invisible characters: default-ignorable ones and controls of direction."""
    return text if text.isascii() else _VARIATION.sub("", _HIDDEN.sub("", text))


def hidden_in(text: str) -> str | None:
    """Return the first place where hidden characters change what is read: within a word or number, or its direction."""
    if text.isascii():
        return None
    found = _DIRECTION.search(text)
    if found:
        return clean(text[max(0, found.start() - 20) : found.end() + 20])
    for found in _WITHIN.finditer(text):
        if not _SOFT.fullmatch(found.group()):
            return clean(text[max(0, found.start() - 20) : found.end() + 20])
    return None


def mixed_word_in(text: str) -> str | None:
    """Return the first word whose letters or figures are of two scripts, such as Latin with a Cyrillic "о"."""
    if text.isascii():
        return None
    for found in _WORD.finditer(text):
        word = found.group()
        scripts = set() if word.isascii() else {script for c in word if (script := _script(c))}
        if len(scripts) > 1 and not _ASSIMILATED.fullmatch(word):
            return word
    return None


def _script(char: str) -> str | None:
    """Return the script of a letter, or None for what belongs to any."""
    if char.isdecimal() or unicodedata.category(char)[0] not in "LN":
        return None
    if char.isascii():
        return "latin"
    code = ord(char)
    if 0x0400 <= code <= 0x052F:
        return "cyrillic"
    if code <= 0x024F or 0x1E00 <= code <= 0x1EFF:
        return "latin" if unicodedata.category(char)[0] == "L" else None
    if 0x0370 <= code <= 0x03FF or 0x1F00 <= code <= 0x1FFF:
        return "greek"
    if unicodedata.category(char)[0] == "N":
        return None
    plain = unicodedata.normalize("NFKC", char)
    if plain != char:
        return _script(plain[0]) if plain[0] != char else None
    name = unicodedata.name(char, "")
    return name.split(" ", 1)[0].lower() if name else None
