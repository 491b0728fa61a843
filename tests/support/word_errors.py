"""Word error rate: the measure of a transcript against what was said."""

from __future__ import annotations

import re
from functools import cache

from num2words import num2words


def words_of(text: str) -> list[str]:
    """Return the words, in lower case, without punctuation; numbers up to 100 as digits, however they are written."""
    words = re.sub(r"[^\w' ]", " ", text.lower().replace("ё", "е").replace("-", " ")).split()
    return [_digits().get(re.sub(r"^(\d+)(st|nd|rd|th)$", r"\1", word), word) for word in words]


@cache
def _digits() -> dict[str, str]:
    numbers = {"mr": "mister", **{str(number): str(number) for number in range(101)}}
    for number in range(101):
        numbers |= {num2words(number, to=kind): str(number) for kind in ("cardinal", "ordinal")}
    return numbers


def word_error_rate(spoken: list[str], heard: list[str]) -> float:
    """Return insertions, deletions and substitutions, for each word spoken."""
    distances = list(range(len(heard) + 1))
    for row, told in enumerate(spoken, start=1):
        diagonal, distances[0] = distances[0], row
        for column, found in enumerate(heard, start=1):
            best = min(distances[column] + 1, distances[column - 1] + 1, diagonal + (told != found))
            diagonal, distances[column] = distances[column], best
    return distances[-1] / len(spoken)
