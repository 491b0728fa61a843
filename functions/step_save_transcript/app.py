"""Woken by the state machine: every source becomes the canonical transcript."""

from aam.pipeline.models import Stage
from aam.pipeline.steps import step_handler
from aam.transcription.steps import keep_transcript

handler = step_handler(Stage.TRANSCRIBE)(keep_transcript)
