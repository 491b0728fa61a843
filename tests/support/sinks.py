"""Sinks in memory."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class MemorySink:
    """A `PartSink` that keeps its bytes in the store when completed."""

    store: MemoryStore
    key: str
    content_type: str
    held: bytearray = field(default_factory=bytearray)

    def write(self, data: bytes) -> int:
        if self.store.fails is not None:
            raise self.store.fails
        self.held += data
        self.store.written += len(data)
        return len(data)

    def complete(self) -> int:
        self.store.objects[self.key] = bytes(self.held)
        return len(self.held)

    def abort(self) -> None:
        self.store.aborted.append(self.key)


@dataclass
class MemoryStore:
    """Opens sinks under `derived/`, and holds what they completed; ``fails`` is raised by every write."""

    objects: dict[str, bytes] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)
    aborted: list[str] = field(default_factory=list)
    fails: Exception | None = None
    written: int = 0

    def __call__(self, name: str, *, content_type: str) -> MemorySink:
        self.opened.append(name)
        return MemorySink(self, f"derived/{name}", content_type)
