"""`aam restore`."""

from __future__ import annotations

from typing import Any

import click

from aam_cli.chosen import chosen_target
from aam_cli.destinations import backup_name, place_of
from aam_cli.import_backup import OBJECTS, bring_objects, bring_rows, choose
from aam_cli.ledger_transfer import bring, look_at
from aam_cli.short_ids import whole_id_if_given

Answer = dict[str, Any]
PATIENCE_S = 960
SECONDS_A_CALL = 60
NOT_ERASED, HELD = "not_erased", "held_erased"
"""What the step ``erased`` could not do, and what a legal hold keeps from it."""


FROM = click.option("--from", "source", metavar="FOLDER|s3://…", help="A backup kept there; otherwise the stack's own.")


@click.group(name="restore")
def command() -> None:
    """Restore a backup into an empty database, and compare rows and objects afterwards."""


@command.command()
@FROM
@click.option(
    "--date", "--backup", "name", metavar="DATE|NAME", callback=backup_name, help="Which one; otherwise the newest."
)
@click.option("--objects", is_flag=True, help="Also copy back the objects that the store lost.")
@click.option(
    "--without-ledger", is_flag=True, help="Though the ledger of erasures is another: who was erased is back."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
def run(**options: Any) -> None:
    """Restore a backup into an empty database.

    The checksum is verified before anything is changed, and all of it is one transaction.  Afterwards cleanups
    refuse to delete until `aam restore reconcile` has moved into quarantine what the restored database does not know.
    """
    restore(options)


@command.command(name="reconcile")
@FROM
@click.option("--objects", is_flag=True, help="Also copy back the objects that the store lost.")
@click.option("--point", metavar="TIME", help="The moment that was recovered by other means.")
def reconcile_command(*, source: str | None, objects: bool, point: str | None) -> None:
    """Compare rows and objects after a restore; cleanups may delete again afterwards.

    It continues what an interrupted restore left undone.
    """
    if source is not None and not objects:
        raise click.UsageError("--from brings objects; say --objects with it.")
    if source is not None:
        bring_late(source, point)
        return
    if objects:
        copy_back()
    if objects and point is None and is_settled():
        click.echo("No restore waits to be reconciled.")
    else:
        reconcile(point)


@command.command()
def quarantine() -> None:
    """Show what lies in quarantine."""
    show_quarantine()


@command.command(name="release")
@click.argument("key", metavar="KEY")
@click.option("--meeting", metavar="ID", help="Make it an upload of this meeting.")
def release_command(key: str, *, meeting: str | None) -> None:
    """Make the quarantined recording KEY an upload of its meeting, and process it."""
    release(key, meeting)


def restore(options: dict[str, Any]) -> None:
    """Bring, show, ask, restore."""
    place = place_of(options["source"]) if options["source"] is not None else None
    carried = None
    if place is not None:
        found = choose(place, options["name"]).model_dump(mode="json")
        carried = None if options["without_ledger"] else look_at(place)
    else:
        found = look(options["name"])
    rows = sum(found["counts"].values())
    click.echo(f"Backup {found['backup']}: {rows:,} rows of {found['taken_at']}, schema {found['revision']}.")
    date = found["backup"].partition("/")[0]
    if not options["yes"] and click.prompt(f'Type its date to restore it ("{date}")', default="") != date:
        raise click.ClickException("That is not it; nothing was changed.")
    if place is not None:
        refuse_early(found)
        bring_rows(place, found["backup"])
    if carried is not None:
        bring(carried)
    without = {"without_ledger": True} if options["without_ledger"] else {}
    done = ask({"action": "restore", "backup": found["backup"], **without})
    click.echo(f"{done['rows_in_backup']:,} rows were restored.")
    if done["ledger"] == "unknown":
        click.echo(
            "The backup does not say to which ledger of erasures it belongs; if it is another stack's, who was erased "
            "there is back.",
            err=True,
        )
    for step, count in done["changed"].items():
        if step not in (NOT_ERASED, HELD):
            click.echo(f"{count:>8,}  {step.replace('_', ' ')}")
    tell_held(done["changed"])
    if not done["finished"]:
        raise click.ClickException(
            "Not everybody who was erased since the backup is erased again yet; run 'aam restore reconcile' now, "
            "which goes on until it is done. Objects were not brought: say the same --objects and --from with it."
        )
    refuse_not_erased(
        done["changed"], "Objects were not brought: run 'aam restore reconcile' with the same --objects and --from."
    )
    if place is not None and options["objects"]:
        bring_objects(place, ask)
    if options["objects"]:
        copy_back()
    else:
        fits(done["integrity"])
    click.echo("Cleanups delete nothing until 'aam restore reconcile'.")


def look(name: str | None) -> Answer:
    """Return the manifest of a backup in the stack's own bucket, named or newest; say which are passed over."""
    told = ask({"action": "look", "backup": name})
    found: Answer | None = told["backup"]
    if found is None:
        raise click.ClickException("There is no such backup; 'aam backup --list' shows those there are.")
    for other in told["passed_over"]:
        click.echo(f"Backup {other} is newer, but of another system than the recordings here; it is passed over.")
    return found


def refuse_early(manifest: Answer) -> None:
    """Raise what a restore of a backup kept elsewhere would be refused for, before any of it is brought.

    A ledger takes nothing back: what it is given for a restore that is refused afterwards stays in it.
    """
    refused = ask({"action": "look", "coming": manifest})["refused"]
    if refused is not None:
        raise click.ClickException(f"Restoring failed: {refused['detail']}")


def bring_late(source: str, point: str | None) -> None:
    """Copy objects to rows that were restored before, once erased subjects are erased again."""
    place = place_of(source)
    if not place.sizes(OBJECTS):
        raise click.ClickException(f"No objects are kept in {place}. Nothing was changed.")
    if not is_settled():
        reconcile(point)
    bring_objects(place, ask)
    copy_back()


def is_settled() -> bool:
    """Return whether the last restore is reconciled."""
    restored = ask({"action": "look"})["restored"]
    return restored is not None and restored["state"] == "settled"


def copy_back() -> None:
    """Copy back the objects that the store lost, in as many calls as it takes."""
    while True:
        done = ask({"action": "copy_back", "seconds": SECONDS_A_CALL})
        click.echo(f"{done['brought_back']:,} lost objects were copied back.")
        if done["finished"]:
            return


def reconcile(point: str | None) -> None:
    """Compare, in as many calls as it takes."""
    while True:
        done = ask(
            {"action": "reconcile", "seconds": SECONDS_A_CALL, **({"point": point} if point is not None else {})}
        )
        click.echo(f"{done['quarantined']:,} objects ({done['quarantined_bytes']:,} bytes) moved into quarantine.")
        if done["finished"]:
            break
    fits(done["integrity"])
    tell_held(done["changed"])
    click.echo("Cleanups may delete again.")
    refuse_not_erased(done["changed"], "Look there until none is.")


def tell_held(changed: dict[str, int]) -> None:
    """Say how many erasures wait until a person ends a hold."""
    if changed.get(HELD):
        click.echo(
            f"{changed[HELD]:,} erasures wait for legal holds, which were restored or placed again: what they keep of "
            "who was erased is there again. 'aam erase list' shows them as waiting; 'aam hold end' with the client's "
            "or meeting's id lets them go on.",
            err=True,
        )


def refuse_not_erased(changed: dict[str, int], otherwise: str) -> None:
    """Raise where an erased subject is back and no hold keeps it."""
    if changed.get(NOT_ERASED):
        raise click.ClickException(
            f"Not all was erased again: {changed[NOT_ERASED]:,} erasures failed. The schedule tries them again every "
            f"15 minutes; 'aam erase list' shows them as under way. {otherwise}"
        )


def fits(integrity: Answer) -> None:
    """Print whether rows and objects agree."""
    click.echo(
        f"{integrity['rows_without_object']} rows without an object, "
        f"{integrity['objects_without_row'] + integrity['waiting']} objects without a row."
    )
    if integrity["rows_without_object"]:
        click.echo("'aam restore reconcile --objects' copies back what the backups have of them.")


def show_quarantine() -> None:
    """Print the objects in quarantine."""
    found = ask({"action": "look"})["quarantined"]
    for each in found:
        click.echo(f"{each['size_bytes']:>14,}  {each['key']}")
    if not found:
        click.echo("Nothing lies in quarantine.")


def release(key: str, meeting: str | None) -> None:
    """Make a quarantined recording an upload again."""
    given = whole_id_if_given("meeting", meeting)
    done = ask({"action": "release", "key": key, **({"meeting_id": given} if given is not None else {})})
    click.echo(f"It is upload {done['upload_id']} of meeting {done['meeting_id']} now, and is being processed.")


def ask(payload: Answer) -> Answer:
    """Call the restore function."""
    from aam_local.invoking import call_function

    return call_function(chosen_target(), "RestoreFunctionName", payload, what="Restoring", seconds=PATIENCE_S)
