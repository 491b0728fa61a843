"""Make text safe for a terminal."""

import json
import unicodedata
from typing import Any


def plain(text: str) -> str:
    """Return the text with line ends, but without other characters that a terminal would execute.

    Names and words come from strangers: an escape sequence could forge lines or change the terminal itself.  Spaces of
    every kind (Unicode's Zs, such as the one that does not break) become the one that people can type.
    """
    return "".join(map(shown, text))


def shown(letter: str) -> str:
    """Return the visible form of a character."""
    if unicodedata.category(letter) == "Zs":
        return " "
    return letter if letter.isprintable() or letter == "\n" else "\N{REPLACEMENT CHARACTER}"


def one_line(text: str) -> str:
    """Return the same in one line."""
    return plain(text.replace("\n", " "))


def in_json(value: Any, *, indent: int | None = 2) -> str:
    """Return the value as JSON that a terminal may show too: control characters are escaped, nothing is lost."""
    written = json.dumps(value, indent=indent, ensure_ascii=False)
    return "".join(letter if letter.isprintable() or letter == "\n" else json.dumps(letter)[1:-1] for letter in written)
