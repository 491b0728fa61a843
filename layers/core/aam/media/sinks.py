"""Protocols of sinks for extracted audio."""

from __future__ import annotations

from typing import Protocol


class PartSink(Protocol):
    """One object being written from its first byte to its last, in flat memory."""

    @property
    def key(self) -> str:
        """Return the key of the object that will be written."""
        ...

    def write(self, data: bytes) -> int:
        """Take the next bytes and return how many; raises `StorageUnavailable` when the store does not answer."""
        ...

    def complete(self) -> int:
        """Make the object visible and return its size in bytes; raises as `write` does."""
        ...

    def abort(self) -> None:
        """Leave nothing behind; never raises, and does nothing after `complete`."""
        ...


class OpenSink(Protocol):
    """Opens the sink of one output by its file name, such as `audio.ogg` or `channel-1.wav`."""

    def __call__(self, name: str, *, content_type: str) -> PartSink:
        """Return a fresh sink; asked twice for one name, the second replaces the first."""
        ...
