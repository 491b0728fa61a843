"""`aam restore`."""

from __future__ import annotations

import hashlib
from typing import Any

import click

from aam_cli.elsewhere import Elsewhere, bring, place_of

Answer = dict[str, Any]
PATIENCE_S = 960
SECONDS_A_CALL = 60
SIGNED_AT_ONCE = 200
DATABASE, CONFIG, OBJECTS = "backups/database/", "backups/config/", "objects/"


@click.command()
@click.option("--from", "source", metavar="FOLDER|s3://…", help="A backup kept there; otherwise the stack's own.")
@click.option("--date", "--backup", "name", metavar="DATE|NAME", help="Which one; otherwise the newest.")
@click.option("--objects", is_flag=True, help="Also copy back the objects that the store lost.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--reconcile", is_flag=True, help="After a restore: compare rows and objects; cleanups may act again.")
@click.option("--point", metavar="TIME", help="With --reconcile: the moment that was recovered by other means.")
@click.option("--quarantine", is_flag=True, help="Only show what lies in quarantine.")
@click.option("--release", "released", metavar="KEY", help="Make a quarantined recording an upload of its meeting.")
@click.option("--meeting", metavar="ID", help="With --release: of this meeting.")
def command(**options: Any) -> None:
    """Restore a backup into an empty database.

    The checksum is verified before anything is changed, and all of it is one transaction.  Afterwards cleanups
    refuse to delete until --reconcile has moved into quarantine what the restored database does not know.
    """
    chosen = [name for name in ("reconcile", "quarantine", "released") if options[name] not in (None, False)]
    if len(chosen) > 1:
        raise click.UsageError("Name one of --reconcile, --quarantine and --release.")
    if (options["point"] is not None and not options["reconcile"]) or (
        options["meeting"] is not None and options["released"] is None
    ):
        raise click.UsageError("--point goes with --reconcile, --meeting with --release.")
    if options["quarantine"]:
        show_quarantine()
    elif options["released"] is not None:
        release(options["released"], options["meeting"])
    elif options["reconcile"]:
        if options["objects"]:
            copy_back()
        reconcile(options["point"])
    else:
        restore(options)


def restore(options: dict[str, Any]) -> None:
    """Bring, show, ask, restore."""
    name = options["name"]
    if options["source"] is not None:
        place = place_of(options["source"])
        name = bring_backup(place, name, objects=options["objects"])
    found = ask({"action": "look", "backup": name})["backup"]
    if found is None:
        raise click.ClickException("There is no such backup; 'aam backup --list' shows those there are.")
    rows = sum(found["counts"].values())
    click.echo(f"Backup {found['backup']}: {rows:,} rows of {found['taken_at']}, schema {found['revision']}.")
    date = found["backup"].partition("/")[0]
    if not options["yes"] and click.prompt(f'Type its date to restore it ("{date}")', default="") != date:
        raise click.ClickException("That is not it; nothing was changed.")
    done = ask({"action": "restore", "backup": found["backup"]})
    click.echo(f"{done['rows_in_backup']:,} rows were restored.")
    for step, count in done["changed"].items():
        click.echo(f"{count:>8,}  {step.replace('_', ' ')}")
    not_erased(done["changed"])
    if options["objects"]:
        copy_back()
    else:
        fits(done["integrity"])
    if not done["finished"]:
        raise click.ClickException(
            "Not everybody who was erased since the backup is erased again yet; run 'aam restore --reconcile' now, "
            "which goes on until it is done."
        )
    click.echo("Cleanups delete nothing until 'aam restore --reconcile'.")


def bring_backup(place: Elsewhere, wanted: str | None, *, objects: bool) -> str:
    """Bring a backup from a place into the stack's own bucket: the manifest last.  Its name."""
    sizes = place.sizes(DATABASE)
    names = sorted(key.removeprefix(DATABASE).removesuffix(".json") for key in sizes if key.endswith(".json"))
    fitting = [name for name in names if wanted is None or name == wanted or name.startswith(f"{wanted}/")]
    if not fitting:
        raise click.ClickException("There is no such backup; nothing was changed.")
    name = fitting[-1]
    sizes |= place.sizes(CONFIG)
    if not {f"{DATABASE}{name}.dump", f"{CONFIG}{name}.json"} <= sizes.keys():
        raise click.ClickException("The backup there is not whole: a file of it is missing. Nothing was changed.")
    verify(place, name)
    keys = [f"{DATABASE}{name}.dump", f"{CONFIG}{name}.json", f"{DATABASE}{name}.json"]
    if objects:
        copies = place.sizes(OBJECTS)
        sizes |= copies
        keys = [*sorted(copies), *keys]
    for first in range(0, len(keys), SIGNED_AT_ONCE):
        signed = ask({"action": "bring", "keys": keys[first : first + SIGNED_AT_ONCE]})["files"]
        for file in signed:
            bring(place, file["key"], file["url"], size=sizes[file["key"]])
    return name


def verify(place: Elsewhere, name: str) -> None:
    """Look at a manifest, and compare with it what it speaks of, before anything is brought."""
    from pydantic import ValidationError

    from aam.backups.manifest import Manifest

    with place.get(f"{DATABASE}{name}.json") as file:
        said = file.read()
    try:
        manifest = Manifest.model_validate_json(said)
    except ValidationError:
        manifest = None
    if manifest is None or manifest.backup != name:
        raise click.ClickException("The backup's manifest is cut or was changed. Nothing was changed.")
    if digest_of(place, f"{DATABASE}{name}.dump") != manifest.dump_sha256:
        raise click.ClickException("The dump is cut or was changed: its checksum is wrong. Nothing was changed.")
    if digest_of(place, f"{CONFIG}{name}.json") != manifest.config_sha256:
        raise click.ClickException("What says what the stack was is cut or was changed. Nothing was changed.")


def digest_of(place: Elsewhere, key: str) -> str:
    """An object's SHA-256."""
    digest = hashlib.sha256()
    with place.get(key) as file:
        while chunk := file.read(1024 * 1024):
            digest.update(chunk)
    return digest.hexdigest()


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
    not_erased(done["changed"])
    click.echo("Cleanups may delete again.")


def not_erased(changed: dict[str, int]) -> None:
    """Say that somebody who was erased once is there again."""
    if changed.get("not_erased"):
        click.echo(
            f"Not all was erased again: {changed['not_erased']:,} erasures failed. The schedule tries them again; "
            "'aam erase list' shows them as under way.",
            err=True,
        )


def fits(integrity: Answer) -> None:
    """Whether rows and objects agree."""
    click.echo(
        f"{integrity['rows_without_object']} rows without an object, "
        f"{integrity['objects_without_row'] + integrity['waiting']} objects without a row."
    )
    if integrity["rows_without_object"]:
        click.echo("'aam restore --reconcile --objects' copies back what the backups have of them.")


def show_quarantine() -> None:
    """What lies there."""
    found = ask({"action": "look"})["quarantined"]
    for each in found:
        click.echo(f"{each['size_bytes']:>14,}  {each['key']}")
    if not found:
        click.echo("Nothing lies in quarantine.")


def release(key: str, meeting: str | None) -> None:
    """Make a quarantined recording an upload again."""
    done = ask({"action": "release", "key": key, **({"meeting_id": meeting} if meeting is not None else {})})
    click.echo(f"It is upload {done['upload_id']} of meeting {done['meeting_id']} now, and is being processed.")


def ask(payload: Answer) -> Answer:
    """Call the restore function."""
    from aam_local.invoking import call_function
    from aam_local.paths import find_home

    return call_function(find_home(), "RestoreFunctionName", payload, what="Restoring", seconds=PATIENCE_S)
