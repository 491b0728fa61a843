"""What the programs and functions said."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aam_local import postgres
from aam_local.aws import client
from aam_local.backends import is_ours, reach
from aam_local.errors import UserError
from aam_local.paths import Home
from aam_local.secrets import load_secrets
from aam_local.state import load_state

POLL_S = 0.5


def names(home: Home) -> list[str]:
    """What can be asked for: the two programs, SAM's last runs, and functions that have logged."""
    files = sorted(path.stem for path in home.logs.glob("*.log")) if home.logs.exists() else []
    return files + [group.removeprefix("/aws/lambda/") for group in _groups(home)]


def read(home: Home, name: str, *, lines: int, follow: bool) -> Iterator[str]:
    """The last lines of a program's or function's log; with ``follow`` also what comes, without end."""
    file = postgres.log_file(home) if name == "postgres" else home.logs / f"{name}.log"
    if file.parent == home.logs and file.exists():
        yield from _read_file(file, lines=lines, follow=follow)
        return
    group = next((found for found in _groups(home) if name.lower() in found.removeprefix("/aws/lambda/").lower()), None)
    if group is None:
        known = ", ".join(names(home)) or "nothing yet"
        raise UserError(f"There is no log called '{name}'; there are: {known}.")
    yield from _read_function(home, group, lines=lines, follow=follow)


def _read_file(file: Path, *, lines: int, follow: bool) -> Iterator[str]:
    with file.open(encoding="utf-8", errors="replace") as opened:
        yield from [line.rstrip("\n") for line in opened.readlines()[-lines:]]
        while follow:
            line = opened.readline()
            if line:
                yield line.rstrip("\n")
            else:
                time.sleep(POLL_S)


def _read_function(home: Home, group: str, *, lines: int, follow: bool) -> Iterator[str]:
    service = _client(home)
    seen = _events(service, group, 0)
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
    """What tells one event from another; emulators leave out the id."""
    return event["timestamp"], event.get("logStreamName"), event["message"]


def _line(event: dict[str, Any]) -> str:
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC).strftime("%H:%M:%S")
    return f"{at} {event['message'].rstrip()}"


def _groups(home: Home) -> list[str]:
    from botocore.exceptions import BotoCoreError, ClientError

    if not is_ours(load_state(home)):
        return []
    try:
        pages = _client(home).get_paginator("describe_log_groups").paginate(logGroupNamePrefix="/aws/lambda/")
        return [group["logGroupName"] for page in pages for group in page["logGroups"]]
    except (BotoCoreError, ClientError):
        return []


def _client(home: Home) -> Any:
    running = reach(load_state(home), load_secrets(home.secrets))
    return client("logs", endpoint=running.endpoint, secret_access_key=running.secret_access_key)
