"""Replay the ledger of erasures after a restore, in as many calls of the function that reads it as it takes."""

from __future__ import annotations

from dataclasses import replace

from aam.backups.dependencies import Step
from aam.backups.erasure_client import ask_erasures
from aam.backups.errors import ErasuresUnavailable, LedgerUnavailable
from aam.foundation.aws import patient_lambda
from aam.foundation.deadline import HasTime

REPLAY_S = 30
"""How long one call may erase, once it has read the ledger."""

IDLE_AT_MOST = 12
"""After so many calls in a row that erased nothing, reconciling has to continue: another process may be at work."""


def erase_again(erasure_function: str, has_time: HasTime) -> Step:
    """Erase every subject of the ledger again, in as many calls as it takes; raises ErasuresUnavailable.

    Each call finds again who failed or is held: the last one's answer counts.
    """
    erased = idle = 0
    while True:
        done = replay(erasure_function)
        erased += done.changed
        idle = 0 if done.changed else idle + 1
        if done.finished or idle >= IDLE_AT_MOST or not has_time():
            return replace(done, changed=erased)


def replay(erasure_function: str) -> Step:
    """Call the function that alone reads the ledger once; raises ErasuresUnavailable, LedgerForged."""
    try:
        told = ask_erasures(erasure_function, {"action": "replay", "seconds": REPLAY_S}, by=patient_lambda)
    except LedgerUnavailable:
        raise ErasuresUnavailable from None
    return Step(changed=told["erased"], finished=told["finished"], failed=told["failed"], held=told["waiting"])
