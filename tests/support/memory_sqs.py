"""Queues in memory that speak as much of boto3's SQS client as cleanups use; the same contract tests as moto's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aam.retention.queues import Queues

NAMES = ("processing", "artifacts", "dead-letters")


@dataclass
class MemorySqs:
    """Messages by queue; what was received is hidden until `show` is called; ``before`` may raise."""

    before: Callable[[str], None] = field(default=lambda _operation: None)
    messages: dict[str, dict[str, str]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    numbers: Any = field(default_factory=lambda: count(1))

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> dict[str, Any]:  # noqa: N803
        """Put a message into a queue."""
        self.messages.setdefault(QueueUrl, {})[f"m{next(self.numbers)}"] = MessageBody
        return {}

    def receive_message(
        self,
        *,
        QueueUrl: str,  # noqa: N803
        MaxNumberOfMessages: int,  # noqa: N803
        VisibilityTimeout: int,  # noqa: N803
        WaitTimeSeconds: int,  # noqa: N803
        AttributeNames: Sequence[str] = (),  # noqa: N803
    ) -> dict[str, Any]:
        """Return some of the visible messages, hidden from now on."""
        self.before("receive_message")
        waiting = [each for each in self.messages.get(QueueUrl, {}) if each not in self.hidden][:MaxNumberOfMessages]
        self.hidden |= set(waiting) if VisibilityTimeout else set()
        bodies = self.messages.get(QueueUrl, {})
        return {"Messages": [{"MessageId": each, "ReceiptHandle": each, "Body": bodies[each]} for each in waiting]}

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803
        """Delete a message."""
        self.before("delete_message")
        self.messages[QueueUrl].pop(ReceiptHandle, None)

    def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: Sequence[str]) -> dict[str, Any]:  # noqa: N803
        """Return the numbers of visible and of hidden messages."""
        bodies = set(self.messages.get(QueueUrl, {}))
        told = dict.fromkeys(AttributeNames, "0")
        shown, had = len(bodies - self.hidden), len(bodies & self.hidden)
        told |= {"ApproximateNumberOfMessages": str(shown), "ApproximateNumberOfMessagesNotVisible": str(had)}
        return {"Attributes": told}

    def show(self) -> None:
        """End the visibility timeout."""
        self.hidden.clear()

    def queues(self) -> Queues:
        """Return queues for cleanups."""
        return Queues(self, tuple(f"https://sqs/0/{name}" for name in NAMES), wait_s=0)

    def bodies(self) -> list[str]:
        """Return the bodies of all queues."""
        return [body for queue in self.messages.values() for body in queue.values()]
