"""`aam diagnose`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from aam_cli.chosen import chosen_target
from aam_cli.operations_function import ask
from aam_cli.short_ids import whole_id
from aam_cli.terminal_safe import in_json, one_line

Answer = dict[str, Any]

SHOWN = 3
"""So many uploads, attempts and errors fit a screen."""


@click.command()
@click.option("--meeting", metavar="ID", help="Its history on one screen, or the traces of a deleted one.")
@click.option("--services", is_flag=True, help="Database, bucket, queues, vendors, schedules, and the local stack.")
@click.option("--queue", is_flag=True, help="Waiting messages, and the subjects of dead letters.")
@click.option("--database", is_flag=True, help="Statements at work for long, what blocks them, and the slowest kinds.")
@click.option("--end", metavar="PID", type=int, help="End the session that --database shows, after asking.")
@click.option("--dismiss", metavar="ID", help="Mark an error as read; 'aam list errors' shows their IDs.")
@click.option("--yes", is_flag=True, help="With --end: do not ask.")
@click.option("--all", "whole", is_flag=True, help="With --meeting: older attempts and errors as well.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def command(
    *,
    meeting: str | None,
    services: bool,
    queue: bool,
    database: bool,
    end: int | None,
    dismiss: str | None,
    yes: bool,
    whole: bool,
    as_json: bool,
) -> None:
    """Say what happened, what stands in the way, and what to do about it.

    Without an option: a short overview, and what deserves attention. Only --end and --dismiss change something.
    """
    if (meeting is not None) + services + queue + database + (end is not None) + (dismiss is not None) > 1:
        raise click.UsageError("Name one of --meeting, --services, --queue, --database, --end and --dismiss.")
    if whole and meeting is None:
        raise click.UsageError("--all goes with --meeting.")
    if yes and end is None:
        raise click.UsageError("--yes goes with --end.")
    if end is not None:
        end_session(end, yes=yes)
        return
    if dismiss is not None:
        done = ask({"action": "dismiss", "error_id": whole_id("error", dismiss)})
        click.echo(f"Marked as read: {done['code']} of meeting {done['meeting_id']}.")
        return
    if meeting is not None:
        meeting = whole_id("meeting", meeting)
    what = (
        {"meeting_id": meeting}
        if meeting is not None
        else {"services": True}
        if services
        else {"queue": True}
        if queue
        else {"database": True}
        if database
        else {}
    )
    found = ask({"action": "diagnose", **what})
    if services:
        found["stack"] = stack_health()
    if as_json:
        click.echo(in_json(found))
        return
    told = (
        (told_gone(found) if "departure" in found else told_meeting(found, whole=whole))
        if meeting
        else (told_services if services else told_queues if queue else told_database if database else told_overview)(
            found
        )
    )
    for line in (*told, *told_advice(found["advice"])):
        click.echo(line)


def told_meeting(found: Answer, *, whole: bool = False) -> Iterator[str]:
    """Yield a meeting's history, the newest first; with ``whole`` also the parts that a screen has no room for."""
    yield f"{one_line(found['title'])}: {found['status']}, {found['language']}, made {at(found['created_at'])}"
    yield f"meeting {found['meeting_id']}  client {found['client_id']}"
    for reason in found["holds"]:
        yield f"held       {one_line(reason)}"
    kept = ", ".join(f"{name} {days} days" for name, days in found["kept_days"].items() if days is not None)
    if kept:
        yield f"kept       {kept}"
    most = None if whole else SHOWN
    for upload in found["uploads"][:most]:
        parts = " in parts" if upload["in_parts"] else ""
        reach = f", {upload['reach']} in the store" if upload["reach"] else ""
        yield (
            f"upload     {at(upload['created_at'])}  {upload['status']}{reach}: {one_line(upload['filename'])}, "
            f"{upload['size_bytes']:,} bytes{parts}"
        )
    for run in found["runs"][:most]:
        yield from told_run(run)
    for error in found["errors"][:most]:
        attempt = f"attempt {error['attempt']}, " if error["attempt"] else ""
        yield f"error      {at(error['occurred_at'])}  {attempt}{error['stage']}: {error['code']}"
        yield f"           {one_line(error['message'])}"
    for kind in ("transcript", "minutes"):
        for each in [each for each in found["results"] if each["kind"] == kind][: None if whole else 1]:
            what = "utterances" if kind == "transcript" else support_of(each)
            version = f"version {each['version']}, {each['engine']}: {each['count']} {what}"
            yield f"{kind:10} {at(each['created_at'])}  {version}"
    actual = found["cost"]["actual"]
    if actual:
        yield f"cost       ${actual['usd']}{'' if actual['complete'] else ' at least'}"
    yield from told_traces(found["traces"], most)
    for reason in found["waits"]:
        yield f"waits      {one_line(reason)}"
    hidden = {name: len(found[name]) - SHOWN for name in ("uploads", "runs", "errors") if len(found[name]) > SHOWN}
    if hidden and not whole:
        yield f"earlier    {', '.join(f'{number} {name}' for name, number in hidden.items())}; --all shows them"


def told_gone(found: Answer) -> Iterator[str]:
    """Yield the remaining facts of a deleted meeting."""
    departure = found["departure"]
    yield f"meeting {found['meeting_id']} is gone."
    if departure:
        yield f"marked     {at(departure['marked_at'])}  by {one_line(departure['by'])}"
        if departure["gone_at"]:
            yield f"gone       {at(departure['gone_at'])}"
    yield from told_traces(found["traces"], None)


def told_traces(traces: Answer, most: int | None) -> Iterator[str]:
    """Yield the traces of a meeting outside its own rows."""
    for each in traces["erasures"][:most]:
        done = f", erased {at(each['erased_at'])}" if each["erased_at"] else ""
        yield f"erasure    {at(each['created_at'])}  of a {each['subject']}, {each['state']}{done}: {each['id']}"
    for line in traces["log"][:most]:
        yield f"log        {at(line['at'])}  {line['operation']} {line['result']}"
    for queue, letters in traces["letters"].items():
        yield f"given up   {len(letters)} dead letters of {queue}, the first sent {at(letters[0]['sent_at'])}"


def support_of(minutes: Answer) -> str:
    """Return what the items of minutes rest on, after their number."""
    quoted, unsupported = minutes["quoted"], minutes["unsupported"]
    supported = minutes["count"] - quoted - unsupported
    return f"items: {supported} supported, {quoted} quoted, {unsupported} unsupported"


def told_run(run: Answer) -> Iterator[str]:
    """Yield a run in a line, and its stages in another."""
    began = f", from {run['from_stage']}" if run["from_stage"] != "probe" else ""
    why = f" ({run['failure_code'] or run['waiting_reason']})" if run["failure_code"] or run["waiting_reason"] else ""
    execution = f", execution {run['execution']}" if run["execution"] else ""
    yield (
        f"attempt {run['attempt']:<2} {at(run['created_at'])}  {run['status']} at {run['stage']}{why}: "
        f"{run['trigger']}{began}{execution}"
    )
    yield f"           run {run['id']}  correlation {run['correlation_id']}"
    stages = [
        f"{each['stage']} {each['seconds']:.1f} s" if each["seconds"] is not None else f"{each['stage']} …"
        for each in run["stages"]
    ]
    if stages:
        yield f"           {', '.join(stages)}"
    for task in run["tasks"]:
        counts = [f"{task[name]} {name}" for name in ("deaths", "faults", "submissions") if task[name]]
        yield f"           {task['stage']}: {task['state']}{''.join(f', {count}' for count in counts)}"


def told_services(found: Answer) -> Iterator[str]:
    """Yield the state of every service."""
    for name, state in {**found["checks"], **found["stack"]}.items():
        yield f"{name.replace('_', ' '):14} {state}"
    database = found["database"]
    if database:
        ratio = database["cache_hit_ratio"]
        yield (
            f"database       PostgreSQL {one_line(database['version'])}, {database['size_bytes']:,} bytes, "
            f"{database['connections']} of {database['connections_most']} connections, "
            f"cache {'-' if ratio is None else f'{ratio:.1%}'}, "
            f"revision {database['revision']} of {database['newest_revision']}"
        )
        for each in database["slow"]:
            yield f"slow           {each['seconds']:.0f} s  {one_line(each['text'])}"
    for vendor in found["vendors"]:
        key = "a key is stored" if vendor["has_key"] else "no key"
        yield f"{vendor['vendor']:14} {vendor['state']}, {vendor['under_way']} under way, {key}"
    for each in found["schedules"]:
        yield f"{each['name']:20} {at(each['last']) if each['last'] else 'never'}"


def told_database(found: Answer) -> Iterator[str]:
    """Yield the work of the database."""
    states = ", ".join(f"{count} {state}" for state, count in sorted(found["connections"].items()))
    yield f"connections    {sum(found['connections'].values())} of {found['connections_most']}: {states}"
    if not found["sessions"]:
        yield "statements     none has been at work for more than 5 s, and none waits for another"
    for each in found["sessions"]:
        waits = f", waits for {', '.join(map(str, each['blocked_by']))}" if each["blocked_by"] else ""
        yield f"session        {each['pid']}  {each['seconds']:.0f} s, {each['state']}{waits}: {one_line(each['text'])}"
    if found["slowest"] is None:
        yield "slowest        not known: the server has no pg_stat_statements; its log names statements above 1 s"
    for each in found["slowest"] or ():
        yield (
            f"slowest        {each['mean_ms']:,.0f} ms on average, {each['most_ms']:,.0f} ms at most, "
            f"{each['calls']:,} times: {one_line(each['text'])}"
        )


def end_session(pid: int, *, yes: bool) -> None:
    """End a session of the database after showing what it does and asking."""
    found = ask({"action": "diagnose", "database": True})
    session = next((each for each in found["sessions"] if each["pid"] == pid), None)
    if session is None:
        raise click.ClickException(
            f"No session {pid} has been at work for long or stands in the way; 'aam diagnose --database' shows all."
        )
    click.echo(f"session {pid}, at work for {session['seconds']:.0f} s: {one_line(session['text'])}")
    if not yes:
        click.confirm("End it? What it has not committed is undone.", abort=True)
    ask({"action": "end", "pid": pid, "since": session["since"]})
    click.echo(f"Session {pid} is ended; the maintenance log has a note of it.")


def told_queues(found: Answer) -> Iterator[str]:
    """Yield queues and dead letters."""
    for queue in found["queues"]:
        age = f", the oldest for {queue['oldest_s']:,} s" if queue["oldest_s"] is not None else ""
        yield (
            f"{queue['name']:14} {queue['waiting']:,} wait, {queue['in_flight']:,} in flight{age}, "
            f"{queue['dead']:,} dead letters"
        )
        for letter in queue["letters"]:
            about = f"meeting {letter['meeting_id']}" if letter["meeting_id"] else "none of ours"
            run = f", run {letter['run_id']}" if letter["run_id"] else ""
            yield f"               {at(letter['sent_at'])}  {about}{run}, received {letter['receives']} times"


def told_overview(found: Answer) -> Iterator[str]:
    """Yield an overview."""
    counts = ", ".join(f"{count:,} {status}" for status, count in sorted(found["meetings"].items()))
    yield f"meetings       {counts or 'none'}"
    yield f"runs           {found['runs_alive']:,} alive, {found['runs_waiting']:,} of them wait for a budget"
    if found["unread_errors"]:
        errors = ", ".join(f"{count} × {code}" for code, count in sorted(found["unread_errors"].items()))
        yield f"errors today   {errors}"
    yield from told_queues(found)
    troubles = [name for name, state in found["checks"].items() if state != "ok"]
    yield f"services       {', '.join(troubles) + ' in trouble' if troubles else 'all answer'}"
    yield f"last sweep     {at(found['last_sweep']) if found['last_sweep'] else 'never'}"
    if found["holds"]:
        yield f"legal holds    {found['holds']}"


def told_advice(advice: list[Answer]) -> Iterator[str]:
    """Yield the advice."""
    yield "" if advice else "\nNothing deserves attention."
    for each in advice:
        yield f"→ {one_line(each['why'])}"
        if each["command"]:
            yield f"    {one_line(each['command'])}"


def at(moment: str) -> str:
    """Return a moment to the second."""
    return one_line(moment[:19].replace("T", " "))


def stack_health() -> dict[str, str]:
    """Return the state of the programs of this machine."""
    from aam_local.status import read_status

    home = chosen_target().home
    health = read_status(home).health if home is not None else {}
    return {f"local {name}": "ok" if well else "error" for name, well in health.items()}
