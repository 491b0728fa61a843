"""What can be wrong with a question about the system, or with an order to repair it."""

from __future__ import annotations

from aam.foundation.errors import InvalidInput


class BadOperationsRequest(InvalidInput):
    """The event asks for nothing that there is."""

    code = "bad_repair_request"
    sentence = 'Say {"action": "diagnose"} or {"action": "retry", "meeting_id": "…"}; nothing was changed.'
