"""The entry point of `aam`: one file a verb, read only when it is called."""

import importlib

import click

VERBS = {
    "demo": "Turn a recording into minutes on this machine: start here.",
    "up": "Start the stack on this machine, or bring it up to date.",
    "down": "Stop the stack; everything is kept.",
    "dev": "Put each saved file live on the stack of this machine.",
    "status": "Show addresses, outputs and health.",
    "keys": "Store your own keys of Deepgram and OpenAI.",
    "engines": "Install and check the engines that recognise speech.",
    "logs": "Show the log of a program or function.",
    "list": "List meetings, clients, users, runs, errors, holds and more.",
    "diagnose": "Explain the state of a meeting or the system, and the remedy.",
    "retry": "Retry failed meetings from the stage where they stopped.",
    "delete": "Delete a meeting, or a client with all its meetings.",
    "export": "Export all data of a client, user or participant.",
    "migrate": "Move the database's schema, or write a new revision.",
    "cost": "Show the costs of Deepgram and OpenAI, and set budgets.",
    "cleanup": "List data that is no longer needed, and delete it.",
    "hold": "Place or end a legal hold, which keeps a client or meeting.",
    "erase": "Erase a client, meeting, user or participant for good.",
    "keep": "Set how long recordings, transcripts and minutes are kept.",
    "backup": "Back up the database and the objects, or keep a backup elsewhere.",
    "restore": "Restore a backup into an empty database.",
    "reset": "Delete all local data and keys.",
}
"""The verbs in the order in which a newcomer meets them, each with its line in `aam --help`."""


class Verbs(click.Group):
    """Finds a verb's file by its name, so that `aam --help` imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return all verbs."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the verb, imported now."""
        if cmd_name not in VERBS:
            return None
        command = importlib.import_module(f"aam_cli.{cmd_name.replace('-', '_')}").command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the verbs and their lines, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse empty values: an unset variable of the shell must not turn "of this client" into "of all"."""
        for word in args:
            name, equals, value = word.partition("=")
            if not word.strip() or (equals and name.startswith("-") and not value.strip()):
                raise click.UsageError(
                    "One of the words is empty, perhaps by an unset variable; nothing was done.", ctx
                )
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the verb; what people can act on becomes one sentence and exit code 1, never a traceback."""
        from aam_local.errors import UserError

        try:
            return super().invoke(ctx)
        except (UserError, KeyboardInterrupt) as error:
            interrupted = isinstance(error, KeyboardInterrupt) or isinstance(error.__context__, KeyboardInterrupt)
            said = "Interrupted; run the same command again to continue." if interrupted else str(error)
            raise click.ClickException(said) from error


OF_THIS_MACHINE = ("demo", "up", "down", "dev", "status", "reset")
"""Verbs that start, stop or look at programs of this machine."""


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--stack",
    metavar="NAME",
    envvar="AAM_STACK",
    help="Act on this stack on AWS; AWS_PROFILE and AWS_REGION say where.",
)
@click.pass_context
def main(ctx: click.Context, *, stack: str | None) -> None:
    """Run, explain and repair Assist After Meeting.

    Begin with `aam demo`, which brings a recording to minutes, or with `aam up`: it starts the whole system
    on this machine (an embedded AWS and PostgreSQL, no Docker, no keys), deploys it, and prints where it
    listens.

    `aam --stack aam-prod diagnose` asks a stack on AWS instead, and so does each command that asks a function.
    """
    if not stack:
        return
    if ctx.invoked_subcommand in OF_THIS_MACHINE:
        raise click.UsageError(f"'aam {ctx.invoked_subcommand}' is about this machine only; leave out --stack.")
    click.echo(f"On AWS: the stack {stack}.", err=True)
