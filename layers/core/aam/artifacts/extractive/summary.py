"""The sentences that say most of what the whole says."""

from __future__ import annotations

from aam.artifacts.extractive.centrality import centralities, chosen
from aam.artifacts.extractive.talk import Line, Talk

_COUNT = range(3, 8)
_SHARE = 0.12


def summary_of(talk: Talk) -> list[Line]:
    """Return the sentences of the summary in their order."""
    norms = [line.norms for line in talk.lines]
    count = max(_COUNT[0], min(_COUNT[-1], round(len(norms) * _SHARE)))
    return [talk.lines[n] for n in chosen(norms, centralities(norms), count=count)]
