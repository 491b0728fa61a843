"""A gate that is always open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class OpenLease:
    owner: str
    kept_until: datetime | None = None
    departed: int = 0

    def depart(self) -> None:
        self.departed += 1

    def keep_until(self, deadline: datetime) -> None:
        self.kept_until = deadline


@dataclass
class OpenGate:
    leases: list[OpenLease] = field(default_factory=list)

    @contextmanager
    def request(self) -> Iterator[OpenLease]:
        lease = OpenLease(owner=f"owner-{len(self.leases) + 1}")
        self.leases.append(lease)
        yield lease
