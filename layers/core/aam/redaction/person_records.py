"""Rows of a participant or user: their names, where they took part or are mentioned, and who inherits from them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, bindparam, cast, false, func, literal_column, or_, select

from aam.foundation.clock import new_id
from aam.identity.models import Organization, User
from aam.meetings.models import DirectoryParticipant, MeetingParticipant
from aam.redaction import columns
from aam.redaction.name_matching import PSEUDONYM, Person, person, spellings
from aam.redaction.schemas import SubjectKind
from aam.transcription.models import SpeakerNameRow, TranscriptRow, UtteranceRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Copy:
    """A participant as a meeting has them written down."""

    id: UUID
    meeting_id: UUID
    full_name: str


def copies_of(session: Session, participant_id: UUID) -> list[Copy]:
    """Return the rows of a participant of the directory, or the one who stands in a meeting only."""
    found = session.execute(
        select(MeetingParticipant.id, MeetingParticipant.meeting_id, MeetingParticipant.full_name)
        .where(
            or_(
                MeetingParticipant.directory_participant_id == participant_id,
                MeetingParticipant.id == participant_id,
            )
        )
        .order_by(MeetingParticipant.id)
    )
    return [Copy(row.id, row.meeting_id, row.full_name) for row in found]


def person_of(session: Session, kind: SubjectKind, subject_id: UUID, *, erasure_id: UUID) -> Person:
    """Return the present names and addresses of a participant or user; none once they are gone."""
    if kind is SubjectKind.USER:
        user = session.get(User, subject_id)
        names, emails = ([user.full_name], [user.email]) if user else ([], [])
        return person(names, emails, erasure_id=erasure_id)
    entry = session.get(DirectoryParticipant, subject_id)
    names = [copy.full_name for copy in copies_of(session, subject_id)] + ([entry.full_name] if entry else [])
    return person(names, [entry.email] if entry and entry.email else [], erasure_id=erasure_id)


def own_meetings(session: Session, kind: SubjectKind, subject_id: UUID) -> set[UUID]:
    """Return the meetings of a person by their participants; a user's are not known."""
    if kind is SubjectKind.USER:
        return set()
    return {copy.meeting_id for copy in copies_of(session, subject_id)}


def speaking(session: Session, organization_id: UUID, known: Person) -> set[UUID]:
    """Return further meetings in which a speaker is called by the whole name of two words or more."""
    labels = select(TranscriptRow.meeting_id, UtteranceRow.speaker.label("label")).join(
        UtteranceRow, UtteranceRow.transcript_id == TranscriptRow.id
    )
    given = select(TranscriptRow.meeting_id, SpeakerNameRow.name.label("label")).join(
        SpeakerNameRow, SpeakerNameRow.transcript_id == TranscriptRow.id
    )
    found: set[UUID] = set()
    for statement, column in ((labels, UtteranceRow.speaker), (given, SpeakerNameRow.name)):
        rows = session.execute(
            statement.where(TranscriptRow.organization_id == organization_id, holds_one(column, known.stems)).distinct()
        )
        found |= {row.meeting_id for row in rows if known.is_label(row.label or "")}
    return found


def mentioning(session: Session, organization_id: UUID, known: Person) -> set[UUID]:
    """Return the meetings of an organization in whose rows a text may name the person; each is then read."""
    if not known.stems:
        return set()
    found: set[UUID] = set()
    for meeting_id, texts in columns.OF_MEETING:
        ours = meeting_id.class_.organization_id == organization_id
        named = or_(*(holds_one(text, known.stems) for text in texts))
        found |= set(session.scalars(select(meeting_id).where(ours, named)))
    said = select(TranscriptRow.meeting_id).where(TranscriptRow.organization_id == organization_id).distinct()
    for transcript_id, texts in columns.OF_TRANSCRIPT:
        named = or_(*(holds_one(text, known.stems) for text in texts))
        of_them = said.join(transcript_id.class_, TranscriptRow.id == transcript_id).where(named)
        found |= set(session.scalars(of_them))
    return found


def holds_one(column: Any, stems: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a text, or a document as text, holds one of these beginnings in any case and alphabet.

    One expression for all of them, and Unicode's form NFC is made of those texts alone that have another: over all of
    an organization's prompts each costs seconds.
    """
    if not stems:
        return false()
    spelled = [spellings(stem) for stem in stems if "@" not in stem]
    sought = bindparam(None, "|".join([*map(re.escape, stems), *spelled]), Text)
    said = cast(column, Text)
    decomposed = said.op("is not")(literal_column("nfc normalized"))
    found: ColumnElement[bool] = or_(said.op("~*")(sought), and_(decomposed, func.normalize(said).op("~*")(sought)))
    return found


def heir_of(session: Session, user: User) -> UUID | None:
    """Return the heir of a user's meetings: the organization's owner, or its oldest user who may log in, or None."""
    owner = session.scalar(select(Organization.owner_id).where(Organization.id == user.organization_id))
    others = session.scalars(
        select(User.id)
        .where(User.organization_id == user.organization_id, User.id != user.id, User.disabled_at.is_(None))
        .order_by(User.created_at, User.id)
    ).all()
    return owner if owner in others else next(iter(others), None)


@dataclass(frozen=True)
class Labels:
    """The labels of a transcript that fit a person: ``theirs``, and those that ``others`` of that name bear."""

    theirs: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()


def labels_of(session: Session, transcript_id: UUID, known: Person, others: Collection[str]) -> Labels:
    """Return the labels of a transcript under which the person speaks, and those that only resemble the name.

    By the label itself, by the name that somebody gave it, or by what the speaker called themselves.  A label that fits
    another participant as well, and is not the whole name, is nobody's.
    """
    labels = set(session.scalars(select(UtteranceRow.speaker).where(UtteranceRow.transcript_id == transcript_id)))
    given = {
        row.label: row.name or row.proposed_name or ""
        for row in session.scalars(select(SpeakerNameRow).where(SpeakerNameRow.transcript_id == transcript_id))
    }
    rivals = [person([name], [], erasure_id=new_id(), known=True) for name in others]

    def is_theirs(label: str) -> bool:
        called = given.get(label) or label
        if not known.is_label(called):
            return False
        return known.is_named(called) or not any(rival.is_label(called) for rival in rivals)

    def is_of_another(label: str) -> bool:
        called = [person([given[label]], [], erasure_id=new_id(), known=True)] if given.get(label) else []
        bears_it = any(somebody.is_label(label) for somebody in (*rivals, *called))
        return bears_it and known.is_label(label) and not known.is_named(label)

    every = labels | set(given)
    theirs = frozenset(label for label in every if is_theirs(label))
    return Labels(theirs, frozenset(label for label in every - theirs if is_of_another(label)))


def others_in(session: Session, meeting_id: UUID, kind: SubjectKind, subject_id: UUID) -> list[str]:
    """Return the names of a meeting's other participants."""
    own = {copy.id for copy in copies_of(session, subject_id)} if kind is SubjectKind.PARTICIPANT else set()
    found = session.execute(
        select(MeetingParticipant.id, MeetingParticipant.full_name).where(MeetingParticipant.meeting_id == meeting_id)
    )
    return [row.full_name for row in found if row.id not in own]


def is_pseudonym(name: str) -> bool:
    """Return whether a participant has been erased already."""
    return PSEUDONYM.fullmatch(name) is not None
