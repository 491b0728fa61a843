"""Woken by the transcription queue: a speech service hears the audio."""

from typing import Any

from aam.foundation.lambda_handler import Event, lambda_handler
from aam.foundation.queues import Delivery, attend
from aam.foundation.settings import load
from aam.pipeline.tasks import Task, perform_task
from aam.transcription.transcription_worker import worker_for
from aam.vendor_limits.settings import WaitingSettings


def transcribe(task: Task, delivery: Delivery) -> float | None:
    """Transcribe one recording and resume its execution."""
    return perform_task(task, delivery, worker_for(task.run))


@lambda_handler
def handler(event: Event, _context: Any) -> dict[str, Any]:
    """Work through a batch of tasks."""
    return attend(event, queue_url=load(WaitingSettings).task_queue_url, message_type=Task, work=transcribe)
