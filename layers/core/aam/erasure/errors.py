"""Errors of erasures; every sentence says whether something was erased."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from aam.foundation.errors import Conflict, InvalidInput, NotFound, Transient


class BadErasureRequest(InvalidInput):
    """The request does not name a subject to erase."""

    code = "bad_erasure_request"
    sentence = 'Say {"subject": "client", "id": "…"}, and "dry_run": false to erase; nothing was erased.'


class UnknownSubject(NotFound):
    """There is no such client, meeting, user or participant."""

    code = "unknown_subject"
    sentence = "There is no such client, meeting, user or participant (any more); nothing was erased."

    @classmethod
    def erased_by(cls, erasure_id: UUID) -> Self:
        """Return the error for a subject that was erased before."""
        return cls(f"Erasure {erasure_id} has taken all of it; 'aam erase certificate {erasure_id}' shows what it did.")


class ErasureUnknown(NotFound):
    """There is no erasure of this id."""

    code = "erasure_unknown"
    sentence = "There is no erasure of this id; 'aam erase list' shows all of them."


class ErasureInProgress(Conflict):
    """Another process is at work on this erasure."""

    code = "erasure_in_progress"
    sentence = "This erasure is under way and goes on by itself; 'aam erase certificate ID' shows how far it is."

    @classmethod
    def of(cls, erasure_id: UUID) -> Self:
        """Return the error for an erasure by its id."""
        return cls(
            f"Erasure {erasure_id} is under way and goes on by itself;"
            f" 'aam erase certificate {erasure_id}' shows how far it is."
        )


class ErasureLost(Conflict):
    """Another process has taken this erasure over."""

    code = "erasure_lost"
    sentence = "Another process has taken this erasure over; it goes on there."


class DeadLettersBusy(Transient):
    """Another process holds dead letters, so that their subjects cannot be read."""

    code = "dead_letters_busy"
    sentence = "Another process holds dead letters, so they cannot all be read; the erasure continues by itself."


class LedgerForged(Conflict):
    """An entry of the ledger is none of ours."""

    code = "ledger_forged"
    sentence = "An entry of the ledger of erasures cannot be read; look who wrote it. Nothing was erased again."
