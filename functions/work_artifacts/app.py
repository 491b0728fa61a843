"""Woken by the artifacts queue: minutes are drafted, or a second reader confirms what their quotes mean."""

from typing import Any

from aam.artifacts.worker import worker
from aam.foundation.lambda_handler import Event, lambda_handler
from aam.foundation.queues import Delivery, attend
from aam.foundation.settings import load
from aam.pipeline.tasks import Task, perform_task
from aam.vendor_limits.settings import WaitingSettings


@lambda_handler
def handler(event: Event, context: Any) -> dict[str, Any]:
    """Work through a batch of tasks, and resume the execution of each."""

    def work(task: Task, delivery: Delivery) -> float | None:
        made = worker(task.stage or "artifacts", lambda: context.get_remaining_time_in_millis() / 1000)
        return perform_task(task, delivery, made)

    return attend(event, queue_url=load(WaitingSettings).task_queue_url, message_type=Task, work=work)
