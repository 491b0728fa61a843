"""Running what downloads packages, so that people see each download and its size while they wait."""

import re
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

Tell = Callable[[str], None]

DOWNLOADING = re.compile(r"\s*Downloading ([\w.-]+) \(([^()]+)\)\s*")
"""How uv names a download, at its beginning; small ones it does not mention."""

INSTALL_SECONDS = 1800
"""Seconds for one installation; none downloads more than 100 MB, which half a Mbit per second does in this time."""


def untold(_line: str) -> None:
    """Print nothing."""


def run_telling(
    command: list[str],
    *,
    tell: Tell,
    seconds: int,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, and tell of the packages that it downloads meanwhile; ``stdout`` is all that it said.

    Raises subprocess.TimeoutExpired when it took longer than ``seconds`` and was ended.
    """
    child = subprocess.Popen(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    said: list[str] = []
    listening = threading.Thread(target=_listen, args=(child, said, tell), daemon=True)
    listening.start()
    try:
        child.wait(seconds)
    except BaseException:
        child.kill()
        child.wait()
        raise
    listening.join()
    return subprocess.CompletedProcess(command, child.returncode, "".join(said))


def _listen(child: subprocess.Popen[str], said: list[str], tell: Tell) -> None:
    assert child.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
    with child.stdout:
        for line in child.stdout:
            said.append(line)
            if found := DOWNLOADING.fullmatch(line):
                tell(f"downloading {found[1]} ({found[2]})")
