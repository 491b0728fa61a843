"""The table of short-lived facts as cleanups see it, in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


class MemoryTable:
    """Table of short-lived facts, as cleanups use it."""

    def __init__(self) -> None:
        self.items: dict[str, int] = {}
        self.answers: dict[str, str] = {}
        self.owners: dict[str, str] = {}

    def expired(self, now: int) -> Iterator[str]:
        """Yield keys whose time is over."""
        yield from [pk for pk, expires_at in self.items.items() if expires_at <= now]

    def delete_expired(self, pk: str, now: int) -> None:
        """Delete unless it was given more time."""
        if self.items.get(pk, now + 1) <= now:
            del self.items[pk]

    def delete(self, pk: str) -> None:
        """Delete."""
        self.items.pop(pk, None)
        self.answers.pop(pk, None)

    def texts(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield keys of items with their texts."""
        for pk, answer in list(self.answers.items()):
            yield pk, {"answer": answer, "organization_id": self.owners.get(pk, "")}

    def write(self, pk: str, facts: Mapping[str, str], *, expires_at: int) -> None:
        """Write an item; only its time matters here."""
        self.items[pk] = expires_at
