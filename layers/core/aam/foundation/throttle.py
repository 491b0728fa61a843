"""Throttling by fixed windows, counted before the work so that parallel attempts cannot slip through."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from aam.foundation.errors import TooManyRequests
from aam.foundation.state_table import StateTable


class Throttled(TooManyRequests):
    """Too many attempts in a short time."""

    code = "throttled"


@dataclass(frozen=True)
class Limit:
    """Number of attempts that one subject has in a window (seconds)."""

    name: str
    attempts: int
    window_s: int


def counter_key(limit: Limit, subject: str, now: datetime) -> str:
    """Return the counter's key; the subject (an address, an e-mail) enters it only as a hash."""
    window = int(now.timestamp()) // limit.window_s
    return f"throttle#{limit.name}#{hashlib.sha256(subject.encode()).hexdigest()}#{window}"


def spend(table: StateTable, limit: Limit, subject: str, *, now: datetime) -> None:
    """Count one attempt; raises Throttled, with the seconds until the window ends, when there were too many."""
    ends = (int(now.timestamp()) // limit.window_s + 1) * limit.window_s
    seen = table.count(counter_key(limit, subject, now), expires_at=ends + limit.window_s)
    if seen > limit.attempts:
        wait = max(1, ends - int(now.timestamp()))
        raise Throttled(f"Too many attempts; wait {wait} seconds and try again.", retry_after_s=wait)


def forgive(table: StateTable, limit: Limit, subject: str, *, now: datetime) -> None:
    """Forget the attempts of a subject in this window, because it has shown who it is."""
    table.delete(counter_key(limit, subject, now))
