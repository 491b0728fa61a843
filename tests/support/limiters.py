"""A limiter that is always open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class OpenPermit:
    owner: str
    kept_until: datetime | None = None
    departed: int = 0

    def wait_for_slot(self) -> None:
        self.departed += 1

    def keep_until(self, deadline: datetime) -> None:
        self.kept_until = deadline


@dataclass
class OpenLimiter:
    leases: list[OpenPermit] = field(default_factory=list)

    @contextmanager
    def request(self) -> Iterator[OpenPermit]:
        lease = OpenPermit(owner=f"owner-{len(self.leases) + 1}")
        self.leases.append(lease)
        yield lease
