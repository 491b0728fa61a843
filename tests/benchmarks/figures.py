"""What a benchmark gives back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured value beside its limit."""

    name: str
    value: float
    unit: str
    limit: float
    ok: bool


@dataclass(frozen=True)
class Skipped:
    """What could not be measured here, and why."""

    name: str
    why: str
