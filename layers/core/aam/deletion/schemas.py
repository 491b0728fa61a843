"""Requests for legal holds."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field, model_validator

from aam.foundation.schemas import RequestBody


class HoldRequest(RequestBody):
    """Place or end a legal hold."""

    action: Literal["hold", "release"]
    client_id: UUID | None = None
    meeting_id: UUID | None = None
    reason: str = Field(default="", max_length=1000)

    @model_validator(mode="after")
    def names_one(self) -> HoldRequest:
        """Raise ValueError unless the request names one subject, and a reason for a new hold."""
        if (self.client_id is None) == (self.meeting_id is None):
            raise ValueError("name one client_id or one meeting_id")
        if self.action == "hold" and not self.reason.strip():
            raise ValueError("a hold needs a reason")
        return self
