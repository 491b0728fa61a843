"""Facts about each stage of a run: its place, how much is done when it begins, and the longest that it may take."""

from __future__ import annotations

from datetime import timedelta

from aam.pipeline.models import Stage

ORDER = {stage: place for place, stage in enumerate(Stage)}

DONE_AT = {
    Stage.QUEUED: 0,
    Stage.PROBE: 5,
    Stage.EXTRACT_AUDIO: 10,
    Stage.TRANSCRIBE: 20,
    Stage.WRITE_ARTIFACTS: 65,
    Stage.VERIFY_EVIDENCE: 85,
    Stage.CONFIRM_MEANING: 87,
    Stage.FINISH: 95,
}
"""How much is done (percent) when a stage begins; recognition takes most of the time."""

LIMITS = {
    Stage.PROBE: timedelta(minutes=30),
    Stage.EXTRACT_AUDIO: timedelta(minutes=80),
    Stage.TRANSCRIBE: timedelta(hours=28),
    Stage.WRITE_ARTIFACTS: timedelta(hours=27),
    Stage.VERIFY_EVIDENCE: timedelta(minutes=40),
    Stage.CONFIRM_MEANING: timedelta(minutes=80),
    Stage.FINISH: timedelta(minutes=40),
}
"""Longer than the state machine lets a stage take with all its retries: past them nobody takes care of a run."""
