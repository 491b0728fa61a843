"""Errors of diagnosis and repair requests."""

from __future__ import annotations

from aam.foundation.errors import Conflict, InvalidInput, NotFound


class BadOperationsRequest(InvalidInput):
    """The event asks for nothing that there is."""

    code = "bad_repair_request"
    sentence = 'Say {"action": "diagnose"} or {"action": "retry", "meeting_id": "…"}; nothing was changed.'


class UnknownId(NotFound):
    """No row has an id that begins so."""

    code = "unknown_id"
    sentence = "No id begins so; 'aam list' shows those there are."


class SessionGone(NotFound):
    """No session of ours has this number, or no longer the same."""

    code = "session_gone"
    sentence = "That session is gone, or its number belongs to another by now; 'aam diagnose --database' shows all."


class AmbiguousId(Conflict):
    """Several rows have ids that begin so."""

    code = "ambiguous_id"
    sentence = "More than one id begins so; give more of its characters."
