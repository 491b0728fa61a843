"""`aam hold`."""

from __future__ import annotations

import click


@click.command()
@click.argument("verb", type=click.Choice(["place", "end"]))
@click.option("--client", metavar="ID", help="The client whose meetings all stay.")
@click.option("--meeting", metavar="ID", help="The meeting that stays.")
@click.option("--reason", default="", help="With place: why; it is kept beside the hold.")
def command(verb: str, *, client: str | None, meeting: str | None, reason: str) -> None:
    """Place a legal hold on a client or meeting, or end it.

    While it stands nothing of it can be deleted: not by a cleanup, not by its owner, not by age.
    """
    from aam_cli import erase
    from aam_cli.cleanup import ask
    from aam_cli.short_ids import whole_id_if_given
    from aam_local.errors import UserError

    if (client is None) == (meeting is None):
        raise click.UsageError("Name one --client or one --meeting.")
    if verb == "place" and not reason.strip():
        raise click.UsageError("Say why, with --reason.")
    subject = {
        "client_id": whole_id_if_given("client", client),
        "meeting_id": whole_id_if_given("meeting", meeting),
    }
    subject = {name: value for name, value in subject.items() if value is not None}
    if verb == "place":
        ask({"action": "hold", "reason": reason, **subject}, what="Placing the hold")
        click.echo("It is held.")
    else:
        done = ask({"action": "release", **subject}, what="Ending the hold")["done"]
        click.echo("The hold has ended." if done else "There was no hold.")
        if done:
            try:
                erased = erase.ask({"action": "sweep"})["erased"]
            except UserError as error:
                click.echo(f"{error} An erasure could not go on; the schedule tries it again.", err=True)
                return
            if erased:
                click.echo(f"{erased} erasures that had waited for it were done.")
