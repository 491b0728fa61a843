"""`aam erase`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import click

from aam_cli.chosen import chosen_target
from aam_cli.short_ids import Kind, whole_id
from aam_cli.terminal_safe import in_json, one_line

SUBJECTS = ("client", "meeting", "user", "participant")
OTHERS = ("certificate", "list", "replay")
SECONDS_A_CALL = 60
"""How long one call may erase; whoever waits for its answer gives up after two minutes."""
NAMED_MOST = 20

Answer = dict[str, Any]


@click.command()
@click.argument("what", type=click.Choice([*SUBJECTS, *OTHERS]))
@click.argument("subject_id", metavar="[ID]", required=False)
@click.option("--confirm", is_flag=True, help="Erase what was shown, after the name was typed.")
@click.option("--yes", is_flag=True, help="With --confirm: do not ask.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(what: str, *, subject_id: str | None, confirm: bool, yes: bool, as_json: bool) -> None:
    """Show what erasing a client, meeting, user or participant takes, and with --confirm erase it for good.

    Everything goes, copies and backups' copies included, except what a legal hold keeps: that goes by itself when the
    hold ends. A certificate says what was done and what remains elsewhere: `aam erase certificate ID`, and
    `aam erase list` for all of them. `aam erase replay` erases again what a database has that was recovered by other
    means than `aam restore run`.
    """
    if what == "replay":
        if subject_id is not None or confirm:
            raise click.UsageError("replay takes no ID and no --confirm.")
        replay()
        return
    if what == "list":
        if subject_id is not None or confirm:
            raise click.UsageError("list takes no ID and no --confirm.")
        show_all(every_certificate(), as_json=as_json)
        return
    if subject_id is None:
        raise click.UsageError("Name an ID.")
    if what == "certificate":
        if confirm:
            raise click.UsageError("A certificate is only shown.")
        erasure_id = whole_id("erasure", subject_id)
        show(ask({"action": "certificate", "erasure_id": erasure_id})["certificate"], as_json=as_json)
    else:
        erase(what, whole_id(cast("Kind", what), subject_id), confirm=confirm, yes=yes, as_json=as_json)


def erase(what: str, subject_id: str, *, confirm: bool, yes: bool, as_json: bool) -> None:
    """Show what would go; then, if so wanted, ask and erase it, in as many calls as it takes."""
    asked = {"subject": what, "id": subject_id}
    preview = ask(asked | {"dry_run": True})["preview"]
    if as_json and not confirm:
        click.echo(in_json(preview))
    elif not as_json:
        describe(preview)
    if not confirm:
        return
    name = one_line(preview["name"])
    question = f'Type the name to erase all this for good ("{name}")'
    if not yes and one_line(click.prompt(question, default="", err=True)) != name:
        raise click.ClickException("That is not it; nothing was erased.")
    from aam_local.errors import UserError

    try:
        done = ask(asked | {"dry_run": False, "seconds": SECONDS_A_CALL})
        while not done["finished"]:
            click.echo(f"{sum(done['certificate']['counts'].values()):,} so far …", err=True)
            erasure_id = done["certificate"]["id"]
            done = ask({"action": "continue", "erasure_id": erasure_id, "seconds": SECONDS_A_CALL})
    except UserError as error:
        raise UserError(f"{error}{how_far(preview['id'], said=str(error))}") from None
    show(done["certificate"], as_json=as_json)


def replay() -> None:
    """Erase again every subject of the ledger that a recovered database has, in as many calls as it takes."""
    while True:
        done = ask({"action": "replay", "seconds": SECONDS_A_CALL})
        click.echo(f"{done['found']:,} subjects of the ledger reappeared, {done['erased']:,} are erased again.")
        if done["failed"]:
            raise click.ClickException(
                f"{done['failed']:,} erasures failed; the schedule tries them again every 15 minutes."
            )
        if done["finished"]:
            return


def how_far(subject_id: str, *, said: str) -> str:
    """Return how to ask for the progress of an interrupted erasure, unless that is ``said`` or nothing has begun."""
    from aam_local.errors import UserError

    try:
        found = ask({"action": "list", "subject_id": subject_id, "limit": 1})["certificates"]
    except UserError:
        return ""
    if not found or found[0]["state"] == "complete" or found[0]["id"] in said:
        return ""
    erasure_id = found[0]["id"]
    return f" Erasure {erasure_id} has begun and goes on by itself; 'aam erase certificate {erasure_id}' shows how far."


def describe(preview: Answer) -> None:
    """Print a preview."""
    click.echo(f"{preview['subject']} {preview['id']}: {one_line(preview['name'])}")
    tell_counts(preview["counts"])
    if not preview["all_read"]:
        click.echo("There is more that others said than was read for this; more of it may name them.")
    if preview["heir"]:
        click.echo(f"Their meetings go to user {preview['heir']}.")
    elif preview["subject"] == "user":
        click.echo("Nobody else is in their organization: its meetings, clients and directory are erased with them.")
    if preview["held"] or preview["held_clients"]:
        kept = f"{len(preview['held'])} meetings and {len(preview['held_clients'])} clients"
        click.echo(f"A legal hold keeps {kept}; they go when it ends.")
    if preview["unrecognised"]:
        click.echo("No speaker is known to be them in these meetings; name the speakers first, or their words stay:")
        tell_ids(preview["unrecognised"])
    if preview["namesakes"]:
        click.echo("Participants of the same name, who may be somebody else; erase them by their own ids:")
        tell_ids(preview["namesakes"])


def show(certificate: Answer, *, as_json: bool) -> None:
    """Print a certificate."""
    if as_json:
        click.echo(in_json(certificate))
        return
    click.echo(f"Erasure {certificate['id']} of {certificate['subject']} {certificate['subject_id']}")
    click.echo(f"asked for {certificate['requested_at']}, {told(certificate)}")
    tell_counts(certificate["counts"])
    if certificate["unrecognised"]:
        click.echo(f"In {certificate['unrecognised']} meetings nobody knows which words were theirs; those stay.")
    click.echo("What remains:")
    for each in certificate["remains"]:
        click.echo(f"  {each['where']}: {each['what']}; until {each['until']}")
    if certificate["hash"]:
        click.echo(f"SHA-256 {certificate['hash']}")


def told(certificate: Answer) -> str:
    """Return the state of an erasure, in words."""
    kept = f"a hold keeps {certificate['kept']} meetings or clients"
    return {
        "running": "under way",
        "waiting": f"waits: {kept}, {certificate['waits']} runs have to end",
        "erased": f"erased {certificate['erased_at']}; looked at again after {certificate['rescan_at']}",
        "complete": f"complete {certificate['completed_at']}",
    }[certificate["state"]]


def every_certificate() -> Iterator[Answer]:
    """Yield every certificate, the newest first, page by page."""
    asked: Answer = {"action": "list"}
    while True:
        page = ask(asked)
        yield from page["certificates"]
        if page["next_cursor"] is None:
            return
        asked = asked | {"cursor": page["next_cursor"]}


def show_all(certificates: Iterator[Answer], *, as_json: bool) -> None:
    """Print every erasure in a line."""
    if as_json:
        click.echo(in_json(list(certificates)))
        return
    for each in certificates:
        click.echo(f"{each['id']}  {each['subject']} {each['subject_id']}: {told(each)}")


def tell_counts(counts: dict[str, int]) -> None:
    """Print counts by kind."""
    for kind, count in counts.items():
        click.echo(f"{count:>10,} {kind.replace('_', ' ')}")


def tell_ids(ids: list[str]) -> None:
    """Print a few ids, a line each."""
    for each in ids[:NAMED_MOST]:
        click.echo(f"  {each}")
    if len(ids) > NAMED_MOST:
        click.echo(f"  and {len(ids) - NAMED_MOST} more; --json shows all")


def ask(payload: Answer) -> Answer:
    """Call the erasure function."""
    from aam_local.invoking import call_function

    return call_function(chosen_target(), "ErasureFunctionName", payload, what="Erasing")
