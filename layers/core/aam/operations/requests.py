"""Requests of operators: diagnose, list, look up a short id, dismiss, end, retry, and restore from the archive."""

from __future__ import annotations

from typing import Any, Literal, Self, get_args
from uuid import UUID

from pydantic import Field, model_validator

from aam.foundation.requests import read_request
from aam.foundation.schemas import Moment, RequestBody
from aam.operations.errors import BadOperationsRequest
from aam.pipeline.schemas import BeginsAt


class DiagnoseRequest(RequestBody):
    """Subject of a diagnosis; without one, an overview."""

    action: Literal["diagnose"]
    meeting_id: UUID | None = None
    services: bool = False
    queue: bool = False
    database: bool = False

    @model_validator(mode="after")
    def names_one(self) -> Self:
        """Raise ValueError unless the request names one subject at most."""
        if (self.meeting_id is not None) + self.services + self.queue + self.database > 1:
            raise ValueError("name one of meeting_id, services, queue and database")
        return self


class EndRequest(RequestBody):
    """End a session of the database; ``since`` is when it began, lest another has taken its number meanwhile."""

    action: Literal["end"]
    pid: int = Field(ge=1)
    since: Moment


class DismissRequest(RequestBody):
    """Mark an error as read."""

    action: Literal["dismiss"]
    error_id: UUID


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


class ListRequest(RequestBody):
    """Show what there is of a kind, newest first, a page at a time; not every filter means something for every kind."""

    action: Literal["list"]
    kind: Literal["meetings", "clients", "users", "organizations", "runs", "errors", "holds", "erasures"]
    organization_id: UUID | None = None
    client_id: UUID | None = None
    meeting_id: UUID | None = None
    status: str | None = None
    since: Moment | None = None
    limit: int = Field(default=50, ge=1, le=500)
    cursor: str | None = Field(default=None, max_length=200)

    @property
    def filters(self) -> dict[str, UUID | str]:
        """Return the filters by equality that were given, by name."""
        named = {
            "organization": self.organization_id,
            "client": self.client_id,
            "meeting": self.meeting_id,
            "status": self.status,
        }
        return {name: value for name, value in named.items() if value is not None}


class ResolveRequest(RequestBody):
    """Find the one id of a kind that begins with these hexadecimal digits."""

    action: Literal["resolve"]
    kind: Literal["meeting", "client", "user", "organization", "participant", "erasure", "error"]
    prefix: str = Field(pattern=r"^[0-9a-f]{6,32}$")


OperationsRequest = (
    DiagnoseRequest
    | EndRequest
    | DismissRequest
    | FailedRequest
    | RetryRequest
    | RestoreRequest
    | ListRequest
    | ResolveRequest
)

MODELS: tuple[type[OperationsRequest], ...] = get_args(OperationsRequest)


def parse(event: Any) -> OperationsRequest:
    """Return the request in an event; raises BadOperationsRequest, whose sentence says what is wrong with it."""
    return read_request(event, models=MODELS, error=BadOperationsRequest, ending="nothing was changed")
