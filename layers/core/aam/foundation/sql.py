"""One parameter for many values: `id = any(:ids)`, whose text is the same however many there are."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, any_, bindparam, false
from sqlalchemy.dialects.postgresql import ARRAY


def any_of(column: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """Return the condition that a column has one of these values."""
    if not values:
        return false()
    kept: ColumnElement[bool] = column == any_(bindparam(None, list(values), ARRAY(column.type)))
    return kept
