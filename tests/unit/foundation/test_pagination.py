"""Cursors."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from aam.foundation.pagination import BadCursor, Position, decode, encode


def test_a_cursor_comes_back_as_it_went() -> None:
    position = Position(at=datetime(2026, 11, 21, 22, 30, 1, 5, tzinfo=UTC), id=UUID(int=7))
    assert decode(encode(position)) == position
    assert decode(None) is None


@pytest.mark.parametrize("cursor", ["", "=", "a", "e30", "bnVsbA", "eyJhdCI6MX0", "é", "a b"])
def test_anything_else_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        decode(cursor)
