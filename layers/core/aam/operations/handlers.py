"""Map each operator request to its use case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from aam.foundation.aws import client
from aam.foundation.clock import utc_now
from aam.foundation.database import transaction
from aam.foundation.settings import QueueSettings, load
from aam.foundation.state_table import state_table
from aam.foundation.storage import media_store
from aam.foundation.vendor_keys import stored_keys
from aam.operations.dependencies import OperationsDeps
from aam.operations.requests import (
    DiagnoseRequest,
    DismissRequest,
    EndRequest,
    FailedRequest,
    ListRequest,
    OperationsRequest,
    ResolveRequest,
    RestoreRequest,
    RetryRequest,
)
from aam.pipeline.executions import look_up_execution, start_execution


def operations_deps() -> OperationsDeps:
    """Build the dependencies from the settings of the function."""
    queues = load(QueueSettings)
    return OperationsDeps(
        store=media_store(),
        open_transaction=transaction,
        table=state_table(),
        sqs=client("sqs"),
        queues={name: (url, queues.dead_letters[name]) for name, url in queues.work.items()},
        look_up=look_up_execution,
        start_execution=start_execution,
        stored_keys=stored_keys,
        clock=utc_now,
    )


def perform(request: OperationsRequest, *, deps: OperationsDeps) -> BaseModel:
    """Perform one request and return its answer; raise leaves of our tree."""
    return HANDLERS[type(request)](request, deps)


# Each imports tables that the others do not need.


def diagnose(request: DiagnoseRequest, deps: OperationsDeps) -> BaseModel:
    """Explain a meeting, the services or the queues, or give an overview."""
    from aam.operations.history import explain_meeting
    from aam.operations.overview import read_overview
    from aam.operations.queues import look_at_queues
    from aam.operations.services import look_at_services
    from aam.operations.sessions import look_at_database

    if request.meeting_id is not None:
        return explain_meeting(request.meeting_id, deps=deps)
    if request.services:
        return look_at_services(deps=deps)
    if request.queue:
        return look_at_queues(deps=deps)
    if request.database:
        return look_at_database(deps=deps)
    return read_overview(deps=deps)


def end(request: EndRequest, deps: OperationsDeps) -> BaseModel:
    """End a session of the database."""
    from aam.operations.sessions import end_session

    return end_session(request.pid, request.since, deps=deps)


def mark_as_read(request: DismissRequest, deps: OperationsDeps) -> BaseModel:
    """Mark an error as read."""
    from aam.operations.service import dismiss

    return dismiss(request.error_id, deps=deps)


def failed(request: FailedRequest, deps: OperationsDeps) -> BaseModel:
    """List the meetings whose newest run failed."""
    from aam.operations.overview import list_failed

    with deps.open_transaction() as session:
        return list_failed(session, after=request.after)


def begin_again(request: RetryRequest, deps: OperationsDeps) -> BaseModel:
    """Begin the next attempt at a meeting."""
    from aam.operations.service import retry

    return retry(request, deps=deps)


def bring_back(request: RestoreRequest, deps: OperationsDeps) -> BaseModel:
    """Bring a recording back from the archive."""
    from aam.operations.service import restore

    return restore(request.meeting_id, deps=deps)


def list_kind(request: ListRequest, deps: OperationsDeps) -> BaseModel:
    """Show what there is of a kind."""
    from aam.operations.listing import list_rows

    with deps.open_transaction() as session:
        return list_rows(session, request)


def resolve_short_id(request: ResolveRequest, deps: OperationsDeps) -> BaseModel:
    """Find the whole id that a short one begins."""
    from aam.operations.short_ids import resolve

    with deps.open_transaction() as session:
        return resolve(session, request)


HANDLERS: dict[type[OperationsRequest], Callable[[Any, OperationsDeps], BaseModel]] = {
    DiagnoseRequest: diagnose,
    EndRequest: end,
    DismissRequest: mark_as_read,
    FailedRequest: failed,
    RetryRequest: begin_again,
    RestoreRequest: bring_back,
    ListRequest: list_kind,
    ResolveRequest: resolve_short_id,
}
