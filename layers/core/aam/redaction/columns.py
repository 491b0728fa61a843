"""List every column that holds text: where names are searched, where they are a person's own, where none can be.

A test knows all columns of all tables, so that a new one cannot be forgotten.
"""

from __future__ import annotations

from typing import Any

from aam.artifacts.models import ArtifactsRow, LLMInteraction, Validation
from aam.clients.models import Client
from aam.identity.models import Organization
from aam.meetings.models import DirectoryParticipant, Meeting, MeetingParticipant, MeetingType
from aam.pipeline.models import ProcessingError
from aam.transcription.models import SpeakerNameRow, TranscriptRow, UtteranceRow
from aam.uploads.models import UploadBlob

OF_MEETING: tuple[tuple[Any, tuple[Any, ...]], ...] = (
    (Meeting.id, (Meeting.title, Meeting.speech, Meeting.consent_by, Meeting.consent_note, Meeting.consent_basis)),
    (MeetingParticipant.meeting_id, (MeetingParticipant.role_title,)),
    (UploadBlob.meeting_id, (UploadBlob.filename,)),
    (ProcessingError.meeting_id, (ProcessingError.message,)),
    (Validation.meeting_id, (Validation.comment,)),
    (ArtifactsRow.meeting_id, (ArtifactsRow.document,)),
    (LLMInteraction.meeting_id, (LLMInteraction.prompt, LLMInteraction.response)),
    (TranscriptRow.meeting_id, (TranscriptRow.notes, TranscriptRow.label)),
)
"""Texts of rows that say by themselves whose meeting they are of, by the column that does."""

OF_TRANSCRIPT: tuple[tuple[Any, tuple[Any, ...]], ...] = (
    (UtteranceRow.transcript_id, (UtteranceRow.text, UtteranceRow.speaker)),
    (
        SpeakerNameRow.transcript_id,
        (SpeakerNameRow.label, SpeakerNameRow.name, SpeakerNameRow.proposed_name, SpeakerNameRow.quote),
    ),
)

OF_ORGANIZATION: tuple[Any, ...] = (
    Organization.name,
    Organization.speech,
    MeetingType.speech,
    Client.name,
    Client.notes,
    DirectoryParticipant.role_title,
)
