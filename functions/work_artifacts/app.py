"""Woken by the artifacts queue: a language model, or the extractive engine, drafts the sections."""

from collections.abc import Callable
from typing import Any

from aam.artifacts.drafting import DRAFT, draft_artifacts
from aam.foundation.handlers import Event, lambda_handler
from aam.foundation.queues import Delivery, attend
from aam.foundation.settings import load
from aam.foundation.state_table import state_table
from aam.foundation.storage import media_store
from aam.pipeline.tasks import Task, Worker, perform_task
from aam.vendors.claims import Claims
from aam.vendors.gates import open_gate
from aam.vendors.ports import Vendor
from aam.vendors.settings import WaitingSettings


def worker(time_left: Callable[[], float]) -> Worker:
    """What does the tasks of one invocation, which has so many seconds left."""
    return Worker(
        stage="artifacts",
        answer=DRAFT,
        work=lambda job: draft_artifacts(job, time_left=time_left),
        store=media_store(),
        gate=open_gate(Vendor.OPENAI),
        claims=Claims(state_table()),
        waiting_limit_s=load(WaitingSettings).waiting_limit_s,
    )


@lambda_handler
def handler(event: Event, context: Any) -> dict[str, Any]:
    """Work through a batch of tasks: draft one meeting's artifacts each, and resume its execution."""
    made = worker(lambda: context.get_remaining_time_in_millis() / 1000)

    def write(task: Task, delivery: Delivery) -> float | None:
        return perform_task(task, delivery, made)

    return attend(event, queue_url=load(WaitingSettings).task_queue_url, message_type=Task, work=write)
