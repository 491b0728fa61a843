"""Errors of describing a meeting."""

from __future__ import annotations

from aam.foundation.errors import AppError, InvalidInput, NotFound


class MeetingNotFound(NotFound):
    """No such meeting within the caller's reach."""

    code = "meeting_not_found"
    sentence = "There is no such meeting, or it is not yours to see."


class OwnerOnly(AppError):
    """A viewer tried what only the owner may do."""

    code = "owner_only"
    http_status = 403
    sentence = "You may look at this meeting; only its owner may change it."


class UnknownClient(InvalidInput):
    """The client is not one of the organization's."""

    code = "unknown_client"
    sentence = "client_id names no client of your organization; see GET /clients."


class UnknownMeetingType(InvalidInput):
    """The meeting type is not in the organization's catalogue."""

    code = "unknown_meeting_type"
    sentence = "meeting_type names no type of meeting; see GET /meeting-types."


class UnknownScenario(InvalidInput):
    """The scenario is not in the organization's catalogue."""

    code = "unknown_scenario"
    sentence = "scenario names no scenario; see GET /scenarios."


class UnknownParticipant(InvalidInput):
    """A participant is not in the organization's directory."""

    code = "unknown_participant"
    sentence = "directory_participant_id names nobody in your directory; see GET /participants."


class UnknownViewer(InvalidInput):
    """A viewer is no user of the organization."""

    code = "unknown_viewer"
    sentence = "viewers names an e-mail address that no user of your organization has."


class ConsentRequired(InvalidInput):
    """Meetings are only taken with consent here."""

    code = "consent_required"
    sentence = "Say in 'consent' on which basis the meeting was recorded, by whom that was established, and when."
