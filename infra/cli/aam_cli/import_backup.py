"""Bringing a backup that is kept elsewhere into the stack: looked at first, rows before objects.

Objects come last and only those that the restored rows want: a place that somebody kept also holds what was deleted and
erased since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from aam_cli.chosen import chosen_target
from aam_cli.destinations import Destination

if TYPE_CHECKING:
    from aam.backups.manifest import Manifest

Ask = Callable[[dict[str, Any]], dict[str, Any]]
ASKED_AT_ONCE = 500
DATABASE, CONFIG, OBJECTS = "backups/database/", "backups/config/", "objects/"


def choose(place: Destination, wanted: str | None) -> Manifest:
    """Return the manifest of the newest backup of a place, or of the named one, once all of it was checked."""
    sizes = place.sizes(DATABASE)
    names = sorted(key.removeprefix(DATABASE).removesuffix(".json") for key in sizes if key.endswith(".json"))
    fitting = [name for name in names if wanted is None or name == wanted or name.startswith(f"{wanted}/")]
    if not fitting:
        raise click.ClickException(f"There is no such backup in {place}; nothing was changed.")
    name = fitting[-1]
    manifest = manifest_of(place, name)
    if manifest is None:
        sized = [each for each in reversed(names) if f"{DATABASE}{each}.dump" in sizes]
        others = [each for each in sized if manifest_of(place, each) is not None]
        instead = f"'--backup {others[0]}' chooses the newest whole one" if others else "no other there is whole"
        raise click.ClickException(
            f"The manifest of the backup {name} is cut or was changed; {instead}. Nothing was changed."
        )
    sizes |= place.sizes(CONFIG)
    if not {f"{DATABASE}{name}.dump", f"{CONFIG}{name}.json"} <= sizes.keys():
        raise click.ClickException("The backup there is not whole: a file of it is missing. Nothing was changed.")
    if digest_of(place, f"{DATABASE}{name}.dump") != manifest.dump_sha256:
        raise click.ClickException("The dump is cut or was changed: its checksum is wrong. Nothing was changed.")
    if digest_of(place, f"{CONFIG}{name}.json") != manifest.config_sha256:
        raise click.ClickException("What says what the stack was is cut or was changed. Nothing was changed.")
    return manifest


def manifest_of(place: Destination, name: str) -> Manifest | None:
    """Return a backup's manifest, or None when it is malformed."""
    from pydantic import ValidationError

    from aam.backups.manifest import Manifest

    with place.get(f"{DATABASE}{name}.json") as file:
        said = file.read()
    try:
        manifest = Manifest.model_validate_json(said)
    except ValidationError:
        return None
    return manifest if manifest.backup == name else None


def digest_of(place: Destination, key: str) -> str:
    """Return an object's SHA-256."""
    digest = hashlib.sha256()
    with place.get(key) as file:
        while chunk := file.read(1024 * 1024):
            digest.update(chunk)
    return digest.hexdigest()


def bring_rows(place: Destination, name: str) -> None:
    """Bring a backup of the database into the stack's bucket of backups: the manifest last."""
    send(place, (f"{DATABASE}{name}.dump", f"{CONFIG}{name}.json", f"{DATABASE}{name}.json"), what="Bringing rows")


def bring_objects(place: Destination, ask: Ask) -> None:
    """Bring the objects that the restored rows want and neither of the stack's buckets has."""
    keys = sorted(place.sizes(OBJECTS))
    wanted: list[str] = []
    for first in range(0, len(keys), ASKED_AT_ONCE):
        wanted += ask({"action": "wanted", "keys": keys[first : first + ASKED_AT_ONCE]})["keys"]
    send(place, wanted, what="Bringing objects")
    click.echo(f"{len(wanted):,} of {len(keys):,} objects that are kept there were wanted and are brought.")


def send(place: Destination, keys: Sequence[str], *, what: str) -> None:
    """Upload objects of a place into the bucket of backups, with a progress bar on a terminal."""
    from aam_local.buckets import stack_bucket

    if not keys:
        return
    bucket = stack_bucket(chosen_target(), "BackupBucketName")
    sizes = place.sizes("backups/") | place.sizes(OBJECTS)
    with click.progressbar(length=sum(sizes[key] for key in keys), label=what) as bar:
        for key in keys:
            with place.get(key) as content:
                bucket.put(key, content, seen=bar.update)
