"""A bucket that is a dictionary."""

from __future__ import annotations

from typing import Any

from aam.foundation.storage import ObjectMissing, ObjectStore


class MemoryStore(ObjectStore):
    """Small objects in memory; ``on_write`` is called before each write and may break it."""

    def __init__(self) -> None:
        super().__init__(None, "memory")  # type: ignore[arg-type]
        self.objects: dict[str, bytes] = {}
        self.on_write: Any = None

    def read(self, key: str) -> bytes:
        if key not in self.objects:
            raise ObjectMissing
        return self.objects[key]

    def keys(self, prefix: str) -> list[str]:
        return sorted(key for key in self.objects if key.startswith(prefix))

    def write(self, key: str, body: bytes, *, content_type: str) -> None:
        if self.on_write is not None:
            self.on_write(key)
        self.objects[key] = body
