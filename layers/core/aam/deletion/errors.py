"""Reasons why something cannot be deleted or held."""

from __future__ import annotations

from aam.foundation.errors import Conflict, NotFound


class UnknownScope(NotFound):
    """There is no such organization, client or meeting."""

    code = "unknown_scope"
    sentence = "There is no such organization, client or meeting; nothing was deleted."


class OnLegalHold(Conflict):
    """A legal hold stands on the meeting or its client."""

    code = "on_legal_hold"
    sentence = "A legal hold stands on this meeting or its client; nothing of it can be deleted until it ends."


class AlreadyGoing(Conflict):
    """The meeting or client to be held is being deleted already."""

    code = "already_going"
    sentence = "This is being deleted already and cannot be held any more."


class MeetingUnknown(NotFound):
    """There is no such meeting, or it was deleted."""

    code = "meeting_unknown"
    sentence = "There is no meeting of this id (any more)."
