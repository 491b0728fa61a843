"""Use cases: add, change and delete meetings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, func, select

from aam.clients.models import Client
from aam.foundation.clock import new_id
from aam.identity.models import Organization, User
from aam.identity.schemas import Caller, normal_email
from aam.meetings.errors import (
    ConsentRequired,
    UnknownClient,
    UnknownMeetingType,
    UnknownParticipant,
    UnknownScenario,
    UnknownViewer,
)
from aam.meetings.models import (
    DirectoryParticipant,
    Meeting,
    MeetingParticipant,
    MeetingType,
    MeetingViewer,
    PromptScenario,
)
from aam.meetings.permissions import own_meeting
from aam.meetings.schemas import Consent, MeetingChanges, NewMeeting, Participant
from aam.meetings.speech import SpeechOptions, check_speech, resolved
from aam.meetings.status import MeetingStatus

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def add_meeting(session: Session, new: NewMeeting, *, caller: Caller, consent_required: bool) -> UUID:
    """Add a meeting that the caller owns; returns its id.

    A meeting without a scenario of its own gets the one of its type.  Raises ConsentRequired, UnknownClient,
    UnknownMeetingType, UnknownScenario, UnknownParticipant, UnknownViewer, UnsupportedOption.
    """
    if consent_required and new.consent is None:
        raise ConsentRequired
    require_client(session, new.client_id, caller=caller)
    kind = find_type(session, new.meeting_type, caller=caller)
    scenario_key = new.scenario or (kind.scenario_key if kind else None)
    meeting = Meeting(
        id=new_id(),
        organization_id=caller.organization_id,
        owner_id=caller.user_id,
        client_id=new.client_id,
        meeting_type_id=kind.id if kind else None,
        scenario_id=find_scenario(session, scenario_key, caller=caller),
        title=new.title,
        language=new.language,
        summary_language=new.summary_language,
        status=MeetingStatus.CREATED,
        channels_are_speakers=new.channels_are_speakers,
        speech=new.speech.model_dump(mode="json", exclude_none=True),
    )
    set_consent(meeting, new.consent)
    session.add(meeting)
    session.flush()
    require_speech(session, meeting)
    add_people(session, meeting, new.participants, caller=caller)
    add_viewers(session, meeting, new.viewers, caller=caller)
    session.flush()
    return meeting.id


def change_meeting(
    session: Session, meeting_id: UUID, changes: MeetingChanges, *, caller: Caller, consent_required: bool
) -> None:
    """Change what was sent and leave the rest; raises what ``add_meeting`` raises, MeetingNotFound and OwnerOnly."""
    meeting = own_meeting(session, meeting_id, caller=caller)
    sent = changes.model_fields_set
    if changes.client_id is not None:
        require_client(session, changes.client_id, caller=caller)
        meeting.client_id = changes.client_id
    if changes.speech is not None:
        meeting.speech = changes.speech.model_dump(mode="json", exclude_none=True)
    for name in sent & {"title", "language", "summary_language", "channels_are_speakers"}:
        setattr(meeting, name, getattr(changes, name))
    if "meeting_type" in sent:
        kind = find_type(session, changes.meeting_type, caller=caller)
        meeting.meeting_type_id = kind.id if kind else None
    if sent & {"speech", "language", "meeting_type"}:
        require_speech(session, meeting)
    if "scenario" in sent:
        meeting.scenario_id = find_scenario(session, changes.scenario, caller=caller)
    if "consent" in sent:
        if consent_required and changes.consent is None:
            raise ConsentRequired
        set_consent(meeting, changes.consent)
    if changes.participants is not None:
        session.execute(delete(MeetingParticipant).where(MeetingParticipant.meeting_id == meeting_id))
        add_people(session, meeting, changes.participants, caller=caller)
    if changes.viewers is not None:
        session.execute(delete(MeetingViewer).where(MeetingViewer.meeting_id == meeting_id))
        add_viewers(session, meeting, changes.viewers, caller=caller)
    session.flush()


def require_speech(session: Session, meeting: Meeting) -> None:
    """Raise UnsupportedOption where the language's model lacks what meeting, type and organization ask for."""
    session.flush()
    inherited = session.execute(
        select(Organization.speech, MeetingType.speech)
        .outerjoin(MeetingType, MeetingType.id == meeting.meeting_type_id)
        .where(Organization.id == meeting.organization_id)
    ).one()
    own = SpeechOptions.model_validate(meeting.speech)
    speech = resolved(*(SpeechOptions.model_validate(given or {}) for given in inherited), own)
    check_speech(speech, language=meeting.language, own_terms=own.terms or ())


def require_client(session: Session, client_id: UUID, *, caller: Caller) -> None:
    """Raise UnknownClient unless the client is one of the caller's organization."""
    known = session.scalar(
        select(Client.id).where(Client.id == client_id, Client.organization_id == caller.organization_id)
    )
    if known is None:
        raise UnknownClient


def find_type(session: Session, key: str | None, *, caller: Caller) -> MeetingType | None:
    """Return the type of this key; raises UnknownMeetingType."""
    if key is None:
        return None
    found = session.scalars(
        select(MeetingType).where(MeetingType.organization_id == caller.organization_id, MeetingType.key == key)
    ).one_or_none()
    if found is None:
        raise UnknownMeetingType
    return found


def find_scenario(session: Session, key: str | None, *, caller: Caller) -> UUID | None:
    """Return the id of the scenario of this key; raises UnknownScenario."""
    if key is None:
        return None
    found = session.scalar(
        select(PromptScenario.id).where(
            PromptScenario.organization_id == caller.organization_id, PromptScenario.key == key
        )
    )
    if found is None:
        raise UnknownScenario
    return found


def set_consent(meeting: Meeting, consent: Consent | None) -> None:
    """Write the consent down, or take it away."""
    meeting.consent_basis = consent.basis if consent else None
    meeting.consent_by = consent.by if consent else None
    meeting.consent_at = consent.at if consent else None
    meeting.consent_note = consent.note if consent else None


def add_people(session: Session, meeting: Meeting, people: Sequence[Participant], *, caller: Caller) -> None:
    """Write the participants down in the order given, those of the directory with today's name and role."""
    wanted = {person.directory_participant_id for person in people} - {None}
    known = (
        {
            entry.id: entry
            for entry in session.scalars(
                select(DirectoryParticipant).where(
                    DirectoryParticipant.organization_id == caller.organization_id, DirectoryParticipant.id.in_(wanted)
                )
            )
        }
        if wanted
        else {}
    )
    if wanted - set(known):
        raise UnknownParticipant
    for person in people:
        entry = known.get(person.directory_participant_id) if person.directory_participant_id else None
        session.add(
            MeetingParticipant(
                id=new_id(),
                organization_id=caller.organization_id,
                meeting_id=meeting.id,
                directory_participant_id=person.directory_participant_id,
                full_name=entry.full_name if entry else person.full_name,
                role_title=entry.role_title if entry else person.role_title,
            )
        )


def add_viewers(session: Session, meeting: Meeting, emails: Sequence[str], *, caller: Caller) -> None:
    """Let these users of the organization look; the owner needs no entry.  Raises UnknownViewer."""
    wanted = {normal_email(email) for email in emails}
    if not wanted:
        return
    address = func.lower(User.email)
    known = session.execute(
        select(User.id, address.label("email")).where(
            User.organization_id == caller.organization_id, address.in_(wanted)
        )
    ).all()
    if wanted - {row.email for row in known}:
        raise UnknownViewer
    for row in known:
        if row.id != meeting.owner_id:
            session.add(
                MeetingViewer(
                    id=new_id(), organization_id=caller.organization_id, meeting_id=meeting.id, user_id=row.id
                )
            )
