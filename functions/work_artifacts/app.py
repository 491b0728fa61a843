"""Woken by the artifacts queue: a language model, or the extractive engine, drafts the sections."""

from typing import Any

from aam.artifacts.worker import worker
from aam.foundation.handlers import Event, lambda_handler
from aam.foundation.queues import Delivery, attend
from aam.foundation.settings import load
from aam.pipeline.tasks import Task, perform_task
from aam.vendors.settings import WaitingSettings


@lambda_handler
def handler(event: Event, context: Any) -> dict[str, Any]:
    """Work through a batch of tasks: draft one meeting's artifacts each, and resume its execution."""
    made = worker(lambda: context.get_remaining_time_in_millis() / 1000)

    def write(task: Task, delivery: Delivery) -> float | None:
        return perform_task(task, delivery, made)

    return attend(event, queue_url=load(WaitingSettings).task_queue_url, message_type=Task, work=write)
