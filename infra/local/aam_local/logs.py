"""Logs of the programs and functions."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aam_local import postgres
from aam_local.errors import UserError
from aam_local.target import Target, answering

POLL_S = 0.5
AWS_LOOKBACK_S = 3600
"""How old the first lines may be that are shown from AWS, where a group holds thirty days of them."""


def names(target: Target) -> list[str]:
    """Return what can be asked for: this machine's programs, SAM's last runs, and functions that have logged."""
    return [*_files(target), *(group.removeprefix("/aws/lambda/") for group in _groups(target))]


def read(target: Target, name: str, *, lines: int, follow: bool) -> Iterator[str]:
    """Yield the last lines of a program's or function's log; with ``follow`` also what comes, without end."""
    file = _files(target).get(name)
    if file is not None:
        yield from _read_file(file, lines=lines, follow=follow)
        return
    group = next((each for each in _groups(target) if name.lower() in each.removeprefix("/aws/lambda/").lower()), None)
    if group is None:
        known = ", ".join(names(target)) or "nothing yet"
        raise UserError(f"There is no log called '{name}'; there are: {known}.")
    yield from _read_function(target, group, lines=lines, follow=follow)


def _files(target: Target) -> dict[str, Path]:
    """Return the logs that are files of this machine, by name."""
    if target.home is None:
        return {}
    found = {path.stem: path for path in sorted(target.home.logs.glob("*.log"))} if target.home.logs.exists() else {}
    database = postgres.log_file(target.home)
    return {**found, "postgres": database} if database.exists() else found


def _read_file(file: Path, *, lines: int, follow: bool) -> Iterator[str]:
    with file.open(encoding="utf-8", errors="replace") as opened:
        yield from [line.rstrip("\n") for line in opened.readlines()[-lines:]]
        while follow:
            line = opened.readline()
            if line:
                yield line.rstrip("\n")
            else:
                time.sleep(POLL_S)


def _read_function(target: Target, group: str, *, lines: int, follow: bool) -> Iterator[str]:
    service = target.client("logs")
    seen = _events(service, group, 0 if target.home is not None else int((time.time() - AWS_LOOKBACK_S) * 1000))
    yield from [_line(event) for event in seen[-lines:]]
    shown = {_identity(event) for event in seen}
    since = seen[-1]["timestamp"] if seen else 0
    while follow:
        fresh = [event for event in _events(service, group, since) if _identity(event) not in shown]
        yield from [_line(event) for event in fresh]
        shown.update(_identity(event) for event in fresh)
        since = max([since, *(event["timestamp"] for event in fresh)])
        time.sleep(POLL_S)


def _events(service: Any, group: str, since_ms: int) -> list[dict[str, Any]]:
    pages = service.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since_ms)
    return sorted((event for page in pages for event in page["events"]), key=lambda event: event["timestamp"])


def _identity(event: dict[str, Any]) -> tuple[Any, ...]:
    """Return the fields that tell one event from another; emulators leave out the id."""
    return event["timestamp"], event.get("logStreamName"), event["message"]


def _line(event: dict[str, Any]) -> str:
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC).strftime("%H:%M:%S")
    return f"{at} {event['message'].rstrip()}"


def _groups(target: Target) -> list[str]:
    """Return the log groups of the stack's functions; none where a stack of this machine is not up."""
    try:
        service = target.client("logs")
        with answering(target):
            pages = service.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=target.log_prefix)
            return [group["logGroupName"] for page in pages for group in page["logGroups"]]
    except UserError:
        if target.home is None:
            raise
        return []
