"""The first step of a run: read the meeting once, and look what the upload is."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel
from sqlalchemy import update

from aam.media.service import probe
from aam.pipeline.reading import read_context
from aam.pipeline.runs import while_current
from aam.pipeline.steps import Step
from aam.uploads.models import UploadBlob

SOURCE_URL_LIFETIME_S = 3600
"""Longer than any step may take; the address never leaves our own functions."""


class Probed(BaseModel):
    """What the upload is."""

    kind: Literal["recording", "transcript"]


def look_at_upload(step: Step) -> Probed:
    """Write context.json for the later steps; for a recording, note what it says of itself.

    Raises leaves of `aam.media.errors`.
    """
    with step.open_statements() as session:
        context = read_context(session, step.run)
    step.store.write(
        step.run.derived("context.json"), context.model_dump_json().encode(), content_type="application/json"
    )
    if context.upload.is_transcript:
        return Probed(kind="transcript")
    facts = probe(step.store.presigned_get(context.upload.key, expires_s=SOURCE_URL_LIFETIME_S))
    with step.open_statements() as session:
        session.execute(
            update(UploadBlob)
            .where(UploadBlob.id == step.run.upload_id, while_current(step.run.run_id))
            .values(media_facts=facts.model_dump(mode="json"))
        )
    return Probed(kind="recording")
