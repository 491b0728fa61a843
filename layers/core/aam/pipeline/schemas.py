"""Inputs and outputs of steps: ids and pointers, never texts."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from aam.foundation.schemas import Value
from aam.meetings.speech import Speech
from aam.pipeline.errors import ResultsGone
from aam.uploads.names import names_transcript
from aam.uploads.subject import Subject

BeginsAt = Literal[
    "probe", "extract_audio", "transcribe", "write_artifacts", "verify_evidence", "confirm_meaning", "finish"
]
"""The stages at which an execution may begin."""


class RunInput(Value):
    """The input of an execution and of each step: who and what, all by id.

    ``resumption`` counts the executions of a run that had to wait; a late step of an older one changes nothing.
    ``from_stage`` is where it begins; what comes before was made by the run ``takes_over``.
    """

    model_config = ConfigDict(extra="ignore")

    run_id: UUID
    meeting_id: UUID
    organization_id: UUID
    upload_id: UUID
    correlation_id: str
    resumption: int = 0
    from_stage: BeginsAt = "probe"
    takes_over: UUID | None = None

    @property
    def subject(self) -> Subject:
        """Return what the run and its objects belong to."""
        return Subject(self.meeting_id)

    def derived(self, name: str) -> str:
        """Return the key of a derived object of this run."""
        return self.subject.derived(self.run_id, name)

    def earlier(self, name: str) -> str:
        """Return the key of a derived object of the run that this one takes over; raise ResultsGone without one."""
        if self.takes_over is None:
            raise ResultsGone
        return self.subject.derived(self.takes_over, name)


class UploadContext(Value):
    """The upload that a run works on."""

    key: str
    filename: str
    content_type: str
    size_bytes: int
    kind: Literal["recording", "transcript"] | None = None

    @property
    def is_transcript(self) -> bool:
        """Return whether the upload is a transcript rather than a recording, by its content once it was probed."""
        return names_transcript(self.filename) if self.kind is None else self.kind == "transcript"


class Person(Value):
    """A participant of the meeting."""

    full_name: str
    role_title: str | None


class RunContext(Value):
    """A meeting with its relations as the first step read it; later steps read this object, not the database.

    ``own_terms`` are what the meeting asks to be listened for, ``known_terms`` what is known of it: its client, its
    people, its scenario, and the directory.
    """

    run: RunInput
    attempt: int
    upload: UploadContext
    title: str
    language: str
    summary_language: str | None = None
    channels_are_speakers: bool | None
    client_name: str
    scenario_key: str | None
    meeting_type_key: str | None
    participants: tuple[Person, ...]
    owner_name: str
    held_at: datetime
    speech: Speech = Field(default_factory=Speech)
    own_terms: tuple[str, ...] = ()
    known_terms: tuple[str, ...] = ()


class Failure(Value):
    """Failed state as Step Functions reports it."""

    model_config = ConfigDict(extra="ignore")

    error: str = Field(default="", alias="Error")
    cause: str = Field(default="", alias="Cause")


class Stored(Value):
    """The name of the derived object that a step or worker wrote."""

    name: str
