"""Woken by the state machine: code checks every quote, and says whether a second reader is to be asked."""

from aam.artifacts.steps import verify_draft
from aam.pipeline.models import Stage
from aam.pipeline.steps import step_handler

handler = step_handler(Stage.VERIFY_EVIDENCE)(verify_draft)
