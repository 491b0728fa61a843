"""Read meetings: lists in two statements whatever their length, and one meeting with all its people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select, union_all

from aam.clients.models import Client
from aam.foundation.pagination import Page, after, cut, decode
from aam.identity.models import User
from aam.identity.schemas import Caller
from aam.meetings.errors import MeetingNotFound
from aam.meetings.models import Meeting, MeetingParticipant, MeetingType, MeetingViewer, PromptScenario
from aam.meetings.permissions import within_reach
from aam.meetings.schemas import (
    PARTICIPANTS_LISTED,
    Consent,
    MeetingQuery,
    MeetingSummary,
    MeetingView,
    NamedId,
    NamedKey,
    ParticipantView,
    ViewerView,
)
from aam.meetings.speech import SpeechOptions
from aam.meetings.status import MeetingStatus

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def with_names() -> Select[Any]:
    """Return meetings with the names of client, type and scenario, and the number of viewers, in one statement."""
    viewers = (
        select(func.count()).select_from(MeetingViewer).where(MeetingViewer.meeting_id == Meeting.id).scalar_subquery()
    )
    return (
        select(
            Meeting,
            Client.name.label("client_name"),
            MeetingType.key.label("type_key"),
            MeetingType.name.label("type_name"),
            PromptScenario.key.label("scenario_key"),
            PromptScenario.name.label("scenario_name"),
            viewers.label("viewer_count"),
        )
        .join(Client, Client.id == Meeting.client_id)
        .outerjoin(MeetingType, MeetingType.id == Meeting.meeting_type_id)
        .outerjoin(PromptScenario, PromptScenario.id == Meeting.scenario_id)
    )


def list_meetings(session: Session, query: MeetingQuery, *, caller: Caller) -> Page[MeetingSummary]:
    """Return the meetings that the caller owns or may look at, newest first; raises BadCursor.

    Owned and shared meetings are cut to a page each before they are merged, so that each side walks an index.
    """
    wanted: list[ColumnElement[bool]] = [
        Meeting.organization_id == caller.organization_id,
        *after(decode(query.cursor), Meeting.created_at, Meeting.id),
    ]
    if query.status is not None:
        wanted.append(Meeting.status == query.status)
    if query.client_id is not None:
        wanted.append(Meeting.client_id == query.client_id)
    shared = select(Meeting.id, Meeting.created_at).join(MeetingViewer, MeetingViewer.meeting_id == Meeting.id)
    sides = (
        select(Meeting.id, Meeting.created_at).where(Meeting.owner_id == caller.user_id),
        shared.where(MeetingViewer.user_id == caller.user_id),
    )
    newest = [
        side.where(*wanted)
        .order_by(Meeting.created_at.desc(), Meeting.id.desc())
        .limit(query.limit + 1)
        .subquery()
        .select()
        for side in sides
    ]
    candidates = union_all(*newest).subquery()
    rows = session.execute(
        with_names()
        .where(Meeting.id.in_(select(candidates.c.id)))
        .order_by(Meeting.created_at.desc(), Meeting.id.desc())
        .limit(query.limit + 1)
    ).all()
    _, following = cut([row.Meeting for row in rows], query.limit)
    shown = rows[: query.limit]
    people = participants_of(session, [row.Meeting.id for row in shown], at_most=PARTICIPANTS_LISTED)
    return Page(
        items=tuple(MeetingSummary(**summary_fields(row, people)) for row in shown),
        next_cursor=following,
        has_more=following is not None,
    )


def participants_of(
    session: Session, meeting_ids: Sequence[UUID], *, at_most: int | None
) -> dict[UUID, tuple[ParticipantView, ...]]:
    """Return the participants of these meetings in the order in which they were given, in one statement."""
    if not meeting_ids:
        return {}
    place = func.row_number().over(partition_by=MeetingParticipant.meeting_id, order_by=MeetingParticipant.id)
    numbered = (
        select(
            MeetingParticipant.meeting_id,
            MeetingParticipant.full_name,
            MeetingParticipant.role_title,
            MeetingParticipant.directory_participant_id,
            place.label("place"),
        )
        .where(MeetingParticipant.meeting_id.in_(meeting_ids))
        .subquery()
    )
    wanted = select(numbered).order_by(numbered.c.meeting_id, numbered.c.place)
    if at_most is not None:
        wanted = wanted.where(numbered.c.place <= at_most)
    found: dict[UUID, list[ParticipantView]] = defaultdict(list)
    for row in session.execute(wanted):
        found[row.meeting_id].append(ParticipantView.model_validate(row))
    return {meeting_id: tuple(people) for meeting_id, people in found.items()}


def summary_fields(row: Row[Any], people: dict[UUID, tuple[ParticipantView, ...]]) -> dict[str, Any]:
    """Return the fields of a summary out of a row of ``with_names``."""
    meeting: Meeting = row.Meeting
    return {
        "id": meeting.id,
        "owner_id": meeting.owner_id,
        "title": meeting.title,
        "language": meeting.language,
        "summary_language": meeting.summary_language,
        "status": MeetingStatus(meeting.status),
        "client": NamedId(id=meeting.client_id, name=row.client_name),
        "meeting_type": NamedKey(key=row.type_key, name=row.type_name) if row.type_key else None,
        "scenario": NamedKey(key=row.scenario_key, name=row.scenario_name) if row.scenario_key else None,
        "participants": people.get(meeting.id, ()),
        "viewer_count": row.viewer_count,
        "created_at": meeting.created_at,
        "updated_at": meeting.updated_at,
    }


def read_meeting(session: Session, meeting_id: UUID, *, caller: Caller) -> MeetingView:
    """Return a meeting with all its people in three statements; raises MeetingNotFound."""
    row = session.execute(with_names().where(Meeting.id == meeting_id, within_reach(caller))).one_or_none()
    if row is None:
        raise MeetingNotFound
    viewers = session.execute(
        select(User.id, User.full_name, User.email)
        .join(MeetingViewer, MeetingViewer.user_id == User.id)
        .where(MeetingViewer.meeting_id == meeting_id)
        .order_by(User.full_name)
    )
    return MeetingView(
        **summary_fields(row, participants_of(session, [meeting_id], at_most=None)),
        viewers=tuple(ViewerView.model_validate(row) for row in viewers),
        channels_are_speakers=row.Meeting.channels_are_speakers,
        speech=SpeechOptions.model_validate(row.Meeting.speech),
        consent=consent_of(row.Meeting),
    )


def consent_of(meeting: Meeting) -> Consent | None:
    """Return the consent as it was given, or None."""
    if meeting.consent_basis is None or meeting.consent_by is None or meeting.consent_at is None:
        return None
    return Consent(basis=meeting.consent_basis, by=meeting.consent_by, at=meeting.consent_at, note=meeting.consent_note)
