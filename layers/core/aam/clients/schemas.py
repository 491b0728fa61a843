"""Requests and answers of the API about clients."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from aam.foundation.schemas import Line, Note, RequestBody, View


class NewClient(RequestBody):
    """A client to be added."""

    name: Line
    notes: Note | None = None


class ClientView(View):
    """A client."""

    id: UUID
    name: str
    notes: str | None
    created_at: datetime
