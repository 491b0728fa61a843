"""Client of the erasure function, which alone reads the ledger of erasures."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from pydantic import ValidationError

from aam.backups.errors import ForeignLedger, LedgerUnavailable
from aam.backups.manifest import LedgerFacts, Manifest
from aam.erasure.errors import LedgerForged
from aam.foundation.aws import client, patient_lambda


def ask_erasures(function: str, asked: dict[str, Any], *, by: Callable[[], Any]) -> dict[str, Any]:
    """Call the function that erases, by this Lambda client; raises LedgerUnavailable, LedgerForged."""
    from botocore.exceptions import ClientError, HTTPClientError

    try:
        answer = by().invoke(FunctionName=function, Payload=json.dumps(asked).encode())
        told: dict[str, Any] = json.loads(answer["Payload"].read())
    except (ClientError, HTTPClientError):
        raise LedgerUnavailable from None
    if told.get("error") == LedgerForged.code:
        raise LedgerForged
    if "FunctionError" in answer or "error" in told:
        raise LedgerUnavailable
    return told


def ledger_facts(function: str) -> LedgerFacts:
    """Return the facts of this stack's ledger for a backup, which does not wait for it; raises LedgerUnavailable."""
    return facts_in(ask_erasures(function, {"action": "ledger"}, by=partial(client, "lambda")))


def readable_facts(function: str) -> LedgerFacts:
    """Return the facts of this stack's ledger after reading every entry; raises LedgerUnavailable, LedgerForged."""
    try:
        return facts_in(ask_erasures(function, {"action": "ledger", "read": True}, by=patient_lambda))
    except LedgerForged:
        raise LedgerForged(
            "An entry of the ledger of erasures cannot be read, so nobody could be erased again; look who wrote it "
            "(docs/privacy.md). Nothing was changed."
        ) from None


def facts_in(told: dict[str, Any]) -> LedgerFacts:
    """Return the facts in an answer; raises LedgerUnavailable when it holds none."""
    try:
        return LedgerFacts.model_validate(told)
    except ValidationError:
        raise LedgerUnavailable from None


def refuse_foreign(manifest: Manifest, ours: LedgerFacts) -> None:
    """Raise ForeignLedger where a subject erased before the backup would not be erased again.

    Entries are only ever added: fewer than the backup knows of means that some were left behind.
    """
    theirs = manifest.ledger
    if theirs is not None and (theirs.fingerprint != ours.fingerprint or ours.entries < theirs.entries):
        raise ForeignLedger
