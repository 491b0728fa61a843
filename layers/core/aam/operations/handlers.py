"""Map each operator request to its use case."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from aam.foundation.aws import client
from aam.foundation.clock import utc_now
from aam.foundation.database import transaction
from aam.foundation.settings import load
from aam.foundation.state_table import state_table
from aam.foundation.storage import media_store
from aam.foundation.vendor_keys import stored_keys
from aam.operations.dependencies import OperationsDeps, QueueSettings
from aam.operations.requests import DiagnoseRequest, FailedRequest, OperationsRequest, RetryRequest
from aam.pipeline.executions import look_up_execution, start_execution


def operations_deps() -> OperationsDeps:
    """Build the dependencies from the settings of the function."""
    return OperationsDeps(
        store=media_store(),
        open_transaction=transaction,
        table=state_table(),
        sqs=client("sqs"),
        queues=load(QueueSettings).pairs,
        look_up=look_up_execution,
        start_execution=start_execution,
        stored_keys=stored_keys,
        clock=utc_now,
    )


def perform(request: OperationsRequest, *, deps: OperationsDeps) -> dict[str, Any]:
    """Perform one request and return its answer; raise leaves of our tree."""
    from aam.operations.overview import list_failed  # each looks at tables that the others do not need
    from aam.operations.service import restore, retry

    answer: BaseModel
    if isinstance(request, DiagnoseRequest):
        answer = diagnose(request, deps=deps)
    elif isinstance(request, FailedRequest):
        with deps.open_transaction() as session:
            answer = list_failed(session, after=request.after)
    elif isinstance(request, RetryRequest):
        answer = retry(request, deps=deps)
    else:
        answer = restore(request.meeting_id, deps=deps)
    return answer.model_dump(mode="json")


def diagnose(request: DiagnoseRequest, *, deps: OperationsDeps) -> BaseModel:
    """Look at what is named, or around."""
    from aam.operations.history import explain_meeting
    from aam.operations.overview import look_around
    from aam.operations.queues import look_at_queues
    from aam.operations.services import look_at_services

    if request.meeting_id is not None:
        return explain_meeting(request.meeting_id, deps=deps)
    if request.services:
        return look_at_services(deps=deps)
    if request.queue:
        return look_at_queues(deps=deps)
    return look_around(deps=deps)
