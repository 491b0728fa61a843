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

OWN = frozenset(
    {
        *("users.full_name", "users.email", "users.password_hash"),
        *("directory_participants.full_name", "directory_participants.email", "meeting_participants.full_name"),
    }
)
"""Whose row it is: it goes with its person, and a namesake's stays."""

FOLLOWS = {
    "utterances.words": "emptied with the text",
    "upload_blobs.key": "given up with the file's name",
    "upload_blobs.etag": "given up with the file's name",
    "upload_blobs.version_id": "given up with the file's name",
}
"""What goes with another column."""

NAMELESS = {
    "access_log": "kinds",
    "artifacts.engine": "",
    "artifacts.label": "the engine's word for what it is",
    "artifacts.language": "",
    "artifacts.model": "",
    "artifacts.prompt_version": "",
    "cleanup_runs": "counts, ids and keys of the plan that named none",
    "cost_entries": "vendors, models, kinds",
    "erasure_traces": "kinds",
    "erasures": "counts and ids",
    "legal_holds": "a hold's reason stays as long as it does",
    "llm_interactions.model": "",
    "llm_interactions.outcome": "",
    "llm_interactions.prompt_version": "",
    "llm_interactions.purpose": "",
    "llm_interactions.request_id": "the vendor's id",
    "maintenance_log": "counts and ids",
    "meeting_types.key": "of the reviewed file",
    "meeting_types.name": "of the reviewed file",
    "meeting_types.scenario_key": "of the reviewed file",
    "meetings.language": "",
    "meetings.status": "",
    "meetings.summary_language": "",
    "processing_errors.code": "",
    "processing_errors.stage": "",
    "processing_runs": "kinds, ids, moments",
    "prompt_scenarios": "of the reviewed file",
    "refresh_tokens": "hashes",
    "retention_rules": "kinds",
    "transcripts.engine": "",
    "transcripts.engine_version": "",
    "transcripts.key": "ids",
    "transcripts.language": "",
    "transcripts.model": "",
    "upload_blobs.content_type": "",
    "upload_blobs.media_facts": "numbers, codecs and the language",
    "upload_blobs.multipart_id": "the store's id",
    "upload_blobs.status": "",
    "validations.decision": "",
}
"""Columns, or whole tables, of codes, ids and counts, with the reason where the name of the column is none."""
