"""Woken by the artifacts queue: a language model, or the extractive engine, drafts the sections."""

from typing import Any

from aam.artifacts.drafting import draft_artifacts
from aam.foundation.handlers import Event, lambda_handler
from aam.foundation.queues import work_through
from aam.foundation.storage import media_store
from aam.pipeline.schemas import Stored
from aam.pipeline.tasks import Job, Task, perform_task
from aam.vendors.gates import OpenGate


@lambda_handler
def handler(event: Event, context: Any) -> dict[str, Any]:
    """Work through a batch of tasks: draft one meeting's artifacts each, and resume its execution."""

    def work(job: Job) -> Stored:
        return draft_artifacts(job, time_left=lambda: context.get_remaining_time_in_millis() / 1000)

    def write(task: Task) -> None:
        perform_task(task, store=media_store(), gate=OpenGate(), work=work)

    return work_through(event, context, message_type=Task, work=write)
