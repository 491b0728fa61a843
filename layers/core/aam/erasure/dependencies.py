"""Dependencies of erasures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from aam.erasure.erasure_ledger import Ledger
from aam.foundation.clock import Clock
from aam.foundation.database import Transaction
from aam.foundation.state_table import StateTable
from aam.store.bucket import Bucket
from aam.store.layout import QUARANTINE

COPIES = "objects/"
"""Where the backup bucket keeps an object: under its own key below this."""


class MessageQueues(Protocol):
    """The queues whose messages name files, and dead letters."""

    def remove(self, words: AbstractSet[str], *, spared: AbstractSet[str] = frozenset()) -> Counter[str]:
        """Delete the messages that hold one of the ids; how many, by kind.  Raises DeadLettersBusy."""
        ...


@dataclass(frozen=True)
class ErasureDeps:
    """Buckets, database, the table of short-lived facts, the queues, the ledger and the clock.

    ``backups`` is the bucket of copies.  ``url_life`` is how long a signed URL may still write
    after everything has gone.  ``revoke`` notes that nothing more may be paid for a run.
    """

    bucket: Bucket
    backups: Bucket
    ledger: Ledger
    open_transaction: Transaction
    table: StateTable
    message_queues: MessageQueues
    clock: Clock
    stop_execution: Callable[[str], None]
    revoke: Callable[[UUID], None]
    url_life: timedelta

    @property
    def buckets(self) -> tuple[tuple[str, Bucket, str], ...]:
        """Return every place of objects: its name in counts, the bucket, and the prefix of its keys there."""
        return (
            ("objects", self.bucket, ""),
            ("quarantined_objects", self.bucket, QUARANTINE),
            ("backup_objects", self.backups, COPIES),
        )
