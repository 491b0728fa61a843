"""Dying anywhere: at a call of a store, at the beginning or the end of a transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from tests.support.postgres import Database


class Killed(BaseException):
    """No handler sees a kill."""


class HasDatabase(Protocol):
    """A world of tests."""

    database: Database


@dataclass
class Killer:
    """Counts every call of the stores and every beginning and end of a transaction; ends it all at one of them."""

    world: HasDatabase
    at: int = -1
    seen: int = 0

    def point(self, _operation: str = "") -> None:
        """Count one place to die at."""
        self.seen += 1
        if self.seen == self.at:
            raise Killed

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Yield a transaction that may never begin, never commit, or commit without its caller learning of it."""
        self.point()
        with self.world.database.transaction() as session:
            yield session
            self.point()
        self.point()
