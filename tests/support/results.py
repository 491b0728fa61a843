"""Results of a run in the database, where only their presence matters."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from aam.artifacts.models import ArtifactsRow, LLMInteraction
from aam.foundation.clock import new_id
from aam.foundation.tables import Base
from aam.transcription.models import TranscriptRow, UtteranceRow


def results_of(
    run_id: UUID, *, transcript_id: UUID, of_meeting: dict[str, Any], artifacts_id: UUID | None = None
) -> list[Base]:
    """Return a transcript with an utterance, artifacts, and a call of a model."""
    return [
        TranscriptRow(
            id=transcript_id,
            **of_meeting,
            run_id=run_id,
            version=1,
            language="en",
            engine="e",
            model="m",
            engine_version="1",
            notes=[],
            has_timing=True,
            utterance_count=1,
            key=f"derived/{of_meeting['meeting_id']}/{run_id}/transcript.json",
        ),
        UtteranceRow(
            organization_id=of_meeting["organization_id"],
            transcript_id=transcript_id,
            number=1,
            speaker="A",
            text="t",
            words=[],
        ),
        ArtifactsRow(
            id=artifacts_id or new_id(),
            **of_meeting,
            run_id=run_id,
            transcript_id=transcript_id,
            version=1,
            engine="e",
            model="m",
            prompt_version="1",
            language="en",
            supported_count=0,
            quoted_count=0,
            unsupported_count=0,
            document={},
        ),
        LLMInteraction(
            id=new_id(),
            **of_meeting,
            run_id=run_id,
            attempt=1,
            ordinal=1,
            model="m",
            prompt_version="1",
            prompt="p",
            duration_ms=1,
            outcome="ok",
        ),
    ]
