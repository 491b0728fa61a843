"""Options of speech recognition, and names of speakers."""

from __future__ import annotations

from uuid import UUID

from aam.foundation.database import transaction
from aam.identity.errors import OrganizationOwnerOnly
from aam.meetings.errors import MeetingNotFound, OwnerOnly
from aam.meetings.organization import read_speech, set_speech
from aam.meetings.permissions import own_meeting, reach_meeting
from aam.meetings.speech import SpeechOptions, UnsupportedOption
from aam.transcription.queries import TranscriptNotReady, newest_transcript
from aam.transcription.speaker_names import NewNames, Speakers, UnknownSpeaker, list_speakers, name_speakers
from calls import Call, Endpoints

endpoints = Endpoints("speech")


@endpoints.route("GET", "/organization/speech", answer=SpeechOptions)
def get_organization_speech(call: Call) -> SpeechOptions:
    """Read which options of speech recognition the organization's meetings have unless they say otherwise."""
    with transaction() as session:
        return read_speech(session, caller=call.caller)


@endpoints.route(
    "PUT",
    "/organization/speech",
    body=SpeechOptions,
    answer=SpeechOptions,
    errors=(OrganizationOwnerOnly, UnsupportedOption),
)
def put_organization_speech(call: Call, *, body: SpeechOptions) -> SpeechOptions:
    """Replace the organization's options of speech recognition; its owner only."""
    with transaction() as session:
        set_speech(session, body, caller=call.caller)
        return body


@endpoints.route(
    "GET", "/meetings/{meeting_id}/speakers", answer=Speakers, errors=(MeetingNotFound, TranscriptNotReady)
)
def get_speakers(call: Call, *, meeting_id: UUID) -> Speakers:
    """List who speaks in the newest transcript, with the names given and proposed."""
    with transaction() as session:
        reach_meeting(session, meeting_id, caller=call.caller)
        return list_speakers(session, newest_transcript(session, meeting_id))


@endpoints.route(
    "PATCH",
    "/meetings/{meeting_id}/speakers",
    body=NewNames,
    answer=Speakers,
    errors=(MeetingNotFound, OwnerOnly, TranscriptNotReady, UnknownSpeaker),
)
def patch_speakers(call: Call, *, meeting_id: UUID, body: NewNames) -> Speakers:
    """Give speakers names, or take them away; transcript, exports and minutes show them from then on."""
    with transaction() as session:
        own_meeting(session, meeting_id, caller=call.caller)
        row = newest_transcript(session, meeting_id)
        name_speakers(session, row, body, caller=call.caller, now=call.now)
        session.expire_all()
        return list_speakers(session, row)
