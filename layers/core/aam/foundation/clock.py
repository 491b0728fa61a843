"""Time and identifiers, so that tests can hold both still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the present moment, aware and in UTC."""
    return datetime.now(UTC)


def new_id() -> UUID:
    """Return a time-ordered UUID (version 7, RFC 9562): rows made later sort later, and indexes stay dense."""
    from uuid6 import uuid7

    return UUID(int=uuid7().int)
