"""The ledger of erasures on its way: with a backup to a place elsewhere, and from there into another stack.

Place and stack hold the same: ``ledger/key`` and ``ledger/erasures/…``.  Entries are only ever added.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from aam_cli.chosen import chosen_target
from aam_cli.destinations import Destination

if TYPE_CHECKING:
    from aam_local.ledger import StackLedger

LEDGER, KEY = "ledger/", "ledger/key"
STACK = "the stack's own ledger"


@dataclass(frozen=True)
class Kept:
    """A ledger as it is kept elsewhere; entries by their keys in its own bucket."""

    key: str
    entries: Mapping[str, bytes]


@dataclass(frozen=True)
class Carried:
    """Additions to a ledger: a key, where it is empty and has another, and entries."""

    key: str | None
    entries: Mapping[str, bytes]


def stack_ledger() -> StackLedger:
    """Return the chosen stack's."""
    from aam_local.ledger import StackLedger

    return StackLedger(chosen_target())


def kept_in(place: Destination) -> Kept | None:
    """Return the ledger that a place holds, if any."""
    names = sorted(name for name in place.sizes(LEDGER) if name == KEY or is_entry(name))
    if not names:
        return None
    if KEY not in names:
        raise click.ClickException("The ledger of erasures there has no key (ledger/key). Nothing was changed.")
    bodies = {name: read(place, name) for name in names}
    key = bodies.pop(KEY).decode(errors="replace").strip()
    return Kept(key, {name.removeprefix(LEDGER): body for name, body in bodies.items()})


def is_entry(name: str) -> bool:
    """Return whether a file is meant as an entry: file managers leave their own beside it."""
    file = name.rpartition("/")[2]
    return file.endswith(".json") and not file.startswith(".")


def read(place: Destination, key: str) -> bytes:
    """Return a small object of a place."""
    with place.get(key) as file:
        content: bytes = file.read()
    return content


def refuse_other(place: Destination) -> None:
    """Raise where a place holds another ledger: older backups of it would lose theirs."""
    kept, ledger = kept_in(place), stack_ledger()
    if kept is not None and kept.key != ledger.key():
        raise click.ClickException(
            "Another stack's ledger of erasures is kept there; name another folder or prefix. Nothing was changed."
        )
    lacking_in(kept.entries if kept is not None else {}, ledger.entries(), there=str(place), whence=STACK)


def take_along(place: Destination) -> None:
    """Keep the stack's ledger with its backups."""
    ledger = stack_ledger()
    kept = kept_in(place)
    entries = ledger.entries()
    new = lacking_in(kept.entries if kept is not None else {}, entries, there=str(place), whence=STACK)
    if kept is None:
        place.put(KEY, io.BytesIO(ledger.key().encode()))
    for key, body in new.items():
        place.put(f"{LEDGER}{key}", io.BytesIO(body))
    click.echo(f"The ledger of erasures lies there as well: {len(entries):,} entries, {len(new):,} of them new.")


def look_at(place: Destination) -> Carried | None:
    """Return the additions of a place's ledger to the stack's; nothing is changed yet."""
    kept = kept_in(place)
    if kept is None:
        return None
    ledger = stack_ledger()
    there, same = ledger.entries(), ledger.key() == kept.key
    if there and not same:
        raise click.ClickException(
            "This stack's ledger of erasures has entries under another key than the one that is kept there, and two "
            "cannot become one. Restore into a stack that has erased nobody yet, or say --without-ledger: who was "
            "erased there is back then. Nothing was changed."
        )
    return Carried(None if same else kept.key, lacking_in(there, kept.entries, there=STACK, whence=str(place)))


def bring(carried: Carried) -> None:
    """Give it to the stack's ledger: the key first, so that entries never stand under another one."""
    ledger = stack_ledger()
    with chosen_target().exclusive(click.echo):
        if carried.key is not None:
            ledger.set_key(carried.key)
        ledger.add(carried.entries)
    click.echo(f"{len(carried.entries):,} entries of the ledger of erasures were brought.")


def lacking_in(ours: Mapping[str, bytes], kept: Mapping[str, bytes], *, there: str, whence: str) -> dict[str, bytes]:
    """Return the kept entries that ours lack; a malformed one is named, with the side where it lies."""
    from aam.erasure.erasure_ledger import lacking, read_entry
    from aam.erasure.errors import LedgerForged

    for side, entries in ((there, ours), (whence, kept)):
        for key, body in entries.items():
            try:
                read_entry(key, body)
            except LedgerForged:
                raise click.ClickException(
                    f"{key} in {side} is no entry of a ledger of erasures: it is cut or was changed. "
                    "Nothing was changed."
                ) from None
    return lacking(ours, kept)
