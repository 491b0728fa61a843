"""`aam up`."""

import time

import click


@click.command()
@click.option(
    "--backend",
    type=click.Choice(["embedded", "localstack"]),
    default="embedded",
    show_default=True,
    help="Where the AWS APIs come from; for localstack, start localstack-compose.yml first.",
)
@click.option(
    "--emulator-port",
    type=click.IntRange(1, 65535),
    envvar="AAM_EMULATOR_PORT",
    show_envvar=True,
    help="Port of the AWS APIs; otherwise the last one, 4566, or a free one.",
)
@click.option(
    "--database-port",
    type=click.IntRange(1, 65535),
    envvar="AAM_DATABASE_PORT",
    show_envvar=True,
    help="Port of PostgreSQL; otherwise the last one, 54329, or a free one.",
)
@click.option(
    "--fake-vendors/--real-vendors",
    default=None,
    help="Use stand-ins of Deepgram and OpenAI on this machine: no keys, no cost, made-up words; else as before.",
)
def command(backend: str, emulator_port: int | None, database_port: int | None, *, fake_vendors: bool | None) -> None:
    """Start the stack on this machine, or bring it up to date.

    May be called at any time: what runs stays, what ended is started again, and the template is built and
    deployed only when it or the code changed.  Data, keys and passwords are kept under .aam/ (or AAM_HOME).
    """
    from aam_local.paths import find_home
    from aam_local.programs import Asked
    from aam_local.status import read_status
    from aam_local.up import bring_up

    began = time.monotonic()

    def tell(line: str) -> None:
        click.echo(f"{time.monotonic() - began:6.1f} s  {line}")

    bring_up(
        find_home(),
        tell=tell,
        backend="localstack" if backend == "localstack" else "embedded",
        asked=Asked(emulator_port=emulator_port, database_port=database_port, fake_vendors=fake_vendors),
    )
    tell("up")
    url = read_status(find_home()).api_url
    if url:
        click.echo(f"\nAPI: {url}")
    click.echo("Next: 'aam status' for all addresses, 'aam logs' for what happens, 'aam down' to stop.")
