"""Woken by the artifacts queue: a language model, or the extractive engine, drafts the sections."""

from typing import Any

from aam.artifacts.drafting import draft_artifacts
from aam.foundation.handlers import Event, lambda_handler
from aam.foundation.queues import work_through
from aam.foundation.storage import media_store
from aam.pipeline.tasks import Task, perform_task
from aam.vendors.gates import OpenGate


def write(task: Task) -> None:
    """Draft one meeting's artifacts and resume its execution."""
    perform_task(task, store=media_store(), gate=OpenGate(), work=lambda job: draft_artifacts(job.context, job.store))


@lambda_handler
def handler(event: Event, context: Any) -> dict[str, Any]:
    """Work through a batch of tasks."""
    return work_through(event, context, message_type=Task, work=write)
