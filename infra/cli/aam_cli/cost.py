"""`aam cost`: what was spent on Deepgram and OpenAI, and the budgets of organizations."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from aam_cli.chosen import chosen_target
from aam_cli.terminal_safe import in_json, one_line

Answer = dict[str, Any]


class MonthType(click.ParamType[str]):
    """A month such as 2026-11."""

    name = "YYYY-MM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the month as it stands in the ledger."""
        try:
            return f"{datetime.strptime(str(value), '%Y-%m').replace(tzinfo=UTC):%Y-%m}"
        except ValueError:
            self.fail("say a month such as 2026-11", param, ctx)


class DollarsType(click.ParamType[str]):
    """An amount such as 25 or 0.50."""

    name = "USD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the amount, as a decimal string."""
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            self.fail("say an amount in US dollars such as 25 or 0.50", param, ctx)
        if not amount.is_finite() or not 0 <= amount < 1_000_000 or round(amount, 6) != amount:
            self.fail("say an amount from 0 to 999999, with at most six decimals", param, ctx)
        return f"{amount:f}"


AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")


@click.group(name="cost", invoke_without_command=True)
@click.option("--month", type=MonthType(), help="Which month, in UTC; the present one where it is left out.")
@click.option(
    "--by",
    type=click.Choice(["model", "client", "user"]),
    default="model",
    show_default=True,
    help="What the lines stand for.",
)
@AS_JSON
@click.pass_context
def command(ctx: click.Context, *, month: str | None, by: str, as_json: bool) -> None:
    """Show what was spent on Deepgram and OpenAI in a month, and how the budgets stand.

    Amounts are computed from the vendors' list prices (layers/core/aam/seeds/prices.toml) and what they
    reported: seconds of audio, tokens. Their own bills decide. A model without a known price is counted as
    unknown, never as nothing. What PocketSphinx and the extractive engine do costs nothing.

    \b
    aam cost                                what this month has cost, by model
    aam cost --month 2026-11 --by client    an older month, by client
    aam cost budget --monthly 50            stop at 50 dollars a month
    """
    if ctx.invoked_subcommand is not None:
        return
    report = ask({"command": "report", "by": by, **({"month": month} if month else {})})
    if as_json:
        click.echo(in_json(report))
        return
    for line in report["lines"]:
        note = f"  ({line['unknown']} without a known price)" if line["unknown"] else ""
        click.echo(f"{dollars(line['usd']):>12}  {one_line(line['name'] or '(deleted)')}{note}")
    unknown = f", and {report['unknown']} charges without a known price" if report["unknown"] else ""
    click.echo(f"{dollars(report['total_usd']):>12}  in {report['month']}{unknown}.")
    for budget in report["budgets"]:
        click.echo(told(budget))
    if made_up():
        click.echo("The vendors' stand-ins answer here (aam up --fake-vendors): nobody charges these dollars.")


@command.command()
@click.argument("organization", required=False)
@click.option("--monthly", type=DollarsType(), help="Stop at so many US dollars a month.")
@click.option("--none", "without", is_flag=True, help="Take the limit away.")
@AS_JSON
def budget(organization: str | None, *, monthly: str | None, without: bool, as_json: bool) -> None:
    """Show or set the monthly budget of an ORGANIZATION (its id or name; may be left out when there is one).

    A run reserves what it may cost before anything is spent. Where that does not fit, it waits as
    `budget_exceeded`, and begins by itself when the budget is raised (at once), a new month begins (UTC), or
    other runs end and give back what they reserved. From 80 percent on a warning is logged and shown.
    """
    if monthly is not None and without:
        raise click.UsageError("Say either --monthly or --none.")
    setting = {"set": True, "monthly_usd": monthly} if monthly is not None or without else {}
    answer = ask({"command": "budget", **({"organization": organization} if organization else {}), **setting})
    if as_json:
        click.echo(in_json(answer))
        return
    click.echo(told(answer["budget"]))
    if answer["resumed_runs"]:
        click.echo(f"{answer['resumed_runs']} waiting runs were begun.")


def told(budget: Answer) -> str:
    """Return a budget in one line."""
    limit = "no limit" if budget["monthly_usd"] is None else f"of {dollars(budget['monthly_usd'])} a month"
    used = f"{dollars(budget['spent_usd'])} spent, {dollars(budget['reserved_usd'])} reserved"
    warning = ", WARNING: over 80 %" if budget["warning"] else ""
    waiting = f", {budget['waiting_runs']} runs wait for a higher budget" if budget["waiting_runs"] else ""
    return f"{one_line(budget['organization'])} ({budget['organization_id']}): {used}, {limit}{warning}{waiting}."


def dollars(amount: str) -> str:
    """Return an amount with cents, or with all its digits where it is smaller than one."""
    value = Decimal(amount)
    return f"${value:,.2f}" if value >= Decimal("0.01") or not value else f"${value.normalize():f}"


def made_up() -> bool:
    """Return whether the stack uses fake vendors."""
    from aam_local.state import load_state

    home = chosen_target().home
    return home is not None and load_state(home).fakes is not None


def ask(payload: Answer) -> Answer:
    """Call the function of costs."""
    from aam_local.invoking import call_function

    return call_function(chosen_target(), "CostsFunctionName", payload, what="Asking for costs")
