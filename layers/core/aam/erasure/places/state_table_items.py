"""Items of the state table that hold an erased id, or in stored answers an erased name.

A name may be one letter, and most facts are random: task tokens, hashes.  So a name counts only in what the person's
own organization was answered, as words of their own.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any
from uuid import UUID

from aam.foundation.idempotency import PREFIX as ANSWERS

ID = re.compile("(?=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))")
"""An id wherever it stands; those of a client with thousands of meetings are looked for at once."""

if TYPE_CHECKING:
    from aam.foundation.state_table import StateTable
    from aam.redaction.name_matching import Person


def speaking_of(
    table: StateTable, ids: AbstractSet[str], *, organization_id: UUID, known: Person | None = None
) -> Iterator[str]:
    """Yield the keys of items that hold one of these ids, and of the organization's answers that name the person.

    Raises StateUnavailable.
    """
    named = name_pattern(known) if known is not None else None
    for pk, texts in table.texts():
        if any(holds_id(text, ids) for text in (pk, *texts.values())) or (
            known is not None
            and pk.startswith(ANSWERS)
            and texts.get("organization_id") == str(organization_id)
            and any(
                (named and named.search(unicodedata.normalize("NFC", said))) or known.text(said) != said
                for said in strings(texts.get("answer", ""))
            )
        ):
            yield pk


def holds_id(text: str, ids: AbstractSet[str]) -> bool:
    """Return whether a text holds one of these ids, in the form that we write."""
    return not ids.isdisjoint(ID.findall(text))


def name_pattern(known: Person) -> re.Pattern[str] | None:
    """Return a pattern of the names and addresses as they were written, at word borders; None without a name."""
    given = sorted({unicodedata.normalize("NFC", said) for said in known.names | known.emails})
    if not given:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, given))})(?!\w)", re.IGNORECASE)


def strings(value: Any) -> Iterator[str]:
    """Yield the texts of a document; a text that is itself a document is parsed."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from strings(each)
    elif isinstance(value, str):
        try:
            within = json.loads(value)
        except ValueError:
            within = None
        if isinstance(within, (dict, list)):
            yield from strings(within)
        else:
            yield value
