"""Facts about a meeting that stand beside its minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class MeetingFacts:
    """Facts about a meeting that stand beside its minutes.

    ``language`` is the one spoken, ``label`` what must be told of the transcript's quality, ``notes`` what was put
    right or left out when it was read.
    """

    title: str
    people: Sequence[str] = ()
    held_on: date | None = None
    duration_ms: int | None = None
    language: str | None = None
    label: str | None = None
    notes: Sequence[str] = ()
