"""`aam backup`."""

from __future__ import annotations

from typing import Any

import click

from aam_cli.chosen import chosen_target
from aam_cli.destinations import Destination, Gone, backup_name, fetch, place_of
from aam_cli.ledger_transfer import refuse_other, take_along

Answer = dict[str, Any]
PATIENCE_S = 960
"""A backup may take as long as its function lives."""

SECONDS_A_CALL = 60


@click.command()
@click.option("--to", "target", metavar="FOLDER|s3://…", help="Keep it there as well, with all objects.")
@click.option("--no-objects", is_flag=True, help="With --to: the database only.")
@click.option(
    "--backup",
    "name",
    metavar="NAME|DATE",
    callback=backup_name,
    help="With --to: one that there is, instead of a new one.",
)
@click.option("--list", "listing", is_flag=True, help="Show the backups there are.")
def command(target: str | None, no_objects: bool, name: str | None, listing: bool) -> None:
    """Back up the database, and copy new objects into the bucket of backups.

    The stack's own function does it, the one that the schedule runs.  Keys and passwords are in no backup; what is
    kept with --to has the ledger of erasures beside it, with that ledger's own key.
    """
    if (no_objects or name is not None) and target is None:
        raise click.UsageError("--no-objects and --backup go with --to.")
    if listing and target is not None:
        raise click.UsageError("--list and --to do not go together.")
    if listing:
        show_all()
        return
    place = place_of(target) if target is not None else None
    if place is not None:
        place.prepare()
        refuse_other(place)
    # One that there is not is refused before anything is kept.
    name = make() if name is None else str(ask({"action": "fetch", "backup": name})["manifest"]["backup"])
    if place is not None:
        keep(place, name, objects=not no_objects)
        click.echo(f"It lies in {target} as well.")


def make() -> str:
    """Make a backup; its name."""
    made = ask({"action": "backup", "seconds": SECONDS_A_CALL})
    click.echo(f"Backup {made['backup']}: {made['rows']:,} rows in {made['dump_bytes']:,} bytes.")
    name = str(made["backup"])
    tell(made["objects"])
    while not made["finished"]:
        made = ask({"action": "copy", "seconds": SECONDS_A_CALL})
        tell(made["objects"])
    return name


def tell(copied: Answer) -> None:
    """Print the copied objects."""
    click.echo(f"{copied['objects']:,} objects copied ({copied['size_bytes']:,} bytes), {copied['gone']:,} are gone.")
    if copied["failed"]:
        click.echo(f"{copied['failed']:,} are archived and have no copy; bring them back first.")


def keep(place: Destination, name: str, *, objects: bool) -> None:
    """Bring a backup to a place: first the objects and the ledger of erasures, last the manifest."""
    if objects:
        keep_objects(place)
    take_along(place)
    found = ask({"action": "fetch", "backup": name})
    digests = {file["key"]: fetch(place, file) for file in found["files"][:-1]}
    manifest = found["manifest"]
    if set(digests.values()) != {manifest["dump_sha256"], manifest["config_sha256"]}:
        raise click.ClickException("What arrived is not what was backed up; give the same command again.")
    fetch(place, found["files"][-1])


def keep_objects(place: Destination) -> None:
    """Bring the copies of objects that are not there yet, as they are at the end.

    What is deleted or erased meanwhile is listed no more when it is looked for a second time.
    """
    if not keep_listed(place) and not keep_listed(place):
        raise click.ClickException("Objects go faster than they can be kept; give the same command again later.")


def keep_listed(place: Destination) -> bool:
    """Bring what is listed and not there yet; whether all of it was still to be had."""
    there, whole = place.sizes("objects/"), True
    after: str | None = ""
    while after is not None:
        page = ask({"action": "fetch_objects", "after": after})
        for file in page["files"]:
            if there.get(file["key"]) == file["size_bytes"]:
                continue
            try:
                fetch(place, file)
            except Gone:
                whole = False
        after = page["after"]
    return whole


def show_all() -> None:
    """Print the existing backups, the newest first."""
    answer = ask({"action": "list"})
    found = answer["backups"]
    for each in found:
        rows = sum(each["counts"].values())
        click.echo(f"{each['backup']}  {rows:>10,} rows  {each['dump_bytes']:>14,} bytes")
    if not found:
        click.echo("There is no backup; 'aam backup' makes one.")
    for name in answer["broken"]:
        click.echo(f"{name}  its manifest or its dump is missing or broken; it cannot be restored")


def ask(payload: Answer) -> Answer:
    """Call the backup function."""
    from aam_local.invoking import call_function

    return call_function(chosen_target(), "BackupFunctionName", payload, what="Backing up", seconds=PATIENCE_S)
