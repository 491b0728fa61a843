"""Requests and answers of the API about meetings, their types, scenarios and people."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from aam.foundation.pagination import PageQuery
from aam.foundation.schemas import Key, Line, Moment, Note, RequestBody, Shown, View
from aam.identity.schemas import Email
from aam.meetings.speech import DETECT, MULTI, TAG, SpeechOptions
from aam.meetings.status import MeetingStatus

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), Shown]
Language = Annotated[str, StringConstraints(pattern=f"^{TAG}$")]
"""A BCP 47 tag such as en, ru, uk or pt-BR."""

SpokenLanguage = Annotated[str, StringConstraints(pattern=f"^({TAG}|{DETECT}|{MULTI})$")]
"""The same, or detect: to be found out, or multi: several are spoken."""

PARTICIPANTS_MAX, VIEWERS_MAX, PARTICIPANTS_LISTED = 100, 100, 5


class NewDirectoryParticipant(RequestBody):
    """A person to be added to the directory."""

    full_name: Line
    role_title: Line | None = None
    email: Email | None = None


class DirectoryParticipantView(View):
    """A person of the directory."""

    id: UUID
    full_name: str
    role_title: str | None
    email: str | None
    created_at: datetime


class MeetingTypeView(View):
    """A kind of meeting and the scenario that it has by default."""

    key: str
    name: str
    scenario_key: str


class ScenarioView(View):
    """Sections of the minutes."""

    key: str
    name: str
    version: str


class MeetingTypes(View):
    """All kinds of meeting."""

    items: tuple[MeetingTypeView, ...]


class Scenarios(View):
    """All scenarios."""

    items: tuple[ScenarioView, ...]


def named_one_way_schema(schema: dict[str, Any]) -> None:
    """Say of a participant what the JSON schema of its fields alone cannot: one of two of them is given."""
    properties = schema.pop("properties")
    nothing = {"type": "null"}
    given = {name: field["anyOf"][0] for name, field in properties.items()}
    named = {
        "full_name": given["full_name"],
        "role_title": properties["role_title"],
        "directory_participant_id": nothing,
    }
    listed = {
        "full_name": nothing,
        "role_title": nothing,
        "directory_participant_id": given["directory_participant_id"],
    }
    closed = {"type": "object", "additionalProperties": schema.pop("additionalProperties")}
    schema.pop("type")
    schema["anyOf"] = [
        {**closed, "properties": named, "required": ["full_name"]},
        {**closed, "properties": listed, "required": ["directory_participant_id"]},
    ]


class Participant(RequestBody):
    """Participant in a request: a name with a role, or an entry of the directory whose name and role are copied."""

    model_config = ConfigDict(json_schema_extra=named_one_way_schema)

    full_name: Line | None = None
    role_title: Line | None = None
    directory_participant_id: UUID | None = None

    @model_validator(mode="after")
    def named_one_way(self) -> Self:
        """Raise ValueError unless there is either a name or an entry of the directory."""
        if (self.full_name is None) == (self.directory_participant_id is None):
            raise ValueError("give either full_name or directory_participant_id")
        if self.directory_participant_id is not None and self.role_title is not None:
            raise ValueError("role_title comes from the directory")
        return self


class Consent(RequestBody):
    """On which basis people were recorded, who established that, and when."""

    basis: Line
    by: Line
    at: Moment
    note: Note | None = None


class NewMeeting(RequestBody):
    """A meeting to be added; minutes are in the language spoken unless ``summary_language`` names another.

    Where no language is given, it is found out: from the text of a transcript, by the speech service in a recording.
    """

    client_id: UUID
    title: Title
    language: SpokenLanguage = DETECT
    summary_language: Language | None = None
    meeting_type: Key | None = None
    scenario: Key | None = None
    participants: tuple[Participant, ...] = Field(default=(), max_length=PARTICIPANTS_MAX)
    viewers: tuple[Email, ...] = Field(default=(), max_length=VIEWERS_MAX)
    channels_are_speakers: bool | None = None
    speech: SpeechOptions = Field(default_factory=SpeechOptions)
    consent: Consent | None = None


NEVER_EMPTY = ("client_id", "title", "language", "participants", "viewers", "speech")
"""What may be changed of a meeting but not taken away."""


def never_empty_schema(schema: dict[str, Any]) -> None:
    """Say in the JSON schema that some fields may be left out, but not null."""
    for name in NEVER_EMPTY:
        field = schema["properties"][name]
        field |= field.pop("anyOf")[0]
        field.pop("default")


class MeetingChanges(RequestBody):
    """Changes to a meeting; fields left out stay, lists replace the previous ones."""

    model_config = ConfigDict(json_schema_extra=never_empty_schema)

    client_id: UUID | None = None
    title: Title | None = None
    language: SpokenLanguage | None = None
    summary_language: Language | None = None
    meeting_type: Key | None = None
    scenario: Key | None = None
    participants: tuple[Participant, ...] | None = Field(default=None, max_length=PARTICIPANTS_MAX)
    viewers: tuple[Email, ...] | None = Field(default=None, max_length=VIEWERS_MAX)
    channels_are_speakers: bool | None = None
    speech: SpeechOptions | None = None
    consent: Consent | None = None

    @model_validator(mode="after")
    def never_empty(self) -> Self:
        """Raise ValueError where a field is taken away that can only be changed."""
        for name in NEVER_EMPTY:
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} cannot be null")
        return self


class MeetingQuery(PageQuery):
    """Filters of a list of meetings."""

    status: MeetingStatus | None = None
    client_id: UUID | None = None


class NamedId(View):
    """A row's identifier and name."""

    id: UUID
    name: str


class NamedKey(View):
    """The key and the name of an entry of the catalogue."""

    key: str
    name: str


class ParticipantView(View):
    """Participant as they were recorded then."""

    full_name: str
    role_title: str | None
    directory_participant_id: UUID | None


class ViewerView(View):
    """User besides the owner who may read."""

    id: UUID
    full_name: str
    email: str


class MeetingSummary(View):
    """A meeting in a list; at most five participants."""

    id: UUID
    owner_id: UUID
    title: str
    language: str
    summary_language: str | None
    status: MeetingStatus
    client: NamedId
    meeting_type: NamedKey | None
    scenario: NamedKey | None
    participants: tuple[ParticipantView, ...]
    viewer_count: int
    created_at: datetime
    updated_at: datetime


class MeetingView(MeetingSummary):
    """A meeting with all its people."""

    viewers: tuple[ViewerView, ...]
    channels_are_speakers: bool | None
    speech: SpeechOptions
    consent: Consent | None
