"""`aam delete`."""

from __future__ import annotations

from typing import Literal

import click

from aam_cli.plans import ALLOW, NO_BACKUP, show


@click.command()
@click.argument("kind", type=click.Choice(["meeting", "client"]))
@click.argument("subject", metavar="ID")
@click.option("--dry-run", is_flag=True, help="Only list what would go.")
@click.option("--yes", is_flag=True, help="Do not ask for the name.")
@ALLOW
@NO_BACKUP
def command(
    kind: Literal["meeting", "client"],
    subject: str,
    *,
    dry_run: bool,
    yes: bool,
    allow: tuple[str, ...],
    no_backup: bool,
) -> None:
    """Delete a meeting, or a client with all its meetings: recordings, transcripts, minutes, rows.

    What goes is listed first, then the name has to be typed. Where a legal hold stands on any of it, nothing goes.
    """
    from aam_cli.cleanup import ask, check, confirm, execute
    from aam_cli.short_ids import whole_id

    asked = {"mode": "meetings", "scope": kind, "scope_id": whole_id(kind, subject)}
    plan = ask({**asked, "dry_run": True})["plan"]
    show(plan)
    if plan["kept"]:
        raise click.ClickException("A legal hold stands on it; nothing was deleted. See 'aam hold end'.")
    if dry_run:
        return
    options = {"yes": yes, "allow": allow, "no_backup": no_backup}
    confirm(options, name=plan["name"], what="the name")
    execute(asked, plan["hash"], options)
    check()
