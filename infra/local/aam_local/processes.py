"""Programs we started: known by pid and start time, so that no stranger is ever signalled."""

import contextlib
import signal
import subprocess
from pathlib import Path

import psutil
from pydantic import BaseModel, ConfigDict, ValidationError

from aam_local.files import write_atomically
from aam_local.system_user import group_of

CLOCK_SLACK_S = 1.0
"""psutil derives the start time from the boot time, which the kernel may correct by fractions of a second."""


class Started(BaseModel):
    """A process of ours; ``started`` is seconds since the epoch."""

    model_config = ConfigDict(frozen=True)

    pid: int
    started: float


CHILDREN: list[subprocess.Popen[bytes]] = []
"""They outlive us on purpose; a Popen that is forgotten while its child runs would warn about that."""


def spawn(
    command: list[str], *, log: Path, note: Path, cwd: Path, environment: dict[str, str], user: str | None = None
) -> subprocess.Popen[bytes]:
    """Start a program that stays when we go: own session, no input, everything it says appended to ``log``.

    ``note`` is a file that names the process from now on: should we be killed before anybody takes it down, the next
    start finds and ends it by ``stop_noted``.
    """
    for ended in CHILDREN:
        ended.poll()  # a killed PostgreSQL that nobody has waited for would still look alive to the next one
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=cwd,
            env=environment,
            user=user,
            group=group_of(user) if user else None,
            extra_groups=[] if user else None,
            start_new_session=True,
        )
    CHILDREN.append(child)
    write_atomically(note, remember(child.pid).model_dump_json())
    return child


def stop_noted(note: Path, *, with_signal: signal.Signals = signal.SIGTERM) -> bool:
    """End the process that a note names, if it still runs."""
    try:
        process = Started.model_validate_json(note.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValidationError):
        return False
    return stop(process, with_signal=with_signal, seconds=30)


def remember(pid: int) -> Started:
    """Take down who has this pid now."""
    return Started(pid=pid, started=psutil.Process(pid).create_time())


def find(process: Started | None) -> psutil.Process | None:
    """Return the running process, or None when it ended or its pid now belongs to another one."""
    if process is None:
        return None
    try:
        found = psutil.Process(process.pid)
        same = abs(found.create_time() - process.started) <= CLOCK_SLACK_S
        return found if same and found.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def stop(process: Started | None, *, with_signal: signal.Signals = signal.SIGTERM, seconds: float = 15.0) -> bool:
    """Ask the process to end, then make it; False if it was not running."""
    found = find(process)
    if found is None:
        return False
    try:
        found.send_signal(with_signal)
        found.wait(seconds)
    except psutil.TimeoutExpired:
        found.kill()
        found.wait(5)
    except psutil.NoSuchProcess:
        pass
    return True


def end_orphans(folder: Path) -> int:
    """End processes that run a script below ``folder``; how many there were.

    A killed emulator leaves its Lambda workers behind; they are known by the path of their script, which lies
    in the emulator's own temporary folder.
    """
    ended = 0
    prefix = f"{folder}/"
    for process in psutil.process_iter(["cmdline"]):
        if any(argument.startswith(prefix) for argument in process.info["cmdline"] or []):
            try:
                process.kill()
                ended += 1
            except psutil.NoSuchProcess:
                continue
    return ended


def end_at_home(folder: Path) -> int:
    """End processes whose HOME is ``folder``; returns how many there were.

    That is the emulator and its workers, whose temporary folder is their home, and no shell that has only gone there.
    """
    ended = 0
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied, psutil.TimeoutExpired):
            if process.environ().get("HOME") == str(folder):
                process.kill()
                process.wait(5)
                ended += 1
    return ended
