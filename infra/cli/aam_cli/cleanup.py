"""`aam cleanup`."""

from __future__ import annotations

from typing import Any

import click

from aam_cli.chosen import chosen_target
from aam_cli.plans import ALLOW, NO_BACKUP, counts, free_space, show, show_items
from aam_cli.short_ids import Kind, whole_id
from aam_cli.terminal_safe import in_json, one_line

MODES = ("temp", "logs", "media", "db", "cache", "jobs", "locks", "meetings", "full", "aggressive")
SECONDS_A_CALL = 60
"""How long one call may delete; whoever waits for its answer gives up after two minutes."""

OF_A_MODE = (
    "organization",
    "client",
    "meeting",
    "confirm",
    "plan_hash",
    "allow",
    "no_backup",
    "older_than_hours",
    "older_than_days",
)
"""Options that say what a mode shall do; a look would leave them unheard."""

Answer = dict[str, Any]


@click.command()
@click.argument("mode", type=click.Choice(MODES), required=False)
@click.option("--meetings", "as_option", flag_value="meetings", help="The mode meetings.")
@click.option("--jobs", "as_option", flag_value="jobs", help="The mode jobs.")
@click.option("--locks", "as_option", flag_value="locks", help="The mode locks.")
@click.option("--all", "everything", is_flag=True, help="All data; this is the default.")
@click.option("--organization", metavar="ID", help="Only of one organization.")
@click.option("--client", metavar="ID", help="Only of one client.")
@click.option("--meeting", metavar="ID", help="Only of one meeting.")
@click.option("--dry-run", is_flag=True, help="Only list; this is the default.")
@click.option("--confirm", is_flag=True, help="Delete what was listed, after the name was typed.")
@click.option("--plan", "plan_hash", metavar="HASH", help="With --confirm exactly this plan, listed before; or --show.")
@click.option("--show", "items", is_flag=True, help="With --plan and no mode: every line of that plan.")
@click.option("--json", "as_json", is_flag=True, help="The list for programs; with --show one JSON object a line.")
@click.option("--yes", is_flag=True, help="With --confirm: do not ask.")
@ALLOW
@NO_BACKUP
@click.option("--older-than-hours", type=click.IntRange(min=0, max=876_000), help="For temp: keep younger objects.")
@click.option("--older-than-days", type=click.IntRange(min=1, max=36_500), help="For meetings: keep younger ones.")
@click.option("--health-check", is_flag=True, help="Only look; exit code 1 when something is wrong.")
@click.option("--check", is_flag=True, help="Only compare rows and objects; exit code 1 when they disagree.")
@click.option("--statistics", is_flag=True, help="Only count rows, objects and runs.")
@click.option("--adopt", is_flag=True, help="Write this database's id into a bucket without one.")
def command(mode: str | None, as_option: str | None, **options: Any) -> None:
    """List what a cleanup would delete, and with --confirm delete it.

    temp: exports, unfinished uploads.  logs: old logs.  media: what nothing refers to, and what is past its age.  db:
    old sessions and errors.  cache: expired short-lived facts.  jobs: what runs left behind.  locks: stuck claims
    and leases.  meetings: all meetings and clients, or with --older-than-days the old meetings.  full: temp, logs,
    media, db and jobs.  aggressive: full and cache.

    The stack's own function does it, the one that schedules run.
    """
    if mode and as_option:
        raise click.UsageError("Name one mode.")
    mode = mode or as_option
    if options["as_json"] and (options["confirm"] or not (mode or options["items"])):
        raise click.UsageError("--json is for lists: a mode without --confirm, or --show.")
    if options["items"]:
        if mode or options["confirm"] or options["plan_hash"] is None:
            raise click.UsageError("--show goes with --plan alone.")
        show_items(options["plan_hash"], ask=ask, as_json=options["as_json"])
        return
    looks = {"health_check": health, "check": check, "statistics": statistics, "adopt": adopt}
    chosen = [look for option, look in looks.items() if options[option]]
    if len(chosen) + (mode is not None) != 1:
        raise click.UsageError(f"Name one mode ({', '.join(MODES)}), or one of --health-check, --check, --statistics.")
    if chosen:
        if any(options[name] not in (None, False, ()) for name in OF_A_MODE):
            raise click.UsageError("--health-check, --check, --statistics and --adopt are about everything: alone.")
        chosen[0]()
    else:
        clean({"mode": mode, **scope_of(options), **older_than(mode, options)}, options)


def scope_of(options: dict[str, Any]) -> Answer:
    """Return the scope that the options name."""
    kinds: tuple[Kind, ...] = ("organization", "client", "meeting")
    named = [(kind, options[kind]) for kind in kinds if options[kind] is not None]
    if len(named) + options["everything"] > 1:
        raise click.UsageError("Name one of --all, --organization, --client and --meeting.")
    return {"scope": named[0][0], "scope_id": whole_id(*named[0])} if named else {}


def older_than(mode: str | None, options: dict[str, Any]) -> Answer:
    """Return the age that the options name."""
    hours, days = options["older_than_hours"], options["older_than_days"]
    if (hours is not None and mode != "temp") or (days is not None and mode != "meetings"):
        raise click.UsageError("--older-than-hours goes with temp, --older-than-days with meetings.")
    if days is not None:
        return {"older_than_hours": days * 24}
    return {} if hours is None else {"older_than_hours": hours}


def clean(asked: Answer, options: dict[str, Any]) -> None:
    """List; then, if so wanted, ask and delete exactly what was listed."""
    plan_hash = options["plan_hash"]
    if plan_hash is not None and not options["confirm"]:
        raise click.UsageError("--plan goes with --confirm or --show.")
    if options["dry_run"] and options["confirm"]:
        raise click.UsageError("Say --dry-run or --confirm, not both.")
    if plan_hash is not None:
        confirm(options, name=plan_hash[:8], what="the beginning of the plan's hash")
    else:
        planned = ask(asked | {"dry_run": True})["plan"]
        if options["as_json"]:
            click.echo(in_json(planned))
            return
        show(planned)
        if not options["confirm"] or not (planned["lines"] - planned["kept"]):
            return
        confirm(options, name=planned["name"], what="the name")
        plan_hash = planned["hash"]
    before = measured()
    execute(asked, plan_hash, options)
    after = measured()
    if is_thorough(asked):
        check(before=before, after=after)
    else:
        compare(before, after, everything=False)


def measured() -> Answer:
    """Return the statistics of the store, and the free space where the stack lies on this machine."""
    return {**ask({"action": "statistics"}), "free": free_space()}


def is_thorough(asked: Answer) -> bool:
    """Return whether the cleanup is so large that data is counted before and after, and checked."""
    return asked["mode"] in ("meetings", "full", "aggressive")


def confirm(options: dict[str, Any], *, name: str, what: str) -> None:
    """Ask for the name, unless the operator has confirmed with an option."""
    said = one_line(name)
    if not options["yes"] and one_line(click.prompt(f'Type {what} to delete all this ("{said}")', default="")) != said:
        raise click.ClickException("That is not it; nothing was deleted.")


def execute(asked: Answer, plan_hash: str, options: dict[str, Any]) -> None:
    """Do what a plan says, in as many calls as it takes."""
    allowed = {"allow": list(options["allow"]), "no_backup": options["no_backup"]}
    wanted = {"dry_run": False, "confirm": plan_hash, "trigger": "person", "seconds": SECONDS_A_CALL}
    done = ask({**asked, **allowed, **wanted})
    while not done["finished"]:
        click.echo(f"{done['objects']:,} objects so far …")
        done = ask({"action": "continue", "run_id": done["run_id"], "seconds": SECONDS_A_CALL})
    if done["resumed"]:
        click.echo("A cleanup that had been interrupted was finished first.")
    click.echo(f"{counts(done)} were deleted.")
    if done["failed"] or done["skipped"]:
        click.echo(f"{done['skipped']} were wanted or held by then and stay; {done['failed']} the store refused.")


def compare(before: Answer, after: Answer, *, everything: bool) -> None:
    """Print the statistics before and after; without ``everything`` only the changed ones, and the space."""
    click.echo(f"{'before':>16}  {'after':>16}")
    for kind in ("rows", "objects", "bytes", "runs"):
        for name in sorted({*before[kind], *after[kind]}):
            line(f"{kind:<8} {name}", before[kind].get(name, 0), after[kind].get(name, 0), everything=everything)
    line("stale locks", before["locks"], after["locks"], everything=everything)
    line("bytes    of all objects", sum(before["bytes"].values()), sum(after["bytes"].values()), everything=True)
    line("bytes    of the database", before["database_bytes"], after["database_bytes"], everything=True)
    for what, free in after["free"].items():
        line(f"bytes    free on the disk of {what}", before["free"].get(what, 0), free, everything=True)


def line(what: str, was: int, now: int, *, everything: bool) -> None:
    """Print one of the lines."""
    if everything or was != now:
        click.echo(f"{was:>16,}  {now:>16,}  {what}")


def health() -> None:
    """Print the health of the store."""
    found = ask({"action": "health"})
    click.echo(f"Last cleanup {found['hours_since_cleanup']:.1f} hours ago.")
    click.echo(f"Temporary objects {found['temp_bytes']:,} bytes, logs {found['log_bytes']:,} bytes.")
    for complaint in found["complaints"]:
        click.echo(complaint.replace("_", " "))
    fail_unless(found["ok"])


def check(*, before: Answer | None = None, after: Answer | None = None) -> None:
    """Print whether rows and objects agree, then the statistics from before and after a cleanup."""
    found = ask({"action": "check"})
    click.echo(
        f"{found['rows_without_object']} rows without an object, {found['objects_without_row']} objects without a row, "
        f"{found['waiting']} too young to judge."
    )
    for name in found["named"]:
        click.echo(f"  {name}")
    if before and after:
        compare(before, after, everything=True)
    fail_unless(found["ok"])


def statistics() -> None:
    """Print the statistics."""
    found = ask({"action": "statistics"})
    for table, count in found["rows"].items():
        click.echo(f"{count:>10,} rows  {table}")
    for prefix, count in found["objects"].items():
        click.echo(f"{count:>10,} objects  {prefix}  {found['bytes'][prefix]:,} bytes")
    for status, count in found["runs"].items():
        click.echo(f"{count:>10,} runs  {status}")
    click.echo(f"{found['locks']:>10,} short-lived facts past their time")


def adopt() -> None:
    """Say that bucket and database belong together."""
    ask({"action": "adopt"})
    click.echo("The bucket carries this database's id now.")


def fail_unless(well: bool) -> None:
    """Exit with 1 unless all is well."""
    if not well:
        raise click.exceptions.Exit(1)


def ask(payload: Answer, *, what: str = "Cleaning up") -> Answer:
    """Call the cleanup function; ``what`` is said to have failed should it fail."""
    from aam_local.invoking import call_function

    return call_function(chosen_target(), "CleanupFunctionName", payload, what=what)
