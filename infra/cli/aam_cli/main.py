"""The entry point of `aam`."""

import click


@click.group()
def main() -> None:
    """Run, explain and repair Assist After Meeting."""
