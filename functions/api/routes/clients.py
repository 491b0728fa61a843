"""Clients, the directory of participants, and the catalogue."""

from __future__ import annotations

from aam.clients.schemas import ClientView, NewClient
from aam.clients.service import add_client, list_clients
from aam.foundation.database import transaction
from aam.foundation.pagination import BadCursor, Page, PageQuery
from aam.meetings.directory import add_participant, list_meeting_types, list_participants, list_scenarios
from aam.meetings.schemas import DirectoryParticipantView, MeetingTypes, NewDirectoryParticipant, Scenarios
from calls import Call, Endpoints

endpoints = Endpoints("directory")


@endpoints.route("GET", "/clients", query=PageQuery, answer=Page[ClientView], errors=(BadCursor,))
def get_clients(call: Call, *, query: PageQuery) -> Page[ClientView]:
    """List the organization's clients, newest first."""
    with transaction() as session:
        return list_clients(session, query, caller=call.caller)


@endpoints.route("POST", "/clients", body=NewClient, answer=ClientView, status=201, idempotent=True)
def post_client(call: Call, *, body: NewClient) -> ClientView:
    """Add a client."""
    with transaction() as session:
        return add_client(session, body, caller=call.caller)


@endpoints.route("GET", "/participants", query=PageQuery, answer=Page[DirectoryParticipantView], errors=(BadCursor,))
def get_participants(call: Call, *, query: PageQuery) -> Page[DirectoryParticipantView]:
    """List the people of the directory, newest first."""
    with transaction() as session:
        return list_participants(session, query, caller=call.caller)


@endpoints.route(
    "POST",
    "/participants",
    body=NewDirectoryParticipant,
    answer=DirectoryParticipantView,
    status=201,
    idempotent=True,
)
def post_participant(call: Call, *, body: NewDirectoryParticipant) -> DirectoryParticipantView:
    """Add a person to the directory."""
    with transaction() as session:
        return add_participant(session, body, caller=call.caller)


@endpoints.route("GET", "/meeting-types", answer=MeetingTypes)
def get_meeting_types(call: Call) -> MeetingTypes:
    """List the kinds of meeting."""
    with transaction() as session:
        return list_meeting_types(session, caller=call.caller)


@endpoints.route("GET", "/scenarios", answer=Scenarios)
def get_scenarios(call: Call) -> Scenarios:
    """List the scenarios, which say what sections the minutes have."""
    with transaction() as session:
        return list_scenarios(session, caller=call.caller)
