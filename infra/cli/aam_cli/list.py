"""`aam list`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from aam_cli.diagnose import at
from aam_cli.operations_function import ask
from aam_cli.short_ids import whole_id
from aam_cli.terminal_safe import in_json, one_line

Answer = dict[str, Any]

COLUMNS: dict[str, tuple[str, ...]] = {
    "meetings": ("id", "created_at", "status", "title", "client"),
    "clients": ("id", "created_at", "name", "meetings", "organization"),
    "users": ("id", "created_at", "status", "email", "full_name", "organization"),
    "organizations": ("id", "created_at", "name", "users", "meetings"),
    "runs": ("id", "created_at", "status", "stage", "attempt", "failure_code", "meeting_id"),
    "errors": ("id", "created_at", "status", "stage", "code", "meeting_id"),
    "holds": ("id", "created_at", "subject", "subject_id", "name", "reason"),
    "erasures": ("id", "created_at", "status", "subject", "subject_id", "completed_at"),
}
"""What there is to list, and the columns that a terminal shows of each; --json has more."""

PAGE = 200
WIDEST = 60
"""A longer name is cut."""


class SinceType(click.ParamType[str]):
    """A day or a moment in UTC."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the moment with its offset."""
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail("say a day such as 2026-11-30, or a moment such as 2026-11-30T09:30 (UTC)", param, ctx)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


@click.command(name="list")
@click.argument("kind", type=click.Choice(list(COLUMNS)))
@click.option("--organization", metavar="ID", help="Only of one organization.")
@click.option("--client", metavar="ID", help="Only of one client.")
@click.option("--meeting", metavar="ID", help="Only of one meeting.")
@click.option("--status", metavar="STATUS", help="Only of this status; a wrong one is answered with those there are.")
@click.option("--since", type=SinceType(), help="Only what was made from this day or moment on (UTC).")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="A JSON array, with more fields than the table has.")
def command(
    kind: str,
    *,
    organization: str | None,
    client: str | None,
    meeting: str | None,
    status: str | None,
    since: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List what there is of a kind, the newest first.

    \b
    aam list meetings --status failed --since 2026-11-01
    aam list runs --meeting 0193f2a1
    aam list clients --json

    Wherever a command takes an ID, the first characters of one will do: 6 at least, and enough to mean one.
    """
    given = {
        "organization_id": organization and whole_id("organization", organization),
        "client_id": client and whole_id("client", client),
        "meeting_id": meeting and whole_id("meeting", meeting),
        "status": status,
        "since": since,
    }
    asked = {"action": "list", "kind": kind, **{name: value for name, value in given.items() if value is not None}}
    rows, more = read(asked, limit)
    if as_json:
        click.echo(in_json(rows))
        return
    for line in table(rows, COLUMNS[kind]):
        click.echo(line)
    if more:
        click.echo(f"There are more than {limit}; say --limit, or narrow it by the options of --help.", err=True)


def read(asked: Answer, limit: int) -> tuple[list[Answer], bool]:
    """Return up to ``limit`` rows, in as many calls as it takes, and whether there are more."""
    rows: list[Answer] = []
    cursor: str | None = None
    while True:
        part = {"limit": min(PAGE, limit - len(rows)), **({"cursor": cursor} if cursor else {})}
        page = ask(asked | part)
        rows += page["rows"]
        cursor = page["next_cursor"]
        if cursor is None or len(rows) >= limit:
            return rows, cursor is not None


def table(rows: Sequence[Answer], columns: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a table with a heading; an empty one says so."""
    if not rows:
        yield "There is none."
        return
    cells = [[name.removesuffix("_at").replace("_", " ") for name in columns]]
    cells += [[cell(name, row[name]) for name in columns] for row in rows]
    widths = [max(len(line[place]) for line in cells) for place in range(len(columns))]
    for line in cells:
        yield "  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip()


def cell(name: str, value: Any) -> str:
    """Return a value as the table shows it."""
    if value is None:
        return "-"
    text = at(value) if name.endswith("_at") else one_line(str(value))
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"
