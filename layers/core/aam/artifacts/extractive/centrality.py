"""Which sentences say most of what the whole says: closeness to the centroid of their weighted words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log, sqrt

from aam.language.lexicon import STOPWORDS

# Cutting a word to its first letters stands for stemming; it is enough to bring the cases of a word together.
_STEM = 6
_FEWEST_WORDS = 5
_TOO_ALIKE = 0.6


def centralities(sentences: Sequence[Sequence[str]]) -> list[float]:
    """The cosine of each sentence's tf-idf vector with the sum of all; 0 below five words."""
    bags = [Counter(_stems(words)) for words in sentences]
    seen = Counter(stem for bag in bags for stem in bag)
    weights = {stem: log(1 + len(bags) / count) for stem, count in seen.items()}
    centroid: Counter[str] = Counter()
    for bag in bags:
        centroid.update(bag)
    total = sqrt(sum((count * weights[stem]) ** 2 for stem, count in centroid.items())) or 1.0
    scores = []
    for bag, words in zip(bags, sentences, strict=True):
        norm = sqrt(sum((count * weights[stem]) ** 2 for stem, count in bag.items())) or 1.0
        product = sum(count * centroid[stem] * weights[stem] ** 2 for stem, count in bag.items())
        scores.append(product / (norm * total) if len(words) >= _FEWEST_WORDS else 0.0)
    return scores


def chosen(sentences: Sequence[Sequence[str]], scores: Sequence[float], *, count: int) -> list[int]:
    """The numbers of the best sentences, in their own order, none saying what a better one says."""
    best: list[int] = []
    bags: list[frozenset[str]] = []
    for number in sorted(range(len(scores)), key=lambda n: (-scores[n], n)):
        if len(best) == count or scores[number] <= 0:
            break
        bag = frozenset(_stems(sentences[number]))
        if any(len(bag & other) > _TOO_ALIKE * len(bag | other) for other in bags):
            continue
        best.append(number)
        bags.append(bag)
    return sorted(best)


def _stems(words: Sequence[str]) -> list[str]:
    return [word[:_STEM] for word in words if word not in STOPWORDS and any(c.isalnum() for c in word)]
