"""What can be wrong with an erasure; every sentence says whether something was erased."""

from __future__ import annotations

from aam.foundation.errors import Conflict, InvalidInput, NotFound


class BadErasureRequest(InvalidInput):
    """The request does not say whom to erase."""

    code = "bad_erasure_request"
    sentence = 'Say {"subject": "client", "id": "…"}, and "dry_run": false to erase; nothing was erased.'


class UnknownSubject(NotFound):
    """There is no such client, meeting, user or participant."""

    code = "unknown_subject"
    sentence = "There is no such client, meeting, user or participant (any more); nothing was erased."


class ErasureUnknown(NotFound):
    """There is no erasure of this id."""

    code = "erasure_unknown"
    sentence = "There is no erasure of this id; 'aam erase list' shows all of them."


class ErasureInProgress(Conflict):
    """Another process is at work on this erasure."""

    code = "erasure_in_progress"
    sentence = "This erasure is at work already; ask for its certificate in a few minutes."


class ErasureLost(Conflict):
    """Another process has taken this erasure over."""

    code = "erasure_lost"
    sentence = "Another process has taken this erasure over; it goes on there."


class LedgerForged(Conflict):
    """An entry of the ledger is none of ours."""

    code = "ledger_forged"
    sentence = "An entry of the ledger of erasures cannot be read; look who wrote it. Nothing was erased again."
