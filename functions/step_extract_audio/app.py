"""Woken by the state machine: the audio is extracted in the form that the engine wants."""

from aam.pipeline.models import Stage
from aam.pipeline.steps import step_handler
from aam.transcription.steps import prepare_audio

handler = step_handler(Stage.EXTRACT_AUDIO)(prepare_audio)
