"""Lists by cursor: newest first, at most a hundred at a time, stable while rows are added."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aam.foundation.errors import InvalidInput
from aam.foundation.schemas import Moment, Value

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LIMIT, LIMIT_MAX = 20, 100


class BadCursor(InvalidInput):
    """The cursor is not one that we gave out."""

    code = "bad_cursor"
    sentence = "This cursor is not one of ours; begin again without a cursor."


class PageQuery(Value):
    """Query for one page of a list."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=LIMIT, ge=1, le=LIMIT_MAX)
    cursor: str | None = Field(default=None, max_length=200)


class Position(Value):
    """Position at which a page ended: the moment and the id of its last row."""

    model_config = ConfigDict(extra="forbid")

    at: Moment
    id: UUID


V_ = TypeVar("V_", bound=BaseModel)


class Page(BaseModel, Generic[V_]):
    """One page of a list; ``next_cursor`` is None on the last."""

    model_config = ConfigDict(frozen=True)

    items: tuple[V_, ...]
    next_cursor: str | None
    has_more: bool


class Dated(Protocol):
    """A row that lists can be sorted by."""

    @property
    def created_at(self) -> datetime:
        """Return the moment at which the row was made."""

    @property
    def id(self) -> UUID:
        """Return its identifier."""


def encode(position: Position) -> str:
    """Return the cursor of a position: opaque to clients, and free of secrets."""
    return base64.urlsafe_b64encode(position.model_dump_json().encode()).decode().rstrip("=")


def decode(cursor: str | None) -> Position | None:
    """Return the position of a cursor; raises BadCursor."""
    if cursor is None:
        return None
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return Position.model_validate_json(text)
    except (binascii.Error, ValueError, ValidationError):
        raise BadCursor from None


def after(position: Position | None, created_at: Any, row_id: Any) -> list[Any]:
    """Return the condition that continues a list sorted by (created_at, id), both descending."""
    from sqlalchemy import literal, tuple_

    if position is None:
        return []
    return [tuple_(created_at, row_id) < tuple_(literal(position.at), literal(position.id))]


def cut(rows: Sequence[Dated], limit: int) -> tuple[Sequence[Any], str | None]:
    """Return the rows of a page out of up to ``limit + 1`` that were read, and the cursor of the next one."""
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], encode(Position(at=last.created_at, id=last.id))


def read_page(session: Session, model: Any, view: type[V_], page: PageQuery, *, organization_id: UUID) -> Page[V_]:
    """Return a page of an organization's rows of this model, newest first, as the API shows them; raises BadCursor."""
    from sqlalchemy import select

    rows = session.scalars(
        select(model)
        .where(model.organization_id == organization_id, *after(decode(page.cursor), model.created_at, model.id))
        .order_by(model.created_at.desc(), model.id.desc())
        .limit(page.limit + 1)
    ).all()
    shown, following = cut(rows, page.limit)
    return Page(
        items=tuple(view.model_validate(row) for row in shown),
        next_cursor=following,
        has_more=following is not None,
    )
