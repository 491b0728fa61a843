"""`aam export`."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, Literal

import click

from aam_cli.chosen import chosen_target

CHUNK_BYTES = 1024 * 1024
PATIENCE_S = 960
"""An export may take as long as its function lives."""


@click.command()
@click.argument("kind", type=click.Choice(["client", "user", "participant"]))
@click.argument("subject", metavar="ID")
@click.option(
    "--to",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; it must not be there yet. Without it: a file in .aam/exports.",
)
@click.option("--without-recordings", is_flag=True, help="Leave out uploaded files.")
def command(
    kind: Literal["client", "user", "participant"], subject: str, *, target: Path | None, without_recordings: bool
) -> None:
    """Hand out all that is kept of a client, a user, or a participant, as one zip file.

    A client: its meetings with recordings, transcripts and minutes, every row, and who has read what. A user: the
    account and the meetings of their own. A participant: their own words, not those of others.

    Not in it: audio taken from recordings, replies of engines and models as they came, what a restore put into
    quarantine, backups, what vendors keep. Its manifest.json counts what there is of the first three in each meeting.

    The file is checked when it has arrived, and only you can read it. The store's copy goes after a day.
    """
    from aam_cli.short_ids import whole_id
    from aam_local.invoking import call_function

    subject = whole_id(kind, subject)
    file = target or exports_folder() / f"aam-export-{kind}-{subject}.zip"
    if not file.parent.is_dir():
        raise click.ClickException(f"There is no folder {file.parent}; make it, or name another file with --to.")
    if file.exists():
        raise click.ClickException(f"{file} is there already; name another file with --to.")
    asked: dict[str, Any] = {"subject": kind, "id": subject, "recordings": not without_recordings}
    made = call_function(chosen_target(), "ExportFunctionName", asked, what="Exporting", seconds=PATIENCE_S)
    download(made["url"], file, sha256=made["sha256"])
    click.echo(f"{file}: {made['members']} files, {made['size_bytes']:,} bytes, SHA-256 {made['sha256']}")
    if made["left_out"]:
        click.echo(f"{made['left_out']} recordings are not in it: asked for so, archived, or no longer kept.")
    if made["not_packed"]:
        click.echo(f"{made['not_packed']} other objects are not in it; manifest.json says which, and why.")


def exports_folder() -> Path:
    """Return the folder of exports that no file was named for, outside of what git keeps; only its owner may look."""
    from aam_local.paths import find_home

    folder = find_home().folder / "exports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def download(url: str, file: Path, *, sha256: str) -> None:
    """Fetch a file that only its owner can read, and check it; what does not agree is deleted again."""
    import urllib3

    from aam_local.errors import UserError

    partly = file.with_name(f"{file.name}.partly")
    digest = hashlib.sha256()
    try:
        partly.unlink(missing_ok=True)  # whoever may read what lies there could read this as well
        descriptor = os.open(partly, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as opened, urllib3.PoolManager() as pool:
            answer = pool.request("GET", url, preload_content=False, retries=3)
            for chunk in answer.stream(CHUNK_BYTES):
                digest.update(chunk)
                opened.write(chunk)
            answer.release_conn()
        if answer.status != 200 or digest.hexdigest() != sha256:
            raise UserError("The file that arrived is not the one that was made; export once more.")
        partly.rename(file)
    except (urllib3.exceptions.HTTPError, OSError):
        raise UserError("The file could not be fetched; export once more.") from None
    finally:
        partly.unlink(missing_ok=True)
