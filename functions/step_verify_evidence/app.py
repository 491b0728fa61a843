"""Woken by the state machine: every quote is checked, and the artifacts are kept."""

from aam.artifacts.steps import verify_draft
from aam.pipeline.models import Stage
from aam.pipeline.steps import step_handler

handler = step_handler(Stage.VERIFY_EVIDENCE)(verify_draft)
