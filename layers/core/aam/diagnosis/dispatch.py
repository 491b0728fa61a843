"""One door for operators: a request goes in, its answer comes out."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from aam.diagnosis.requests import DiagnoseRequest, FailedRequest, RepairRequest, RetryRequest
from aam.diagnosis.tools import QueueSettings, Tools
from aam.foundation.aws import client
from aam.foundation.clock import utc_now
from aam.foundation.database import transaction
from aam.foundation.settings import load
from aam.foundation.state_table import state_table
from aam.foundation.storage import media_store
from aam.foundation.vendor_keys import stored_keys
from aam.pipeline.executions import look_up_execution, start_execution


def repair_tools() -> Tools:
    """What this function's settings name."""
    return Tools(
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


def perform(request: RepairRequest, *, tools: Tools) -> dict[str, Any]:
    """Look, or do what is asked; raises leaves of our tree."""
    from aam.diagnosis.overview import list_failed  # each looks at tables that the others do not need
    from aam.diagnosis.repairing import restore, retry

    answer: BaseModel
    if isinstance(request, DiagnoseRequest):
        answer = diagnose(request, tools=tools)
    elif isinstance(request, FailedRequest):
        with tools.open_transaction() as session:
            answer = list_failed(session, after=request.after)
    elif isinstance(request, RetryRequest):
        answer = retry(request, tools=tools)
    else:
        answer = restore(request.meeting_id, tools=tools)
    return answer.model_dump(mode="json")


def diagnose(request: DiagnoseRequest, *, tools: Tools) -> BaseModel:
    """Look at what is named, or around."""
    from aam.diagnosis.history import explain_meeting
    from aam.diagnosis.overview import look_around
    from aam.diagnosis.queues import look_at_queues
    from aam.diagnosis.services import look_at_services

    if request.meeting_id is not None:
        return explain_meeting(request.meeting_id, tools=tools)
    if request.services:
        return look_at_services(tools=tools)
    if request.queue:
        return look_at_queues(tools=tools)
    return look_around(tools=tools)
