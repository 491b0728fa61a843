"""Dependencies of the operations use cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from aam.foundation.clock import Clock
from aam.foundation.database import Transaction
from aam.foundation.settings import Environment
from aam.foundation.state_table import StateTable
from aam.foundation.storage import ObjectStore
from aam.foundation.vendor_keys import StoredKeys
from aam.pipeline.executions import LookUpExecution, StartExecution


class QueueSettings(Environment):
    """Every queue and its dead letters."""

    processing_queue_url: str = Field(alias="PROCESSING_QUEUE_URL", min_length=1)
    transcription_queue_url: str = Field(alias="TRANSCRIPTION_QUEUE_URL", min_length=1)
    artifacts_queue_url: str = Field(alias="ARTIFACTS_QUEUE_URL", min_length=1)
    processing_dead_letters_url: str = Field(alias="PROCESSING_DEAD_LETTERS_URL", min_length=1)
    transcription_dead_letters_url: str = Field(alias="TRANSCRIPTION_DEAD_LETTERS_URL", min_length=1)
    artifacts_dead_letters_url: str = Field(alias="ARTIFACTS_DEAD_LETTERS_URL", min_length=1)

    @property
    def pairs(self) -> dict[str, tuple[str, str]]:
        """Queue and dead letters by what the queue is for."""
        return {
            "processing": (self.processing_queue_url, self.processing_dead_letters_url),
            "transcription": (self.transcription_queue_url, self.transcription_dead_letters_url),
            "artifacts": (self.artifacts_queue_url, self.artifacts_dead_letters_url),
        }


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
