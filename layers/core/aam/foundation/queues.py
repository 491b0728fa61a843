"""Queues: sending typed messages and working through batches of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from aam.foundation.aws import client
from aam.foundation.observability import frames_of, logger

M = TypeVar("M", bound=BaseModel)

HIDDEN_MOST_S = 11 * 3600
"""SQS hides a message for at most 12 hours from when it was received."""

RECEIVES_A_SECOND = 5
"""A message that was received n times stays hidden for n/5 s at least: a thousand receives then last over a day."""

ALL_SERVERS_S = 1
"""How long an empty queue is asked: only such an answer comes from all of its servers, a quick one may be false.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
"""

COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed")
"""What a queue says of how much is in it."""

NOTHING_NEW_MOST = 3
"""So many answers in a row without anything new end a look through a queue: what was hidden first comes back."""

LOOK_AGAIN_S = 60.0
"""How long a message stays hidden that its worker could not make anything of."""


def send(queue_url: str, message: BaseModel) -> None:
    """Put one message into a queue."""
    client("sqs").send_message(QueueUrl=queue_url, MessageBody=message.model_dump_json())


def look_through(
    sqs: Any, url: str, *, hidden_s: int, wait_s: int = ALL_SERVERS_S, attributes: Sequence[str] = ()
) -> Iterator[list[dict[str, Any]]]:
    """Yield the visible messages of a queue, in batches of ten at most and each once; they stay hidden so long.

    Ends at an empty answer of all servers.  ``wait_s`` 0 is for queues that always answer whole.
    """
    seen, nothing_new = set[str](), 0
    while nothing_new < NOTHING_NEW_MOST:
        batch = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=hidden_s,
            WaitTimeSeconds=wait_s,
            AttributeNames=list(attributes),
        ).get("Messages", [])
        if not batch:
            return
        fresh = [each for each in batch if each["MessageId"] not in seen]
        nothing_new = 0 if fresh else nothing_new + 1
        seen |= {each["MessageId"] for each in fresh}
        if fresh:
            yield fresh


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


@dataclass(frozen=True)
class Delivery:
    """One delivery of a message: when it was first sent (seconds since the epoch), and how often it was received."""

    queue_url: str
    receipt_handle: str
    sent_at: float
    receives: int

    def hide(self, seconds: float) -> None:
        """Hide the message from other consumers for this long from now (whole seconds, 11 hours at most)."""
        client("sqs").change_message_visibility(
            QueueUrl=self.queue_url,
            ReceiptHandle=self.receipt_handle,
            VisibilityTimeout=min(max(math.ceil(seconds), 0), HIDDEN_MOST_S),
        )


def attend(
    event: dict[str, Any], *, queue_url: str, message_type: type[M], work: Callable[[M, Delivery], float | None]
) -> dict[str, Any]:
    """Work on each message of an SQS event and keep those that are not done yet.

    ``work`` gives the seconds after which its message should come back, or None when it is done.  A message that is
    kept is hidden for that time and named in the answer as failed, which is how Lambda leaves it in its queue: it is
    never sent again.  So that its receives last for a day of waiting, it is hidden longer the oftener it came.  What
    raises, or is not of the type, is looked at again later and at last ends among the dead letters.
    """
    kept = []
    for record in event["Records"]:
        attributes = record["attributes"]
        delivery = Delivery(
            queue_url=queue_url,
            receipt_handle=record["receiptHandle"],
            sent_at=int(attributes["SentTimestamp"]) / 1000,
            receives=int(attributes["ApproximateReceiveCount"]),
        )
        try:
            wait_s = work(message_type.model_validate_json(record["body"]), delivery)
        except Exception as error:  # noqa: BLE001 - whatever broke, the message must not be lost
            logger().error(
                "message failed",
                message_id=record["messageId"],
                error_type=type(error).__name__,
                traceback_lines=[] if isinstance(error, ValidationError) else frames_of(error),
            )
            wait_s = LOOK_AGAIN_S
        if wait_s is not None:
            delivery.hide(max(wait_s, delivery.receives / RECEIVES_A_SECOND))
            kept.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": kept}
