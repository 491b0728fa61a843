"""Collect a participant's data: their own words and quotes, and their presence; no words of others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from aam.artifacts.models import ArtifactsRow
from aam.artifacts.schemas import Artifacts
from aam.audit.queries import readers_of_meeting
from aam.clients.models import Client
from aam.data_export.rows import rows_of
from aam.meetings.models import DirectoryParticipant, Meeting, MeetingParticipant
from aam.transcription.models import TranscriptRow, UtteranceRow
from aam.transcription.speaker_names import names_of as names_given

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Row = dict[str, Any]


def directory_entry(session: Session, participant_id: UUID) -> list[Row]:
    """Return the person's row in the directory."""
    return rows_of(session, DirectoryParticipant, DirectoryParticipant.id == participant_id)


def meetings_with(session: Session, participant_id: UUID) -> list[UUID]:
    """Return the meetings in which a participant of the directory took part."""
    return list(
        session.scalars(
            select(MeetingParticipant.meeting_id)
            .where(MeetingParticipant.directory_participant_id == participant_id)
            .distinct()
            .order_by(MeetingParticipant.meeting_id)
        )
    )


def part_in(session: Session, meeting_id: UUID, participant_id: UUID) -> Row:
    """Return the data that a meeting holds of one participant.

    Words are theirs where a person has named the speaker so, or the transcript was brought with that name.  Where two
    participants bear the same name nobody can tell, and no words are given.
    """
    meeting = session.execute(
        select(Meeting.id, Meeting.title, Meeting.language, Meeting.created_at, Client.name.label("client"))
        .join(Client, Client.id == Meeting.client_id)
        .where(Meeting.id == meeting_id)
    ).one_or_none()
    if meeting is None:  # it went while others were packed
        return {}
    snapshots = rows_of(
        session,
        MeetingParticipant,
        MeetingParticipant.meeting_id == meeting_id,
        MeetingParticipant.directory_participant_id == participant_id,
    )
    names = names_of(session, meeting_id, participant_id)
    shared = is_shared(session, meeting_id, names, len(snapshots))
    readers, last_at = readers_of_meeting(session, meeting_id)
    return {
        "meeting": dict(meeting._mapping),
        "took_part_as": snapshots,
        "speakers_unclear": shared,
        "utterances": [] if shared else list(utterances(session, meeting_id, names)),
        "quotes": [] if shared else list(quotes(session, meeting_id, names)),
        "read_by": {"people": readers, "last_at": last_at},
    }


def names_of(session: Session, meeting_id: UUID, participant_id: UUID) -> set[str]:
    """Return the names that the person bears in a meeting, for comparing."""
    snapshots = session.scalars(
        select(MeetingParticipant.full_name).where(
            MeetingParticipant.meeting_id == meeting_id,
            MeetingParticipant.directory_participant_id == participant_id,
        )
    )
    own = session.scalars(select(DirectoryParticipant.full_name).where(DirectoryParticipant.id == participant_id))
    return {alike(name) for name in (*snapshots, *own)}


def alike(name: str) -> str:
    """Return a name without case and needless spaces."""
    return " ".join(name.split()).casefold()


def is_shared(session: Session, meeting_id: UUID, names: set[str], own: int) -> bool:
    """Return whether another participant of the meeting bears one of these names."""
    everybody = session.scalars(select(MeetingParticipant.full_name).where(MeetingParticipant.meeting_id == meeting_id))
    return sum(alike(name) in names for name in everybody) > own


def own_labels(session: Session, transcript_id: UUID, names: set[str]) -> set[str]:
    """Return the labels under which the person speaks in a transcript."""
    given = names_given(session, transcript_id)
    labels = session.scalars(select(UtteranceRow.speaker).where(UtteranceRow.transcript_id == transcript_id).distinct())
    return {label for label in labels if alike(given.get(label) or label) in names}


def utterances(session: Session, meeting_id: UUID, names: set[str]) -> Iterator[Row]:
    """Yield the person's own utterances in every version of the transcript."""
    for transcript in transcripts_of(session, meeting_id):
        labels = own_labels(session, transcript.id, names)
        found = session.execute(
            select(
                UtteranceRow.number, UtteranceRow.speaker, UtteranceRow.start_ms, UtteranceRow.end_ms, UtteranceRow.text
            )
            .where(UtteranceRow.transcript_id == transcript.id, UtteranceRow.speaker.in_(labels))
            .order_by(UtteranceRow.number)
        )
        for row in found.mappings():
            yield {"transcript_version": transcript.version, **row}


def quotes(session: Session, meeting_id: UUID, names: set[str]) -> Iterator[Row]:
    """Yield what the minutes quote of the person, in every version."""
    rows = select(ArtifactsRow).where(ArtifactsRow.meeting_id == meeting_id).order_by(ArtifactsRow.version)
    for artifacts in session.scalars(rows):
        labels = own_labels(session, artifacts.transcript_id, names)
        for section in Artifacts.model_validate(artifacts.document).sections:
            for item in (*section.items, *section.unsupported):
                for quote in item.quotes:
                    if quote.speaker in labels:
                        yield {
                            "minutes_version": artifacts.version,
                            "section": section.kind,
                            "quote": quote.quote,
                            "utterance": quote.utterance_id,
                        }


def transcripts_of(session: Session, meeting_id: UUID) -> list[TranscriptRow]:
    """Return every version of a meeting's transcript."""
    return list(
        session.scalars(
            select(TranscriptRow).where(TranscriptRow.meeting_id == meeting_id).order_by(TranscriptRow.version)
        )
    )
