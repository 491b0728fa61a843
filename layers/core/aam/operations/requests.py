"""Requests of operators: diagnose, list failed meetings, retry, and restore from the archive."""

from __future__ import annotations

from typing import Any, Literal, Self, get_args
from uuid import UUID

from pydantic import model_validator

from aam.foundation.requests import read_request
from aam.foundation.schemas import RequestBody
from aam.operations.errors import BadOperationsRequest
from aam.pipeline.schemas import BeginsAt


class DiagnoseRequest(RequestBody):
    """What to look at; without a name, a little of everything."""

    action: Literal["diagnose"]
    meeting_id: UUID | None = None
    services: bool = False
    queue: bool = False

    @model_validator(mode="after")
    def names_one(self) -> Self:
        """One thing at a time."""
        if (self.meeting_id is not None) + self.services + self.queue > 1:
            raise ValueError("name one of meeting_id, services and queue")
        return self


class FailedRequest(RequestBody):
    """List the meetings whose newest run failed, page by page."""

    action: Literal["failed"]
    after: UUID | None = None


class RetryRequest(RequestBody):
    """Begin the next attempt at a meeting, where the last one stopped or at an earlier stage."""

    action: Literal["retry"]
    meeting_id: UUID
    from_stage: BeginsAt | None = None


class RestoreRequest(RequestBody):
    """Bring a meeting's recording back from the store's archive."""

    action: Literal["restore"]
    meeting_id: UUID


OperationsRequest = DiagnoseRequest | FailedRequest | RetryRequest | RestoreRequest

MODELS: tuple[type[OperationsRequest], ...] = get_args(OperationsRequest)


def parse(event: Any) -> OperationsRequest:
    """The request in an event; raises BadOperationsRequest, whose sentence says what is wrong with it."""
    return read_request(event, models=MODELS, error=BadOperationsRequest, ending="nothing was changed")
