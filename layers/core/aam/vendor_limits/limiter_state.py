"""State of one vendor's rate limiter, and the rules by which the next request may start.

Pure functions on one small document.  Running requests are counted by their unexpired leases, so that a holder that
was killed frees its place when its lease ends.  Starts are spaced by GCRA with a burst of one: each start takes the
next free slot, and slots are SPACING_MARGIN further apart than the vendor allows, because requests do not reach it
exactly when they start.  Over any window of a second or more that makes up for SPACING_MARGIN of that window in jitter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from aam.foundation.schemas import Value
from aam.vendor_limits.settings import Limits

SPACING_MARGIN = 0.07
LEASE_S = 60.0
"""A lease ends this long after its holder last said that it lives."""

LEAD_S = 0.2
"""A slot is this far ahead at least: the time in which it is written down and the request made ready."""

LIMITED_S = 60.0
"""How long a limiter stays closed after a 429 that names no time."""

SLOW_MOST_S = 900.0
"""The longest that a limiter stays closed at a vendor's word: it is closed for every organization, and words can be
wrong.  A worker that is still too fast afterwards gets another 429."""

CIRCUIT_S, CIRCUIT_MOST_S = 15.0, 600.0
"""How long a limiter stays closed after a row of faults: it doubles with each probe that fails, up to the most."""

TURN_S = 2.0
"""How soon to look again when all places are taken, or somebody else is probing."""

Outcome = Literal["answered", "fault", "unknown"]


class LimiterState(Value):
    """One vendor's limiter: times are seconds since the epoch.

    ``leases`` maps who holds a place to when it expires.  ``closings`` counts in how many rows of faults the limiter
    closed since the vendor last answered; while it is not zero, one ``probe`` at a time may pass.
    """

    leases: dict[str, float] = Field(default_factory=dict)
    next_start: float = 0.0
    closed_until: float = 0.0
    faults: int = 0
    closings: int = 0
    probe: str = ""

    def living(self, now: float) -> dict[str, float]:
        """Return the leases that have not expired."""
        return {owner: until for owner, until in self.leases.items() if until > now}


@dataclass(frozen=True)
class Refused:
    """No start now; ``wait_s`` is a good time to come back.  ``crowded``: a place may become free at any moment."""

    wait_s: float
    crowded: bool = False


@dataclass(frozen=True)
class Granted:
    """The state with the place taken, and when the request is to start."""

    state: LimiterState
    start: float


def enter(state: LimiterState, owner: str, *, now: float, limits: Limits, patience_s: float) -> Granted | Refused:
    """Take a place and the next slot, both at once; the holder of a place only takes another slot.

    A slot further away than ``patience_s`` is not taken.
    """
    others = {holder: until for holder, until in state.living(now).items() if holder != owner}
    if state.closed_until > now:
        return Refused(state.closed_until - now)
    if state.closings and state.probe in others:
        return Refused(TURN_S)
    if len(others) >= limits.concurrency:
        return Refused(TURN_S, crowded=True)
    start = max(now + LEAD_S, state.next_start)
    if start - now > max(patience_s, LEAD_S):
        return Refused(start - now)
    taken = state.model_copy(
        update={
            "leases": {**others, owner: start + LEASE_S},
            "next_start": start + limits.spacing_ms / 1000 * (1 + SPACING_MARGIN),
            "probe": owner if state.closings else "",
        }
    )
    return Granted(taken, start)


def keep(state: LimiterState, owner: str, *, until: float, now: float) -> LimiterState:
    """Hold a place until a time, whether or not it was lost meanwhile: the request does run."""
    return state.model_copy(update={"leases": {**state.living(now), owner: until}})


def leave(state: LimiterState, owner: str, *, now: float) -> LimiterState:
    """Give a place back."""
    return state.model_copy(
        update={"leases": {holder: until for holder, until in state.living(now).items() if holder != owner}}
    )


def judge(state: LimiterState, owner: str, *, outcome: Outcome, now: float, limits: Limits) -> LimiterState:
    """Note how a request went: an answer opens the limiter, a row of faults closes it for a growing time."""
    probing = state.closings > 0 and state.probe == owner
    if outcome == "answered":
        unasked = 0.0 if state.closings else state.closed_until  # what the vendor asked for stays
        return state.model_copy(update={"faults": 0, "closings": 0, "probe": "", "closed_until": unasked})
    if outcome == "unknown":
        return state.model_copy(update={"probe": "" if probing else state.probe})
    faults = state.faults + 1
    if not probing and (state.closings or faults < limits.circuit_faults):
        return state.model_copy(update={"faults": faults})
    closed_s = min(CIRCUIT_S * 2**state.closings, CIRCUIT_MOST_S)
    return state.model_copy(
        update={
            "faults": faults,
            "closings": state.closings + 1,
            "probe": "",
            "closed_until": max(now + closed_s, state.closed_until),
        }
    )


def slow_down(state: LimiterState, *, now: float, seconds: float) -> LimiterState:
    """Close the limiter for as long as the vendor asked, SLOW_MOST_S at most; forget its faults, since it answers."""
    closed_s = min(max(seconds, 0.0), SLOW_MOST_S) if math.isfinite(seconds) else LIMITED_S
    return state.model_copy(
        update={"faults": 0, "closings": 0, "probe": "", "closed_until": max(now + closed_s, state.closed_until)}
    )
