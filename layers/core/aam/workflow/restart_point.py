"""Find the stage at which the next attempt at an upload begins, and the run whose results it copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aam.pipeline.errors import StageNotReached
from aam.pipeline.models import ProcessingRun, RunStatus, Stage
from aam.pipeline.stages import ORDER
from aam.uploads.facts import brings_transcript
from aam.uploads.models import UploadBlob

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Restart:
    """The stage at which an attempt begins, and the run whose results before that stage it takes over."""

    stage: Stage = Stage.PROBE
    takes_over: UUID | None = None


def restart_after(last: ProcessingRun | None, asked: Stage | None) -> Restart:
    """Return the stage at which the attempt after ``last`` begins: where it stopped, or an earlier one on request.

    A run that succeeded is repeated as a whole unless a stage is named.  Raises StageNotReached.
    """
    reached, base = reached_by(last)
    if asked is None:
        whole = last is None or last.status == RunStatus.SUCCEEDED
        asked = Stage.PROBE if whole else reached
    if ORDER[asked] > ORDER[reached]:
        raise StageNotReached(
            f"The last attempt came as far as {reached}; begin there or earlier, or leave the stage out."
        )
    return Restart() if asked is Stage.PROBE else Restart(asked, base)


def reached_by(last: ProcessingRun | None) -> tuple[Stage, UUID | None]:
    """Return how far a run came, and which run holds the results before that stage.

    One that ended before it had taken over an earlier one's results came exactly as far as that one.
    """
    if last is None:
        return Stage.PROBE, None
    if Stage(last.stage) in (Stage.QUEUED, Stage.PROBE):
        return (Stage(last.from_stage), last.takes_over_id) if last.takes_over_id else (Stage.PROBE, None)
    return Stage(last.stage), last.id


def last_run(session: Session, upload_id: UUID) -> ProcessingRun | None:
    """Return the newest attempt at an upload, or None."""
    return session.scalars(
        select(ProcessingRun)
        .where(ProcessingRun.upload_id == upload_id)
        .order_by(ProcessingRun.attempt.desc())
        .limit(1)
    ).one_or_none()


def reads_the_upload(upload: UploadBlob, stage: Stage) -> bool:
    """Return whether an attempt that begins at this stage reads the upload; a recording's audio is derived once."""
    last_reader = Stage.TRANSCRIBE if brings_transcript(upload) else Stage.EXTRACT_AUDIO
    return ORDER[stage] <= ORDER[last_reader]
