"""`aam cleanup`."""

from __future__ import annotations

from typing import Any

import click


@click.command()
@click.argument("mode", type=click.Choice(["temp"]))
@click.option("--confirm", is_flag=True, help="Delete what was listed, after asking; without it nothing is deleted.")
@click.option("--yes", is_flag=True, help="With --confirm: do not ask.")
@click.option(
    "--older-than-hours", type=click.IntRange(min=0), default=24, show_default=True, help="What is younger stays."
)
def command(mode: str, *, confirm: bool, yes: bool, older_than_hours: int) -> None:
    """List what a cleanup would delete, and with --confirm delete it.

    temp: exports and other temporary objects.  The stack's own function does it, the one that schedules run.
    """
    asked = {"mode": mode, "older_than_hours": older_than_hours}
    planned = ask(asked | {"dry_run": True})
    for item in planned["largest"]:
        click.echo(f"{item['size_bytes']:>14,}  {item['key']}")
    click.echo(f"{planned['objects']} objects, {planned['size_bytes']:,} bytes would be deleted.")
    if not confirm or not planned["objects"]:
        return
    if not yes:
        click.confirm("Delete them?", abort=True)
    done = ask(asked | {"dry_run": False})
    click.echo(f"{done['objects']} objects, {done['size_bytes']:,} bytes were deleted.")


def ask(payload: dict[str, Any]) -> dict[str, Any]:
    """Call the cleanup function."""
    from aam_local.invoking import call_function
    from aam_local.paths import find_home

    return call_function(find_home(), "CleanupFunctionName", payload, what="Cleaning up")
