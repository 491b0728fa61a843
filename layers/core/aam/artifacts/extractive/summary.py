"""The sentences that together say most of what a meeting talks about.

Each sentence is worth the weights of its words: a word weighs more the more lines hold it, less the commoner it is, and
half where only one person says it.  Sentences are taken one by one, the most worth for its length first; a word that
the summary holds already counts for less, so that no two sentences say the same.  The first minute, in which people say
what they met for, counts more; stumbling, and what a transcript puts in brackets, counts less.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import exp, log

from aam.artifacts.extractive.talk import Line, Talk
from aam.language.dialogue import FILLERS
from aam.language.tokens import word_count

MAX_WORDS = 115
_SHARE = 0.25
"""Of a short talk the summary is at most so much."""
_MAX_SENTENCES = 7
_LENGTHS = range(8, 26)
_FREQUENCY, _LENGTH = 0.8, 0.7
_OPENING, _DECAY = 2.0, 40.0
_SAID_AGAIN = 0.6
_STUMBLING = 2.0


def summary_of(talk: Talk) -> list[Line]:
    """Return the sentences of the summary in the order of the talk; linear in the talk."""
    sizes = {line.number: word_count(line.text) for line in talk.lines}
    weights = _weights(talk.lines)
    values = {line.number: _value(line, len(talk.turns)) for line in talk.lines if sizes[line.number] in _LENGTHS}
    left = min(MAX_WORDS, max(_LENGTHS[-1], round(sum(sizes.values()) * _SHARE)))
    held: Counter[str] = Counter()
    taken: list[Line] = []
    candidates = [line for line in talk.lines if line.number in values]
    while len(taken) < _MAX_SENTENCES:
        fitting = [line for line in candidates if sizes[line.number] <= left]
        best = max(
            fitting,
            key=lambda line: _worth(line, weights, held) * values[line.number] / sizes[line.number] ** _LENGTH,
            default=None,
        )
        if best is None or not _worth(best, weights, held):
            break
        candidates.remove(best)
        taken.append(best)
        left -= sizes[best.number]
        held.update(best.stems)
    return sorted(taken, key=lambda line: line.number)


def _weights(lines: Sequence[Line]) -> dict[str, float]:
    """Return the weight of each word of content that is said more than once."""
    counts = Counter(stem for line in lines for stem in line.stems)
    speakers: dict[str, set[str]] = {}
    for line in lines:
        for stem in line.stems:
            speakers.setdefault(stem, set()).add(line.speaker)
    total = log(1 + len(lines)) or 1.0
    return {
        stem: count**_FREQUENCY * log(1 + len(lines) / count) / total / (1 if len(speakers[stem]) > 1 else 2)
        for stem, count in counts.items()
        if count > 1
    }


def _value(line: Line, turns: int) -> float:
    """Return how much a line counts by where and how it is said."""
    value = 1 + _OPENING * exp(-_DECAY * line.turn / max(turns, 1))
    stumbles = sum(norm in FILLERS for norm in line.norms) + sum(line.text.count(mark) for mark in "{[")
    return value * (1 - min(0.9, _STUMBLING * stumbles / len(line.norms)))


def _worth(line: Line, weights: Mapping[str, float], held: Mapping[str, int]) -> float:
    # Summed in a fixed order: sums of floats depend on it, and a set has none.
    return sum(weights.get(stem, 0.0) * _SAID_AGAIN ** held.get(stem, 0) for stem in sorted(line.stems))
