"""Dependencies of cleanups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aam.foundation.clock import Clock
from aam.foundation.database import Transaction
from aam.foundation.state_table import StateTable
from aam.foundation.storage import ObjectStore
from aam.retention.policy import Policy
from aam.retention.queues import Queues
from aam.store.bucket import Bucket


@dataclass(frozen=True)
class CleanupDeps:
    """Bucket, the backups' bucket, database, the table of short-lived facts, the queues, the policy, and the clock.

    ``open_statements`` opens a session whose every statement is a transaction of its own.  ``folder`` makes an empty
    folder for a plan.
    """

    bucket: Bucket
    backups: ObjectStore
    open_transaction: Transaction
    open_statements: Transaction
    table: StateTable
    queues: Queues
    policy: Policy
    clock: Clock
    stop_execution: Callable[[str], None]
    folder: Callable[[], Path]
