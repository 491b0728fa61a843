"""Merge a ledger of erasures with a copy of it: entries are added, none is taken back."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import ValidationError

from aam.erasure.errors import LedgerForged
from aam.erasure.ledger.entries import PREFIX, Entry

NAME = re.compile(rf"{PREFIX}([0-9a-f]{{64}})\.json")


def read_entry(key: str, body: bytes) -> Entry:
    """An entry as it lies under its key; raises LedgerForged when it is none, or another one's."""
    name = NAME.fullmatch(key)
    try:
        entry = Entry.model_validate_json(body)
    except ValidationError:
        raise LedgerForged from None
    if name is None or entry.marks[:1] != (name[1],):
        raise LedgerForged
    return entry


def lacking(there: Mapping[str, bytes], kept: Mapping[str, bytes]) -> dict[str, bytes]:
    """Those of the kept entries, by key, that a ledger lacks, or has only without a certificate; raises LedgerForged.

    Whatever either holds is looked at first.
    """
    ours = {key: read_entry(key, body) for key, body in there.items()}
    theirs = {key: read_entry(key, body) for key, body in kept.items()}
    return {
        key: kept[key]
        for key, entry in theirs.items()
        if key not in ours or (entry.certificate is not None and ours[key].certificate is None)
    }
