"""Woken by the processing queue: an object has arrived, so its run begins."""

from typing import Any

from aam.foundation.lambda_handler import Event, lambda_handler
from aam.foundation.queues import work_through
from aam.uploads.schemas import ReceivedObject
from aam.workflow.service import begin_from_queue


@lambda_handler
def handler(event: Event, context: Any) -> dict[str, Any]:
    """Work through a batch of notifications."""
    return work_through(event, context, message_type=ReceivedObject, work=begin_from_queue)
