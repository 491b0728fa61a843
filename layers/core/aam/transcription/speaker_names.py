"""Use cases: how the speakers of a transcript are called.  The transcript's own rows never change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from aam.foundation.errors import InvalidInput
from aam.foundation.schemas import Line, RequestBody, View
from aam.identity.schemas import Caller
from aam.transcription.models import SpeakerNameRow, TranscriptRow, UtteranceRow
from aam.transcription.name_proposals import Proposal

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SPEAKERS_MAX = 200


class UnknownSpeaker(InvalidInput):
    """A label that no utterance of the transcript has."""

    code = "unknown_speaker"
    sentence = "names contains a speaker who says nothing in this transcript; see GET /meetings/{id}/speakers."


class ProposalView(View):
    """Name that the speaker's own words propose, unconfirmed."""

    name: str
    quote: str
    utterance_id: int


class SpeakerView(View):
    """A speaker: the engine's label, the name that a user gave, and the proposal where there is none."""

    label: str
    name: str | None
    proposal: ProposalView | None


class Speakers(View):
    """The speakers of the newest transcript, in the order in which they begin to speak."""

    meeting_id: UUID
    version: int
    speakers: tuple[SpeakerView, ...]


class NewNames(RequestBody):
    """Names by label; null takes a name away."""

    names: dict[str, Line | None] = Field(min_length=1, max_length=SPEAKERS_MAX)


def keep_proposals(
    session: Session, proposals: Sequence[Proposal], *, transcript_id: UUID, organization_id: UUID
) -> None:
    """Write down what the speakers of a new transcript call themselves."""
    if proposals:
        session.execute(
            insert(SpeakerNameRow).values(
                [
                    {
                        "transcript_id": transcript_id,
                        "organization_id": organization_id,
                        "label": proposal.label,
                        "proposed_name": proposal.name,
                        "quote": proposal.quote,
                        "utterance_number": proposal.utterance_id,
                    }
                    for proposal in proposals
                ]
            )
        )


def list_speakers(session: Session, row: TranscriptRow) -> Speakers:
    """Return the speakers of a transcript."""
    first = func.min(UtteranceRow.number).label("first")
    labels = (
        select(UtteranceRow.speaker, first)
        .where(UtteranceRow.transcript_id == row.id)
        .group_by(UtteranceRow.speaker)
        .subquery()
    )
    rows = session.execute(
        select(labels.c.speaker, SpeakerNameRow)
        .outerjoin(
            SpeakerNameRow, (SpeakerNameRow.transcript_id == row.id) & (SpeakerNameRow.label == labels.c.speaker)
        )
        .order_by(labels.c.first)
    )
    return Speakers(
        meeting_id=row.meeting_id,
        version=row.version,
        speakers=tuple(_view(label, known) for label, known in rows),
    )


def name_speakers(session: Session, row: TranscriptRow, new: NewNames, *, caller: Caller, now: datetime) -> None:
    """Give speakers names, or take them away; raises UnknownSpeaker."""
    if set(new.names) - {speaker.label for speaker in list_speakers(session, row).speakers}:
        raise UnknownSpeaker
    for label, name in new.names.items():
        given = {"name": name, "named_by": caller.user_id if name else None, "named_at": now if name else None}
        session.execute(
            insert(SpeakerNameRow)
            .values(transcript_id=row.id, organization_id=row.organization_id, label=label, **given)
            .on_conflict_do_update(index_elements=["transcript_id", "label"], set_=given)
        )


def names_of(session: Session, transcript_id: UUID) -> Mapping[str, str]:
    """Return the names that users gave, by label."""
    rows = session.execute(
        select(SpeakerNameRow.label, SpeakerNameRow.name).where(
            SpeakerNameRow.transcript_id == transcript_id, SpeakerNameRow.name.is_not(None)
        )
    )
    return {row.label: row.name for row in rows}


def _view(label: str, known: SpeakerNameRow | None) -> SpeakerView:
    if known is None:
        return SpeakerView(label=label, name=None, proposal=None)
    proposal = None
    if known.name is None and known.proposed_name is not None:
        proposal = ProposalView.model_validate(
            {"name": known.proposed_name, "quote": known.quote, "utterance_id": known.utterance_number}
        )
    return SpeakerView(label=label, name=known.name, proposal=proposal)
