"""Woken by the transcription queue: the audio is streamed to Deepgram."""

from typing import Any

from aam.foundation.handlers import Event, lambda_handler
from aam.foundation.queues import work_through
from aam.foundation.storage import media_store
from aam.pipeline.tasks import Task, perform_task
from aam.transcription.workers import transcribe_with_deepgram
from aam.vendors.gates import OpenGate


def transcribe(task: Task) -> None:
    """Transcribe one recording and resume its execution."""
    perform_task(
        task, store=media_store(), gate=OpenGate(), work=lambda job: transcribe_with_deepgram(job.context, job.store)
    )


@lambda_handler
def handler(event: Event, context: Any) -> dict[str, Any]:
    """Work through a batch of tasks."""
    return work_through(event, context, message_type=Task, work=transcribe)
