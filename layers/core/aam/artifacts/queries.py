"""Read artifacts: the newest version as data, or as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import ConfigDict
from sqlalchemy import select

from aam.artifacts.meeting_facts import MeetingFacts
from aam.artifacts.models import ArtifactsRow
from aam.artifacts.schemas import Artifacts
from aam.artifacts.speaker_names import with_names
from aam.foundation.errors import NotFound
from aam.foundation.schemas import Value, View
from aam.foundation.tables import JsonObject
from aam.transcription.models import TranscriptRow
from aam.transcription.speaker_names import names_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MARKDOWN = "text/markdown; charset=utf-8"


class ArtifactsNotReady(NotFound):
    """The meeting has no artifacts yet."""

    code = "artifacts_not_ready"
    sentence = "This meeting has no minutes yet; look at its status."


class ArtifactsFormat(StrEnum):
    """Formats of artifacts."""

    JSON = "json"
    MD = "md"


class ArtifactsQuery(Value):
    """As what the artifacts are asked for."""

    model_config = ConfigDict(extra="forbid")

    format: ArtifactsFormat = ArtifactsFormat.JSON


class ArtifactsView(View):
    """Newest artifacts; ``label`` must be shown to every reader.

    The counts are of items: those whose meaning was confirmed, those that only stand in their quotes (read the quote),
    and those that do not hold.
    """

    meeting_id: UUID
    version: int
    engine: str
    model: str
    prompt_version: str
    label: str | None
    language: str
    supported_count: int
    quoted_count: int
    unsupported_count: int
    created_at: datetime
    document: JsonObject


def newest_artifacts(session: Session, meeting_id: UUID) -> ArtifactsRow:
    """Return the row of the newest version; raises ArtifactsNotReady."""
    row = session.scalars(
        select(ArtifactsRow).where(ArtifactsRow.meeting_id == meeting_id).order_by(ArtifactsRow.version.desc()).limit(1)
    ).one_or_none()
    if row is None:
        raise ArtifactsNotReady
    return row


def facts_of_meeting(
    session: Session, row: ArtifactsRow, *, title: str, people: Sequence[str], held_at: datetime
) -> MeetingFacts:
    """Return the meeting's facts, with those of the transcript that the artifacts were made from."""
    told = session.execute(
        select(TranscriptRow.label, TranscriptRow.notes, TranscriptRow.language, TranscriptRow.duration_ms).where(
            TranscriptRow.id == row.transcript_id
        )
    ).one()
    return MeetingFacts(
        title=title,
        people=people,
        held_on=held_at.date(),
        duration_ms=told.duration_ms,
        language=told.language,
        label=told.label,
        notes=tuple(told.notes or ()),
    )


def artifacts_view(row: ArtifactsRow, artifacts: Artifacts) -> ArtifactsView:
    """Return the artifacts as data."""
    return ArtifactsView.model_validate(row).model_copy(update={"document": artifacts.model_dump(mode="json")})


def named_document(session: Session, row: ArtifactsRow) -> Artifacts:
    """Return the checked document, with the names that users gave to speakers."""
    return with_names(Artifacts.model_validate(row.document), names_of(session, row.transcript_id))


def minutes_as_markdown(artifacts: Artifacts, occasion: MeetingFacts) -> str:
    """Return the minutes as Markdown, with the facts of the meeting."""
    from aam.artifacts.catalogue import load_catalogue
    from aam.artifacts.render import minutes_markdown

    return minutes_markdown(artifacts, occasion, catalogue=load_catalogue())
