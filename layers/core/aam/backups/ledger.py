"""Which ledger of erasures this stack has: asked of the function that alone reads it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from pydantic import ValidationError

from aam.backups.errors import ForeignLedger, LedgerUnavailable
from aam.backups.manifest import LedgerFacts, Manifest
from aam.foundation.aws import client


def ask_erasures(function: str, asked: dict[str, Any], *, by: Callable[[], Any]) -> dict[str, Any]:
    """One call of the function that erases, by this client of Lambda's; raises LedgerUnavailable."""
    from botocore.exceptions import ClientError, HTTPClientError

    try:
        answer = by().invoke(FunctionName=function, Payload=json.dumps(asked).encode())
        told: dict[str, Any] = json.loads(answer["Payload"].read())
    except (ClientError, HTTPClientError):
        raise LedgerUnavailable from None
    if "FunctionError" in answer or "error" in told:
        raise LedgerUnavailable
    return told


def ledger_facts(function: str) -> LedgerFacts:
    """Which ledger this stack has; raises LedgerUnavailable."""
    try:
        return LedgerFacts.model_validate(ask_erasures(function, {"action": "ledger"}, by=partial(client, "lambda")))
    except ValidationError:
        raise LedgerUnavailable from None


def refuse_foreign(manifest: Manifest, ours: LedgerFacts) -> None:
    """Raise ForeignLedger where not everybody would be erased again who was erased before the backup.

    Entries are only ever added: fewer than the backup knows of means that some were left behind.
    """
    theirs = manifest.ledger
    if theirs is not None and (theirs.fingerprint != ours.fingerprint or ours.entries < theirs.entries):
        raise ForeignLedger
