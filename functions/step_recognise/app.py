"""Woken by the state machine's Map: one window of one channel is recognised offline."""

from typing import Any

from aam.foundation.lambda_handler import Event, lambda_handler
from aam.foundation.storage import media_store
from aam.pipeline.schemas import RunInput
from aam.transcription.prepared_audio import AudioWindow
from aam.transcription.workers import recognise


@lambda_handler
def handler(event: Event, _context: Any) -> dict[str, str]:
    """Recognise the window and store its words."""
    task = AudioWindow.model_validate(event["window"])
    return recognise(RunInput.model_validate(event), task, store=media_store()).model_dump()
