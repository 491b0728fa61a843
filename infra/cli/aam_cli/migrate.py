"""`aam migrate`: the database's schema, moved by the deployed function; new revisions are written into the checkout."""

from __future__ import annotations

import click

from aam_cli.chosen import chosen_target


@click.group(name="migrate")
def command() -> None:
    """Move the database's schema, or write a new revision.

    up, down, stamp, current, history and heads are run by the stack's own migration function, one at a time in the
    whole world and with limits on locks; new and merge write a file into this checkout.
    """


@command.command()
@click.argument("revision", default="head")
def up(revision: str) -> None:
    """Go up to REVISION (the newest)."""
    run_deployed("up", revision)


@command.command()
@click.argument("revision", default="-1")
@click.option("--yes", is_flag=True, help="Do not ask.")
def down(revision: str, *, yes: bool) -> None:
    """Go down to REVISION (one step; `base` is an empty database): tables and what is in them go.

    A REVISION that begins with a minus needs `--` before it: `aam migrate down -- -2`.
    """
    if not yes:
        click.confirm(f"Go down to {revision}? Tables that came later are dropped with all that they hold.", abort=True)
    run_deployed("down", revision)


@command.command()
@click.argument("revision", default="head")
@click.option("--yes", is_flag=True, help="Do not ask.")
def stamp(revision: str, *, yes: bool) -> None:
    """Note REVISION as reached without running anything: for a database that was brought there by other means."""
    if not yes:
        click.confirm(f"Note {revision} as reached? Nothing is run, so the schema must be that of it.", abort=True)
    run_deployed("stamp", revision)


@command.command()
def current() -> None:
    """Show the revision that the database stands at."""
    run_deployed("current")


@command.command()
def history() -> None:
    """List all revisions, newest first."""
    run_deployed("history")


@command.command()
def heads() -> None:
    """Show the newest revision, or several where branches wait for `aam migrate merge`."""
    run_deployed("heads")


@command.command()
@click.argument("message")
def new(message: str) -> None:
    """Write a revision with what the models have and the database lacks; read it before you commit it."""
    run_here("new", message)


@command.command()
@click.argument("message")
def merge(message: str) -> None:
    """Write a revision that joins all heads."""
    run_here("merge", message)


def run_deployed(verb: str, revision: str | None = None) -> None:
    """Let the stack's function do it, and show what it said."""
    from aam_local.invoking import call_function

    payload = {"command": verb, **({"revision": revision} if revision is not None else {})}
    answer = call_function(chosen_target(), "MigrateFunctionName", payload, what=f"'aam migrate {verb}'")
    show(str(answer.get("output", "")), answer.get("revision"))


def run_here(verb: str, message: str) -> None:
    """Compare with the stack's database as its administrator, and write into this checkout."""
    from sqlalchemy import NullPool, create_engine, make_url

    from aam.foundation.errors import AppError
    from aam.migrations.service import MigrationRequest, migrate
    from aam_local.errors import UserError
    from aam_local.status import read_status

    home = chosen_target().home
    if home is None:
        raise UserError(f"'aam migrate {verb}' compares with this machine's database; leave out --stack.")
    status = read_status(home)
    if not status.health["database"]:
        raise UserError("The database does not answer; run 'aam up' first.")
    url = make_url(status.database_url).set(drivername="postgresql+pg8000")
    request = MigrationRequest.model_validate({"command": verb, "message": message})
    try:
        report = migrate(request, engine=create_engine(url, poolclass=NullPool))
    except AppError as error:
        raise UserError(f"'aam migrate {verb}' failed: {error.detail}") from error
    show(report.output, report.revision)


def show(output: str, revision: object) -> None:
    """Alembic's own words, then where the database stands."""
    if output.strip():
        click.echo(output.strip())
    click.echo(f"The database stands at {revision or 'nothing: it is empty'}.")
