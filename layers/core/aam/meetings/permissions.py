"""Permissions on meetings: the owner and viewers see one, within the organization; for all others it is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select

from aam.identity.schemas import Caller
from aam.meetings.errors import MeetingNotFound, OwnerOnly
from aam.meetings.models import Meeting, MeetingViewer

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def within_reach(caller: Caller) -> ColumnElement[bool]:
    """Return the condition on meetings that the caller may see."""
    looks = exists().where(MeetingViewer.meeting_id == Meeting.id, MeetingViewer.user_id == caller.user_id)
    return (Meeting.organization_id == caller.organization_id) & or_(Meeting.owner_id == caller.user_id, looks)


def reach_meeting(session: Session, meeting_id: UUID, *, caller: Caller) -> Meeting:
    """Return the row of a meeting that the caller may see; raise MeetingNotFound."""
    meeting = session.scalars(select(Meeting).where(Meeting.id == meeting_id, within_reach(caller))).one_or_none()
    if meeting is None:
        raise MeetingNotFound
    return meeting


def own_meeting(session: Session, meeting_id: UUID, *, caller: Caller) -> Meeting:
    """Return the row of a meeting that the caller owns; raise MeetingNotFound, and OwnerOnly for viewers."""
    meeting = reach_meeting(session, meeting_id, caller=caller)
    if meeting.owner_id != caller.user_id:
        raise OwnerOnly
    return meeting
