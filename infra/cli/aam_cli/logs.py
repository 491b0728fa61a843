"""`aam logs`."""

import click

from aam_cli.chosen import chosen_target


@click.command()
@click.argument("name", required=False)
@click.option("-f", "--follow", is_flag=True, help="Keep showing new lines, until Ctrl-C.")
@click.option(
    "-n", "--lines", type=click.IntRange(min=1), default=50, show_default=True, help="How many to begin with."
)
def command(name: str | None, *, follow: bool, lines: int) -> None:
    """Show what NAME said: `emulator`, `postgres`, `sam-building`, `sam-deploying`, or a function by
    any part of its name.

    Without NAME it lists what there is. With `aam --stack` it shows functions only, and of the last hour.
    """
    from aam_local.logs import names, read

    target = chosen_target()
    if name is None:
        for found in names(target):
            click.echo(found)
        return
    try:
        for line in read(target, name, lines=lines, follow=follow):
            click.echo(line)
    except KeyboardInterrupt:
        return
