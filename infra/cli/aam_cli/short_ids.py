"""Ids as people type them: the whole id, or enough of its beginning to mean one thing."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import click

from aam_cli.operations_function import ask

Kind = Literal["meeting", "client", "user", "organization", "participant", "erasure", "error"]

SHORTEST = 6
WHOLE = 32
LISTED = ("meeting", "client", "user", "organization", "erasure", "error")
"""Kinds that `aam list` shows."""


def whole_id(kind: Kind, typed: str) -> str:
    """Return the whole id of a kind; a short one is looked up on the stack.

    Raise UsageError for what is no id, UserError for a beginning that no id or more than one has.
    """
    digits = typed.strip().replace("-", "").lower()
    if not set(digits) <= set("0123456789abcdef") or not SHORTEST <= len(digits) <= WHOLE:
        shown = f" 'aam list {kind}s' shows them." if kind in LISTED else ""
        raise click.UsageError(
            f"That is no id of a {kind}: give all of it, or at least its first {SHORTEST} characters (0-9, a-f).{shown}"
        )
    if len(digits) == WHOLE:
        return str(UUID(digits))
    found: str = ask({"action": "resolve", "kind": kind, "prefix": digits})["id"]
    return found


def whole_id_if_given(kind: Kind, typed: str | None) -> str | None:
    """Return the whole id of a kind, or None where an option was left out."""
    return None if typed is None else whole_id(kind, typed)
