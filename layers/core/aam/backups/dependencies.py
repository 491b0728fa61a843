"""Dependencies of backups and restores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aam.backups.pg_connection import Login
from aam.foundation.clock import Clock
from aam.foundation.database import Transaction
from aam.foundation.deadline import HasTime
from aam.foundation.storage import ObjectStore
from aam.retention.policy import Policy
from aam.store.bucket import Bucket
from aam.store.manifest import LedgerFacts

if TYPE_CHECKING:
    from sqlalchemy import Engine


@dataclass(frozen=True)
class BackupDeps:
    """The database, the bucket of recordings, the bucket of backups, and what the stack says of itself.

    ``signer`` is the bucket of backups as it is reached from outside.  ``ledger`` says which ledger of erasures the
    stack has, or raises LedgerUnavailable.
    """

    media: ObjectStore
    backups: ObjectStore
    signer: ObjectStore
    open_transaction: Transaction
    login: Login
    policy: Policy
    clock: Clock
    describe_stack: Callable[[], Mapping[str, Any]]
    ledger: Callable[[], LedgerFacts]


@dataclass(frozen=True)
class Schema:
    """The migrations that a restore needs to know.

    ``owner`` is the role that owns all tables, ``roles`` the statements that make the roles and their privileges,
    ``advisory_lock`` what whoever migrates holds, ``revisions`` what this version knows.  ``bring_up`` migrates to the
    newest revision and gives the application's role its password.
    """

    owner: str
    roles: tuple[str, ...]
    advisory_lock: int
    revisions: frozenset[str]
    bring_up: Callable[[], None]


@dataclass(frozen=True)
class Step:
    """Count the things that a step has changed; ``finished`` false: time ran out, calling again continues.

    ``failed`` counts what it could not change, ``held`` what a legal hold keeps from it; others go on with both.
    """

    changed: int
    finished: bool = True
    failed: int = 0
    held: int = 0


def counted(steps: Mapping[str, Step]) -> dict[str, int]:
    """Return what each step has changed, under ``not_…`` what it could not, and under ``held_…`` what a hold keeps."""
    failed = {f"not_{name}": step.failed for name, step in steps.items() if step.failed}
    held = {f"held_{name}": step.held for name, step in steps.items() if step.held}
    return {name: step.changed for name, step in steps.items()} | failed | held


@dataclass(frozen=True)
class RestoreDeps:
    """Both buckets, and the database: ``admin`` opens it as a role that may create roles.

    ``after`` are the steps that follow a restore, by name: they bring the database from the backup's moment to now,
    and may be repeated.  ``ledger`` says which ledger of erasures they go by, or raises LedgerUnavailable or
    LedgerForged.
    """

    bucket: Bucket
    backups: ObjectStore
    admin: Engine
    login: Login
    open_transaction: Transaction
    open_statements: Transaction
    policy: Policy
    clock: Clock
    schema: Schema
    after: Mapping[str, Callable[[HasTime], Step]]
    ledger: Callable[[], LedgerFacts]
