"""Plans of cleanups as people read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from aam_cli.chosen import chosen_target
from aam_cli.terminal_safe import in_json, one_line

Answer = dict[str, Any]

COUNTED = (
    *(("objects", "objects"), ("multiparts", "unfinished uploads"), ("meetings", "meetings")),
    ("messages", "messages of theirs"),
)
LARGE_BYTES = 100_000_000

ALLOW = click.option(
    "--allow",
    multiple=True,
    type=click.Choice(["objects", "bytes", "meetings"]),
    help="Even if more than 30 % of them go.",
)
NO_BACKUP = click.option("--no-backup", is_flag=True, help="Even without a backup of the last 24 hours.")


def show(plan: Answer) -> None:
    """Print a plan in short."""
    for item in plan["largest"][:20]:
        mark = "  (large)" if item["size_bytes"] > LARGE_BYTES else ""
        click.echo(f"{item['size_bytes']:>14,}  {one_line(item['key'])}{mark}")
    for reason in plan["reasons"]:
        click.echo(f"{reason['count']:>8,} × {reason['why']} ({reason['size_bytes']:,} bytes)")
        for name in reason["first"]:
            click.echo(f"{'':>11}{one_line(name)}")
        if reason["count"] > len(reason["first"]):
            click.echo(f"{'':>11}…")
    click.echo(f"{counts(plan)} would be deleted. Plan {plan['hash']}")
    if plan["lines"]:
        click.echo(f"All of it by name: aam cleanup --plan {plan['hash']} --show")
    click.echo(f"The database takes {plan['database_bytes']:,} bytes.")
    for what, size in free_space().items():
        click.echo(f"{size:,} bytes are free on the disk of {what}.")
    if plan["kept"]:
        click.echo(f"{plan['kept']} are kept by a legal hold.")
    if plan["would_stop"]:
        click.echo(f"This is a large share: it needs --allow {' --allow '.join(plan['would_stop'])}.")


def show_items(plan_hash: str, *, ask: Callable[[Answer], Answer], as_json: bool) -> None:
    """Print every line of a stored plan, page by page: the action, the object, its size, and the reason."""
    after: int | None = 0
    while after is not None:
        page = ask({"action": "plan", "hash": plan_hash, "after": after})
        for item in page["items"]:
            click.echo(in_json(item, indent=None) if as_json else in_words(item))
        after = page["next"]
        if after is None and not as_json and not page["items"]:
            click.echo("There is nothing in this plan.")


def in_words(item: Answer) -> str:
    """Return a line of a plan; sizes and versions only where there are any."""
    version = "" if item["version"] in ("", "null") else f" ({one_line(item['version'])})"
    size = f"{item['size_bytes']:,} bytes, " if item["size_bytes"] else ""
    kind = "object" if item["kind"] == "of_meeting" else item["kind"]
    return f"{item['does']} {kind} {one_line(item['name'])}{version}: {size}{item['why']}"


def counts(answer: Answer) -> str:
    """Return the deletions in words."""
    said = [f"{answer[key]:,} {words}" for key, words in COUNTED if answer.get(key) or key == "objects"]
    said += [f"{count:,} rows of {table}" for table, count in answer["rows"].items()]
    return f"{', '.join(said)}, {answer['size_bytes']:,} bytes"


def free_space() -> dict[str, int]:
    """Return the free bytes of this machine's disks, where the stack lies on them."""
    from aam_local.disks import free_bytes

    home = chosen_target().home
    return free_bytes(home) if home is not None else {}
