"""`aam retry`."""

from __future__ import annotations

from typing import Any

import click

from aam_cli.operations_function import ask
from aam_cli.short_ids import whole_id
from aam_cli.terminal_safe import one_line

STAGES = ("probe", "extract_audio", "transcribe", "write_artifacts", "verify_evidence", "confirm_meaning", "finish")

Answer = dict[str, Any]


@click.command()
@click.option("--meeting", metavar="ID", help="Go on with one meeting.")
@click.option("--failed", is_flag=True, help="Go on with all that failed, after they were shown.")
@click.option("--from", "from_stage", type=click.Choice(STAGES), help="Begin earlier; that is done, and paid, again.")
@click.option("--restore", is_flag=True, help="With --meeting: bring its recording back from the store's archive.")
@click.option("--yes", is_flag=True, help="With --failed: do not ask.")
def command(*, meeting: str | None, failed: bool, from_stage: str | None, restore: bool, yes: bool) -> None:
    """Go on where a meeting's last attempt stopped; what was made before is not paid again.

    \b
    aam retry --meeting ID                          where it stopped
    aam retry --meeting ID --from write_artifacts   write the minutes once more, from the same transcript
    aam retry --meeting ID --from confirm_meaning   ask the second reader once more about the same minutes
    aam retry --failed                              everything that failed, after it was shown
    """
    if (meeting is None) == (not failed):
        raise click.UsageError("Name one meeting with --meeting, or say --failed.")
    if meeting is not None:
        meeting = whole_id("meeting", meeting)
    if restore:
        if meeting is None or from_stage:
            raise click.UsageError("--restore goes with --meeting alone.")
        bring_back(meeting)
    elif meeting is not None:
        begin(meeting, from_stage)
    else:
        begin_all(from_stage, yes=yes)


def begin(meeting: str, from_stage: str | None) -> None:
    """Begin the next attempt at one meeting."""
    begun = ask(
        {"action": "retry", "meeting_id": meeting, **({"from_stage": from_stage} if from_stage is not None else {})}
    )
    taken = ", what was made before is taken over" if begun["took_over"] else ""
    click.echo(f"Begun at {begun['from_stage']}{taken}: run {begun['run_id']}.")
    if begun["paid_again"]:
        click.echo(f"What was paid to {' and '.join(begun['paid_again'])} is paid once more.")


def begin_all(from_stage: str | None, *, yes: bool) -> None:
    """Show what failed, ask, and begin all that another attempt may help, page by page."""
    begun = refused = 0
    after: str | None = None
    while True:
        found = ask({"action": "failed", **({"after": after} if after else {})})
        helped = [each["meeting_id"] for each in found["meetings"] if each["helps"]]
        show(found)
        after = found["after"]
        if helped:
            more = ", and more after these" if after else ""
            if not yes and not click.confirm(f"Try {len(helped)} meetings again{more}?"):
                raise click.ClickException("Nothing more was begun." if begun else "Nothing was begun.")
            refused += sum(not began(meeting, from_stage) for meeting in helped)
            begun += len(helped)
        if after is None:
            break
    if not begun:
        click.echo("There is nothing to try again.")
    if refused:
        raise click.ClickException(f"{refused} of {begun} were not begun.")


def show(found: Answer) -> None:
    """Print a page of failed meetings."""
    for each in found["meetings"]:
        mark = " " if each["helps"] else "×"
        click.echo(f"{mark} {each['meeting_id']}  {one_line(each['title'])}: {each['stage']}, {each['code']}")
    lost = sum(not each["helps"] for each in found["meetings"])
    if lost:
        others = f" So are {found['beyond_help'] - lost:,} more." if found["beyond_help"] > lost else ""
        click.echo(f"× is left out: the file itself is the trouble.{others}")


def began(meeting: str, from_stage: str | None) -> bool:
    """Begin one meeting's next attempt, or say why not."""
    from aam_local.errors import UserError

    try:
        begin(meeting, from_stage)
    except UserError as error:
        click.echo(f"{meeting}: {error}")
        return False
    return True


def bring_back(meeting: str) -> None:
    """Have the store bring a recording back."""
    reach = ask({"action": "restore", "meeting_id": meeting})["reach"]
    said = {
        "archived": "It was asked for; that takes some hours. 'aam diagnose --meeting ID' says when it can be read.",
        "returning": "It is on its way back already; that takes some hours.",
        "readable": "It can be read; nothing needs to be brought back.",
        "missing": "It is not in the store any more; the file has to be uploaded again.",
    }
    click.echo(said[reach].replace("ID", meeting))
