"""`aam logs`."""

import click


@click.command()
@click.argument("name", required=False)
@click.option("-f", "--follow", is_flag=True, help="Go on showing what comes, until Ctrl-C.")
@click.option(
    "-n", "--lines", type=click.IntRange(min=1), default=50, show_default=True, help="How many to begin with."
)
def command(name: str | None, *, follow: bool, lines: int) -> None:
    """Show what NAME said: `emulator`, `postgres`, `sam-building`, `sam-deploying`, or a function by
    any part of its name.

    Without NAME it lists what there is.
    """
    from aam_local.logs import names, read
    from aam_local.paths import find_home

    home = find_home()
    if name is None:
        for found in names(home):
            click.echo(found)
        return
    try:
        for line in read(home, name, lines=lines, follow=follow):
            click.echo(line)
    except KeyboardInterrupt:
        return
