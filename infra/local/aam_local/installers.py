"""Running what downloads packages, so that people see each download and its size while they wait."""

import re
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from aam_local.errors import UserError
from aam_local.paths import Home

Tell = Callable[[str], None]

DOWNLOADING = re.compile(r"\s*Downloading ([\w.-]+) \(([^()]+)\)\s*")
"""How uv names a download, at its beginning; small ones it does not mention."""

_MISMATCH = re.compile(r"Hash mismatch for `([^`\n]+)`")
_REASON = re.compile(r"^\s*(?:error|cause|hint): (.+)$", re.MULTILINE)

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


def install_wheels(home: Home, lock: Path, target: Path, *, tell: Tell, wheels: Path | None = None) -> None:
    """Unpack the wheels of a lock into a folder, by their hashes; nothing of theirs runs.

    ``wheels`` is a folder to take them from instead of the package index.  Raises UserError.
    """
    command = [
        *(str(home.uv), "pip", "install", "--python", sys.executable, "--target", str(target)),
        *("--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(lock)),
        *(("--no-index", "--find-links", str(wheels)) if wheels else ()),
    ]
    if not home.uv.exists():
        raise UserError(f"{home.uv} is missing; run 'make dev' in {home.root} first.")
    done = run_telling(command, tell=tell, seconds=INSTALL_SECONDS)
    if done.returncode:
        raise UserError(_why_not(done.stdout, lock=lock, wheels=wheels))


def _why_not(said: str, *, lock: Path, wheels: Path | None) -> str:
    """Return one sentence for what uv says over many lines, with what to do about it."""
    if "No space left on device" in said:
        return f"The disk is full; make room for 800 MB and try again. The wheels of {lock.name} were not installed."
    if found := _MISMATCH.search(said):
        source = f"Bring the right wheel to {wheels}" if wheels else "Try again later, or bring the wheel with --from"
        return f"{found[1]} is not the wheel that {lock.name} names, for its hash differs. {source}."
    reasons = _REASON.findall(said) or ["uv gave no reason"]
    if wheels:
        return (
            f"The wheels of {lock.name} could not be had in {wheels} ({reasons[-1]}); bring them there, and try again."
        )
    return f"The wheels of {lock.name} could not be had at the package index ({reasons[-1]}); look at the network."


def _listen(child: subprocess.Popen[str], said: list[str], tell: Tell) -> None:
    assert child.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
    with child.stdout:
        for line in child.stdout:
            said.append(line)
            if found := DOWNLOADING.fullmatch(line):
                tell(f"downloading {found[1]} ({found[2]})")
