"""Conditions that many statements need: one of many values, and an id that begins so."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, any_, bindparam, false
from sqlalchemy.dialects.postgresql import ARRAY


def any_of(column: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """Return the condition that a column has one of these values: `id = any(:ids)`, whose text never changes."""
    if not values:
        return false()
    kept: ColumnElement[bool] = column == any_(bindparam(None, list(values), ARRAY(column.type)))
    return kept


def id_begins(column: Any, digits: str) -> ColumnElement[bool]:
    """Return the condition that an id begins with these hexadecimal digits; its index serves it."""
    begun: ColumnElement[bool] = column.between(UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f")))
    return begun
