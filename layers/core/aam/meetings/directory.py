"""Use cases around meetings: the directory of participants, the types, the scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from aam.foundation.clock import new_id
from aam.foundation.pagination import Page, PageQuery, read_page
from aam.identity.schemas import Caller
from aam.meetings.models import DirectoryParticipant, MeetingType, PromptScenario
from aam.meetings.schemas import (
    DirectoryParticipantView,
    MeetingTypes,
    MeetingTypeView,
    NewDirectoryParticipant,
    Scenarios,
    ScenarioView,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def add_participant(session: Session, new: NewDirectoryParticipant, *, caller: Caller) -> DirectoryParticipantView:
    """Add a person to the organization's directory."""
    person = DirectoryParticipant(
        id=new_id(),
        organization_id=caller.organization_id,
        full_name=new.full_name,
        role_title=new.role_title,
        email=new.email,
    )
    session.add(person)
    session.flush()
    return DirectoryParticipantView.model_validate(person)


def list_participants(session: Session, page: PageQuery, *, caller: Caller) -> Page[DirectoryParticipantView]:
    """Return the organization's directory, newest first; raises BadCursor."""
    return read_page(
        session, DirectoryParticipant, DirectoryParticipantView, page, organization_id=caller.organization_id
    )


def list_meeting_types(session: Session, *, caller: Caller) -> MeetingTypes:
    """Return the organization's kinds of meeting by name."""
    rows = session.scalars(
        select(MeetingType).where(MeetingType.organization_id == caller.organization_id).order_by(MeetingType.name)
    )
    return MeetingTypes(items=tuple(MeetingTypeView.model_validate(row) for row in rows))


def list_scenarios(session: Session, *, caller: Caller) -> Scenarios:
    """Return the organization's scenarios by name."""
    rows = session.scalars(
        select(PromptScenario)
        .where(PromptScenario.organization_id == caller.organization_id)
        .order_by(PromptScenario.name)
    )
    return Scenarios(items=tuple(ScenarioView.model_validate(row) for row in rows))
