"""`aam status`."""

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs; it holds the database password.")
def command(*, as_json: bool) -> None:
    """Show addresses, outputs and health; exits with 1 when a part does not answer."""
    from aam_local.paths import find_home
    from aam_local.status import read_status

    status = read_status(find_home())
    if as_json:
        click.echo(status.model_dump_json(indent=2))
    else:
        for part, healthy in status.health.items():
            click.echo(f"{part:12} {'ok' if healthy else 'not answering'}")
        for trouble in status.troubles:
            click.echo(f"           {trouble}")
        click.echo(
            f"\nbackend    {status.backend}\napi        {status.api_url or '-'}\ns3         {status.s3_endpoint}"
        )
        for name, value in sorted(status.outputs.items()):
            click.echo(f"{name}: {value}")
        if not status.is_up:
            click.echo("\nRun 'aam up' to bring it back.")
    if not status.is_up:
        raise click.exceptions.Exit(1)
