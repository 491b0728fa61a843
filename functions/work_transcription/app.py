"""Woken by the transcription queue: Deepgram hears the audio, by URL or streamed."""

from functools import lru_cache
from typing import Any

from aam.foundation.handlers import Event, lambda_handler
from aam.foundation.queues import Delivery, attend
from aam.foundation.settings import load
from aam.foundation.state_table import state_table
from aam.foundation.storage import media_store
from aam.pipeline.tasks import Task, Worker, perform_task
from aam.transcription.listening import reply_lying_there, transcribe_with_deepgram
from aam.transcription.prepared import DEEPGRAM_REPLY
from aam.vendors.claims import Claims
from aam.vendors.gates import open_gate
from aam.vendors.ports import Vendor
from aam.vendors.settings import WaitingSettings


@lru_cache(maxsize=1)
def worker() -> Worker:
    """What does the tasks, made when the first one comes."""
    return Worker(
        stage="transcription",
        answer=DEEPGRAM_REPLY,
        work=transcribe_with_deepgram,
        look=reply_lying_there,
        store=media_store(),
        gate=open_gate(Vendor.DEEPGRAM),
        claims=Claims(state_table()),
        waiting_limit_s=load(WaitingSettings).waiting_limit_s,
    )


def transcribe(task: Task, delivery: Delivery) -> float | None:
    """Transcribe one recording and resume its execution."""
    return perform_task(task, delivery, worker())


@lambda_handler
def handler(event: Event, _context: Any) -> dict[str, Any]:
    """Work through a batch of tasks."""
    return attend(event, queue_url=load(WaitingSettings).task_queue_url, message_type=Task, work=transcribe)
