"""Woken by the state machine: a run that begins at a later stage copies what the attempt before had made."""

from aam.pipeline.models import Stage
from aam.pipeline.steps import step_handler
from aam.workflow.resume import resume

handler = step_handler(Stage.PROBE)(resume)
