"""`aam reset`."""

import click


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(*, yes: bool) -> None:
    """Delete all local data: meetings, recordings, users, passwords, keys and the deployed stack.

    Tools and caches stay, so the next `aam up` is fast.
    """
    from aam_local.ledger import entries_on_disk
    from aam_local.lock import exclusive
    from aam_local.paths import find_home
    from aam_local.reset import wipe_data

    home = find_home()
    if entries := entries_on_disk(home):
        click.echo(
            f"The ledger of {entries:,} erasures goes too, and a restored backup would have those people again; "
            "'aam backup --to FOLDER' takes it along."
        )
    if not yes:
        click.confirm(f"Delete all meetings, recordings and users kept under {home.folder}?", abort=True)
    with exclusive(home, click.echo):
        wipe_data(home)
    click.echo("All local data is gone. 'aam up' starts afresh.")
