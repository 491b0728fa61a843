"""Read transcripts: a page of utterances, the whole, or a format that other programs know."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import undefer

from aam.foundation.errors import NotFound
from aam.foundation.schemas import Value, View
from aam.transcription.models import TranscriptRow, UtteranceRow
from aam.transcription.schemas import Transcript, Utterance
from aam.transcription.speaker_names import SpeakerView, list_speakers, names_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LIMIT, LIMIT_MAX = 200, 1000


UTTERANCE_COLUMNS = (
    UtteranceRow.number,
    UtteranceRow.speaker,
    UtteranceRow.channel,
    UtteranceRow.start_ms,
    UtteranceRow.end_ms,
    UtteranceRow.text,
    UtteranceRow.confidence,
    UtteranceRow.words,
)


class TranscriptNotReady(NotFound):
    """The meeting has no transcript yet."""

    code = "transcript_not_ready"
    sentence = "This meeting has no transcript yet; look at its status."


class TranscriptFormat(StrEnum):
    """Formats of a transcript."""

    JSON = "json"
    VTT = "vtt"
    SRT = "srt"
    TXT = "txt"


MEDIA_TYPES = {
    TranscriptFormat.VTT: "text/vtt; charset=utf-8",
    TranscriptFormat.SRT: "application/x-subrip; charset=utf-8",
    TranscriptFormat.TXT: "text/plain; charset=utf-8",
}


class TranscriptQuery(Value):
    """Part and format of a transcript; ``from`` is the number of the first utterance."""

    model_config = ConfigDict(extra="forbid")

    format: TranscriptFormat = TranscriptFormat.JSON
    first: int = Field(default=1, alias="from", ge=1, le=2_000_000_000)
    limit: int = Field(default=LIMIT, ge=1, le=LIMIT_MAX)
    words: bool = False


class TranscriptPage(View):
    """A page of the newest transcript; times in milliseconds, ``next_from`` is None on the last page.

    ``speakers`` says which labels the engine gave to those who are called by name here, and what names are proposed.
    """

    meeting_id: UUID
    version: int
    language: str
    engine: str
    model: str
    engine_version: str
    label: str | None
    notes: tuple[str, ...]
    has_timing: bool
    duration_ms: int | None
    utterance_count: int
    created_at: datetime
    speakers: tuple[SpeakerView, ...]
    utterances: tuple[Utterance, ...]
    next_from: int | None


def newest_transcript(session: Session, meeting_id: UUID) -> TranscriptRow:
    """Return the row of the newest version; raises TranscriptNotReady."""
    row = session.scalars(
        select(TranscriptRow)
        .where(TranscriptRow.meeting_id == meeting_id)
        .order_by(TranscriptRow.version.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise TranscriptNotReady
    return row


def read_page(session: Session, row: TranscriptRow, query: TranscriptQuery) -> TranscriptPage:
    """Return one page; words only when asked for, because they are ten times the text."""
    wanted = (
        select(UtteranceRow)
        .where(UtteranceRow.transcript_id == row.id, UtteranceRow.number >= query.first)
        .order_by(UtteranceRow.number)
        .limit(query.limit + 1)
    )
    if query.words:
        wanted = wanted.options(undefer(UtteranceRow.words))
    found = session.scalars(wanted).all()
    speakers = list_speakers(session, row).speakers
    names = {speaker.label: speaker.name for speaker in speakers if speaker.name}
    following = found[query.limit].number if len(found) > query.limit else None
    return TranscriptPage(
        meeting_id=row.meeting_id,
        version=row.version,
        language=row.language,
        engine=row.engine,
        model=row.model,
        engine_version=row.engine_version,
        label=row.label,
        notes=tuple(row.notes),
        has_timing=row.has_timing,
        duration_ms=row.duration_ms,
        utterance_count=row.utterance_count,
        created_at=row.created_at,
        speakers=speakers,
        utterances=tuple(utterance_of(entry, words=query.words, names=names) for entry in found[: query.limit]),
        next_from=following,
    )


def utterance_of(row: Any, *, words: bool, names: Mapping[str, str]) -> Utterance:
    """Return the utterance in a row, its speaker by name where one was given."""
    return Utterance.model_validate(
        {
            "id": row.number,
            "speaker": names.get(row.speaker, row.speaker),
            "channel": row.channel,
            "start_ms": row.start_ms,
            "end_ms": row.end_ms,
            "text": row.text,
            "confidence": row.confidence,
            "words": row.words if words else (),
        }
    )


def load_transcript(session: Session, row: TranscriptRow, *, words: bool, named: bool) -> Transcript:
    """Return the whole transcript of a row; with ``named``, speakers bear the names that people gave them.

    It is read as plain columns: four hours are some 6,000 utterances.
    """
    columns = UTTERANCE_COLUMNS if words else UTTERANCE_COLUMNS[:-1]
    entries: Any = session.execute(
        select(*columns).where(UtteranceRow.transcript_id == row.id).order_by(UtteranceRow.number)
    )
    names = names_of(session, row.id) if named else {}
    return Transcript(
        language=row.language,
        engine=row.engine,
        model=row.model,
        version=row.engine_version,
        label=row.label,
        notes=tuple(row.notes),
        utterances=tuple(utterance_of(entry, words=words, names=names) for entry in entries),
    )


def exported(transcript: Transcript, wanted: TranscriptFormat) -> str:
    """Return the transcript in one of the text formats; raises NoTiming where the format needs times that it lacks."""
    from aam.transcription.exports import to_srt, to_txt, to_vtt

    writers = {TranscriptFormat.VTT: to_vtt, TranscriptFormat.SRT: to_srt, TranscriptFormat.TXT: to_txt}
    return writers[wanted](transcript)
