"""The alignment of a quote with a window of the transcript, word by word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

_LONGEST = 64


@dataclass(frozen=True)
class Alignment:
    """Alignment of a quote with a window: a half-open range, its similarity, and the words that differ."""

    first: int
    last: int
    similarity: float
    replaced: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> int:
        """Return the number of the window's words that are covered."""
        return self.last - self.first

    def moved(self, by: int) -> Alignment:
        """Return the same alignment in a window that begins earlier."""
        return replace(self, first=self.first + by, last=self.last + by)


def align(quote: Sequence[str], window: Sequence[str]) -> Alignment:
    """Fit the whole quote into any part of the window with the fewest changed words.

    The similarity counts characters: 1 minus the characters to change over those of the longer side.
    O(len(quote) · len(window)) steps.
    """
    rows, columns = len(quote), len(window)
    costs = [[0] * (columns + 1)]
    for i, word in enumerate(quote, 1):
        above = costs[-1]
        row = [i] * (columns + 1)
        for j, other in enumerate(window, 1):
            best = above[j - 1] if word == other else above[j - 1] + 1
            if above[j] + 1 < best:
                best = above[j] + 1
            if row[j - 1] + 1 < best:
                best = row[j - 1] + 1
            row[j] = best
        costs.append(row)
    last = min(range(columns + 1), key=lambda j: costs[rows][j])
    # Of equal fits the one that sets the quote's last word against a word, not against nothing: else "is"
    # for a final "isn't" would look like a word too many, and the change of meaning would not be seen.
    while last < columns and costs[rows][last + 1] == costs[rows][last]:
        last += 1
    return _traced(quote, window, costs, last)


def _traced(quote: Sequence[str], window: Sequence[str], costs: Sequence[Sequence[int]], last: int) -> Alignment:
    i, j = len(quote), last
    changed = 0
    replaced: list[tuple[str, str]] = []
    while i > 0:
        here = costs[i][j]
        if j and here == costs[i - 1][j - 1] + (quote[i - 1] != window[j - 1]):
            i, j = i - 1, j - 1
            if quote[i] != window[j]:
                replaced.append((quote[i], window[j]))
                changed += edits(quote[i], window[j])
        elif here == costs[i - 1][j] + 1:
            i -= 1
            changed += len(quote[i]) + 1
        else:
            j -= 1
            changed += len(window[j]) + 1
    longer = max(sum(map(len, quote)) + len(quote), sum(map(len, window[j:last])) + last - j, 1)
    return Alignment(j, last, max(0.0, 1 - changed / longer), tuple(replaced))


def edits(one: str, other: str) -> int:
    """Levenshtein's distance; of overlong words only the length of the longer."""
    if max(len(one), len(other)) > _LONGEST:
        return max(len(one), len(other))
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            diagonal, row[j] = row[j], min(diagonal + (a != b), row[j] + 1, row[j - 1] + 1)
    return row[-1]
