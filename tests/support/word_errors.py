"""Word error rate: the measure of a transcript against what was said."""

from __future__ import annotations

import re


def words_of(text: str) -> list[str]:
    """Return the words, in lower case, without punctuation."""
    return re.sub(r"[^a-z' ]", " ", text.lower()).split()


def word_error_rate(spoken: list[str], heard: list[str]) -> float:
    """Return insertions, deletions and substitutions, for each word spoken."""
    distances = list(range(len(heard) + 1))
    for row, told in enumerate(spoken, start=1):
        diagonal, distances[0] = distances[0], row
        for column, found in enumerate(heard, start=1):
            best = min(distances[column] + 1, distances[column - 1] + 1, diagonal + (told != found))
            diagonal, distances[column] = distances[column], best
    return distances[-1] / len(spoken)
