"""`aam down`."""

import click


@click.command()
def command() -> None:
    """Stop the stack; everything is kept, and `aam up` goes on from there.

    The emulator writes its state before it ends.  Runs that are still working are failed as interrupted at
    the next start, and can be retried.
    """
    from aam_local.lock import exclusive
    from aam_local.paths import find_home
    from aam_local.programs import stop_programs
    from aam_local.state import load_state

    home = find_home()
    with exclusive(home, click.echo):
        stopped = stop_programs(home, load_state(home))
    click.echo(f"Stopped {' and '.join(stopped)}." if stopped else "Nothing was running.")
