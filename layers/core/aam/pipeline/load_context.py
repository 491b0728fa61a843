"""Load the context of a run: its meeting with all relations, read once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from aam.identity.models import Organization, User
from aam.meetings.catalogue_rows import scenario_terms
from aam.meetings.models import DirectoryParticipant, Meeting
from aam.meetings.speech import TERMS_MAX, SpeechOptions, resolved
from aam.pipeline.errors import RunNotCurrent
from aam.pipeline.models import ProcessingRun
from aam.pipeline.schemas import Person, RunContext, RunInput, UploadContext
from aam.uploads.facts import known_kind
from aam.uploads.models import UploadBlob

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def load_context(session: Session, run: RunInput) -> RunContext:
    """Return the run's context: meeting, client, type, scenario, participants, owner, upload, and speech options.

    Raises RunNotCurrent when the meeting was deleted meanwhile.
    """
    found = (
        session.execute(
            select(Meeting, UploadBlob, User.full_name, ProcessingRun.attempt, Organization)
            .join(UploadBlob, UploadBlob.meeting_id == Meeting.id)
            .join(User, User.id == Meeting.owner_id)
            .join(Organization, Organization.id == Meeting.organization_id)
            .join(ProcessingRun, ProcessingRun.upload_id == UploadBlob.id)
            .where(UploadBlob.id == run.upload_id, ProcessingRun.id == run.run_id)
            .options(
                joinedload(Meeting.client),
                joinedload(Meeting.meeting_type),
                joinedload(Meeting.scenario),
                joinedload(Meeting.participants),
            )
        )
        .unique()
        .one_or_none()
    )
    if found is None:
        raise RunNotCurrent
    meeting, upload, owner_name, attempt, organization = found
    own, of_type = meeting.speech, meeting.meeting_type.speech if meeting.meeting_type else {}
    scenario_key = meeting.scenario.key if meeting.scenario else None
    people = [person.full_name for person in meeting.participants]
    return RunContext(
        run=run,
        attempt=attempt,
        upload=UploadContext(
            key=upload.key,
            filename=upload.filename,
            content_type=upload.content_type,
            size_bytes=upload.size_bytes,
            kind=known_kind(upload),
        ),
        title=meeting.title,
        language=meeting.language,
        summary_language=meeting.summary_language,
        channels_are_speakers=meeting.channels_are_speakers,
        client_name=meeting.client.name,
        scenario_key=scenario_key,
        meeting_type_key=meeting.meeting_type.key if meeting.meeting_type else None,
        participants=tuple(Person(full_name=p.full_name, role_title=p.role_title) for p in meeting.participants),
        owner_name=owner_name,
        held_at=meeting.created_at,
        speech=resolved(*map(SpeechOptions.model_validate, (organization.speech, of_type, own))),
        own_terms=SpeechOptions.model_validate(own).terms or (),
        known_terms=(
            meeting.client.name,
            *people,
            owner_name,
            *scenario_terms(scenario_key, language=meeting.language),
            *often_met(session, run),
        ),
    )


def often_met(session: Session, run: RunInput) -> tuple[str, ...]:
    """Return the names that were added last to the organization's directory."""
    names = session.scalars(
        select(DirectoryParticipant.full_name)
        .where(DirectoryParticipant.organization_id == run.organization_id)
        .order_by(DirectoryParticipant.created_at.desc())
        .limit(TERMS_MAX)
    )
    return tuple(names)
