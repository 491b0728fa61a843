"""Rank items by words of pressure, by what they block, and by how soon they are due."""

from __future__ import annotations

from collections.abc import Sequence

from aam.artifacts.extractive.talk import Line
from aam.artifacts.schemas import Priority
from aam.language.dialogue import RELAXED, URGENT
from aam.language.phrases import word_set
from aam.language.tokens import norms_of

_SOON = word_set("today tonight tomorrow afternoon сегодня завтра сьогодні завтра")


def priority_of(lines: Sequence[Line], due: str | None) -> Priority:
    """Return the priority of an item with these lines of evidence and this deadline."""
    if any(URGENT.any(line.norms) for line in lines):
        return Priority.HIGH
    if due is not None and not _SOON.isdisjoint(norms_of(due)):
        return Priority.HIGH
    return Priority.LOW if any(RELAXED.any(line.norms) for line in lines) else Priority.MEDIUM
