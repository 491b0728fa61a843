"""Woken by the state machine: the first step reads the meeting and looks at the upload."""

from aam.media.steps import look_at_upload
from aam.pipeline.models import Stage
from aam.pipeline.steps import step_handler

handler = step_handler(Stage.PROBE)(look_at_upload)
