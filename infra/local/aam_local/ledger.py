"""A stack's ledger of erasures: its key, and its entries as they lie in their bucket.

Nothing is ever taken from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from aam_local.buckets import StackBucket, stack_bucket
from aam_local.kept_secrets import read_value, write_value
from aam_local.paths import Home
from aam_local.target import Target

SECRET, BUCKET, PREFIX = "ErasureLedgerSecretArn", "LedgerBucketName", "erasures/"
AT_ONCE = 8
MARK_LENGTH = 64
"""An entry is called by an HMAC-SHA256 in hexadecimal."""


@dataclass(frozen=True)
class StackLedger:
    """The ledger of a stack; methods raise UserError."""

    target: Target

    @property
    def bucket(self) -> StackBucket:
        """Return the folder of the entries."""
        return stack_bucket(self.target, BUCKET)

    def key(self) -> str:
        """Return the key of its HMACs."""
        return read_value(self.target, SECRET)

    def set_key(self, key: str) -> None:
        """Go over to another key; only an empty ledger may."""
        write_value(self.target, SECRET, key)

    def entries(self) -> dict[str, bytes]:
        """Return every entry by its key."""
        bucket = self.bucket
        names = sorted(bucket.keys(PREFIX))
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            return dict(zip(names, pool.map(bucket.read, names), strict=True))

    def add(self, entries: Mapping[str, bytes]) -> None:
        """Write entries; one that stands there gets another version."""
        bucket = self.bucket
        for key, body in entries.items():
            bucket.write(key, body)


def entries_on_disk(home: Home) -> int:
    """Return how many entries the embedded stack's ledger has, whether or not it is up.

    Objects are files there, each with another one beside it that says what kind it is of.
    """
    files = (home.emulator / "objects").glob(f"*/*-ledger-*/{PREFIX}*.json")
    return sum(len(file.stem) == MARK_LENGTH for file in files)
