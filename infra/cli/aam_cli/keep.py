"""`aam keep`."""

from __future__ import annotations

import click


@click.command()
@click.argument("data_class", type=click.Choice(["audio", "video", "transcript", "artifacts"]))
@click.argument("days", metavar="DAYS|default")
@click.option("--organization", metavar="ID", required=True, help="Whose data it is.")
@click.option("--client", metavar="ID", help="Only of this client.")
@click.option("--type", "meeting_type", metavar="KEY", help="Only of meetings of this type.")
def command(data_class: str, days: str, *, organization: str, client: str | None, meeting_type: str | None) -> None:
    """Set how many days a class of data is kept; `default` takes the setting back.

    The most particular setting wins: client and type, client, type, organization.
    """
    from aam_cli.cleanup import ask
    from aam_cli.short_ids import whole_id, whole_id_if_given

    if days != "default" and not days.isdecimal():
        raise click.UsageError("DAYS is a number, or default.")
    asked = {
        "organization_id": whole_id("organization", organization),
        "client_id": whole_id_if_given("client", client),
        "meeting_type": meeting_type,
    }
    wanted = None if days == "default" else int(days)
    ask({"action": "keep", "data_class": data_class, "days": wanted, **asked}, what="Setting how long it is kept")
    said = "as the less particular setting says" if days == "default" else f"{int(days):,} days"
    click.echo(f"{data_class} is kept {said}.")
