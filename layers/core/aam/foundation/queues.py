"""Queues: sending typed messages and working through batches of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel

from aam.foundation.aws import client
from aam.foundation.observability import logger

M = TypeVar("M", bound=BaseModel)


def send(queue_url: str, message: BaseModel) -> None:
    """Put one message into a queue."""
    client("sqs").send_message(QueueUrl=queue_url, MessageBody=message.model_dump_json())


def work_through(
    event: dict[str, Any], context: Any, *, message_type: type[M], work: Callable[[M], None]
) -> dict[str, Any]:
    """Work on each message of an SQS event; those that failed are named in the answer and come back.

    A message that is not of the type fails as well, and so ends among the dead letters, where people see it.
    """
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

    def handle(record: SQSRecord) -> None:
        try:
            work(message_type.model_validate_json(record.body))
        except Exception as error:
            logger().warning("message failed", message_id=record.message_id, error_type=type(error).__name__)
            raise

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return dict(process_partial_response(event=event, record_handler=handle, processor=processor, context=context))
