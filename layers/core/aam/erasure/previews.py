"""Preview the erasure of a person: what would go, and what stays uncertain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from aam.erasure.models import Erasure, ErasureState
from aam.erasure.schemas import Preview
from aam.foundation.clock import new_id
from aam.foundation.sql import any_of
from aam.identity.models import RefreshToken, User
from aam.meetings.models import Meeting, MeetingParticipant
from aam.redaction import person_records
from aam.redaction.held_records import Rows, bound_to, clients_naming, held_of
from aam.redaction.name_matching import Person, person
from aam.redaction.schemas import SubjectKind
from aam.transcription.models import TranscriptRow, UtteranceRow
from aam.uploads.models import UploadBlob

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

NAMESAKES_MOST = 50
READ_MOST = 20_000
"""So many utterances of others are read at most."""


def preview(session: Session, kind: SubjectKind, subject_id: UUID, organization_id: UUID, name: str) -> Preview:
    """Return a preview of a person's erasure."""
    erasure_id = new_id()
    found = person_records.person_of(session, kind, subject_id, erasure_id=erasure_id)
    known = person(found.names, found.emails, erasure_id=erasure_id, known=True)
    own = person_records.own_meetings(session, kind, subject_id)
    if kind is SubjectKind.PARTICIPANT:
        own |= person_records.speaking(session, organization_id, found)
    mentioned = person_records.mentioning(session, organization_id, found) - own
    counts: Counter[str] = Counter({"meetings_with_them": len(own), "meetings_to_look_through": len(mentioned)})
    unrecognised: list[UUID] = []
    left = READ_MOST
    for meeting_id in sorted(own):
        others = person_records.others_in(session, meeting_id, kind, subject_id)
        transcripts = transcripts_of(session, meeting_id)
        said = 0
        for transcript_id in transcripts:
            labels = person_records.labels_of(session, transcript_id, known, others).theirs
            said += count(
                session, UtteranceRow.transcript_id == transcript_id, any_of(UtteranceRow.speaker, sorted(labels))
            )
            spoken_of = replace(known, others=frozenset(others))
            named, read = count_utterances_naming(session, transcript_id, spoken_of, labels, most=left)
            counts["utterances_of_others"] += named
            left -= read
        counts["utterances"] += said
        if transcripts and not said:
            unrecognised.append(meeting_id)
    for meeting_id in sorted(mentioned):
        if not left:
            break
        others = person_records.others_in(session, meeting_id, kind, subject_id)
        for transcript_id in transcripts_of(session, meeting_id):
            named, read = count_utterances_naming(
                session, transcript_id, replace(found, others=frozenset(others)), (), most=left
            )
            counts["utterances_of_others"] += named
            left -= read
    counts["uploads"] = count(session, any_of(UploadBlob.meeting_id, own))
    heir = None
    if kind is SubjectKind.USER:
        user = session.get_one(User, subject_id)
        heir = person_records.heir_of(session, user)
        counts["refresh_tokens"] = count(session, RefreshToken.user_id == subject_id)
        of_them = Meeting.owner_id == subject_id if heir else Meeting.organization_id == organization_id
        counts["meetings_handed_over" if heir else "meetings"] = count(session, of_them)
    bound = bound_to(session, kind, subject_id)
    naming = {client.id for client in clients_naming(session, organization_id, found)}
    held = held_of(session, Rows(bound.meetings | own | mentioned, bound.clients | naming))
    return Preview(
        subject=kind,
        id=subject_id,
        name=name,
        counts={what: number for what, number in sorted(counts.items()) if number},
        held=tuple(sorted(held.meetings)),
        held_clients=tuple(sorted(held.clients)),
        heir=heir,
        unrecognised=() if has_begun(session, kind, subject_id) else tuple(unrecognised),
        namesakes=namesakes(session, kind, subject_id, organization_id, found),
        all_read=left > 0,
    )


def transcripts_of(session: Session, meeting_id: UUID) -> list[UUID]:
    """Return the transcripts of a meeting."""
    return list(session.scalars(select(TranscriptRow.id).where(TranscriptRow.meeting_id == meeting_id)))


def count_utterances_naming(
    session: Session, transcript_id: UUID, known: Person, labels: Collection[str], *, most: int
) -> tuple[int, int]:
    """Return the number of utterances under other labels with the name, and of those that were read (limited)."""
    found = session.execute(
        select(UtteranceRow.speaker, UtteranceRow.text)
        .where(UtteranceRow.transcript_id == transcript_id)
        .order_by(UtteranceRow.number)
        .limit(most)
    ).all()
    return sum(row.speaker not in labels and known.text(row.text) != row.text for row in found), len(found)


def has_begun(session: Session, kind: SubjectKind, subject_id: UUID) -> bool:
    """Return whether an erasure of the subject has begun: their words may be gone while their name still stands."""
    under_way = (ErasureState.RUNNING, ErasureState.WAITING)
    return bool(
        count(session, Erasure.subject_kind == kind, Erasure.subject_id == subject_id, Erasure.state.in_(under_way))
    )


def namesakes(
    session: Session, kind: SubjectKind, subject_id: UUID, organization_id: UUID, known: Person
) -> tuple[UUID, ...]:
    """Return participants of the same name in meetings, who are not known to be the same person."""
    own = (
        {copy.id for copy in person_records.copies_of(session, subject_id)}
        if kind is SubjectKind.PARTICIPANT
        else set()
    )
    found = session.execute(
        select(MeetingParticipant.id, MeetingParticipant.full_name)
        .where(
            MeetingParticipant.organization_id == organization_id,
            person_records.holds_one(MeetingParticipant.full_name, known.stems),
        )
        .order_by(MeetingParticipant.id)
    )
    return tuple(row.id for row in found if row.id not in own and known.is_named(row.full_name))[:NAMESAKES_MOST]


def count(session: Session, *conditions: ColumnElement[bool]) -> int:
    """Return the number of rows that meet the conditions."""
    return session.scalar(select(func.count()).where(*conditions)) or 0
