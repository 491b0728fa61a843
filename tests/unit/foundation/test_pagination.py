"""Cursors."""

import base64
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


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_outside_of_what_utc_can_say_is_refused(at: str) -> None:
    text = f'{{"at": "{at}", "id": "{UUID(int=7)}"}}'
    with pytest.raises(BadCursor):
        decode(base64.urlsafe_b64encode(text.encode()).decode().rstrip("="))
