"""Dependencies of the operations use cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aam.foundation.clock import Clock
from aam.foundation.database import Transaction
from aam.foundation.state_table import StateTable
from aam.foundation.storage import ObjectStore
from aam.foundation.vendor_keys import StoredKeys
from aam.pipeline.executions import LookUpExecution, StartExecution


@dataclass(frozen=True)
class OperationsDeps:
    """The store, the database, the table of short-lived facts, the queues, and the workflow service.

    ``sqs`` is a boto3 client; ``queues`` maps what a queue is for to its URL and that of its dead letters.
    """

    store: ObjectStore
    open_transaction: Transaction
    table: StateTable
    sqs: Any
    queues: Mapping[str, tuple[str, str]]
    look_up: LookUpExecution
    start_execution: StartExecution
    stored_keys: Callable[[], StoredKeys]
    clock: Clock
