"""The embedded AWS: MiniStack in an environment of its own."""

import hashlib
import json
import os
import shutil
import signal
from http import HTTPStatus
from pathlib import Path

from aam_local import owned_folders, ports, processes
from aam_local.errors import UserError
from aam_local.files import remove_tree
from aam_local.http_get import http_get
from aam_local.paths import Home
from aam_local.ports import LOOPBACK, PortTaken
from aam_local.processes import Started
from aam_local.waiting import wait_until

ACCOUNT = "000000000000"
REGION = "us-east-1"
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
ENOUGH_MEMORY = 6 * 1024**3
"""Bytes of a memory file system worth using; some fifteen workers with their layers take about one."""

UNPACKED_IN_MEMORY = "aam-"
"""How the names of the folders begin that emulators have there."""

UNPACKED = "unpacked"
"""The folder of its temporary one that `emulator_process.py` makes at its start."""

LOG_LIMIT = 20 * 1024 * 1024
"""Bytes after which the log of earlier runs is put aside at a start."""


def start(home: Home, *, python: Path, port: int, secret_access_key: str, observer: Path | None = None) -> Started:
    """Start the emulator on the loopback port with what it saved before; its process.

    Workers that a killed emulator left behind are ended first: they would go on writing for runs that are
    gone.  So are emulators whose stack was deleted.  ``observer`` is a tests' folder that workers import from, see
    ``programs.Asked``.  Raises PortTaken when another program was faster on the port: that one's answers are not ours.
    """
    temporary = _temporary(home)
    clear(home)
    if temporary.parent == SHARED_MEMORY:
        with owned_folders.locked(SHARED_MEMORY):
            owned_folders.remove_left(SHARED_MEMORY, f"{UNPACKED_IN_MEMORY}*", end=processes.end_at_home)
            owned_folders.own(temporary, home)
    else:
        temporary.mkdir(parents=True, mode=0o700)
    home.emulator.mkdir(parents=True, exist_ok=True)
    home.emulator.chmod(0o700)  # what it saves holds secrets, the keys of vendors among them, and recordings
    for folder in (_saved(home), _objects(home)):
        folder.mkdir(parents=True, exist_ok=True)
    log_file = home.logs / "emulator.log"
    if log_file.exists() and log_file.stat().st_size > LOG_LIMIT:
        log_file.replace(log_file.with_suffix(".log.1"))
    server = processes.spawn(
        [str(python), "-P", str(Path(__file__).with_name("emulator_process.py"))],
        log=log_file,
        note=_note(home),
        cwd=temporary,
        environment={
            **_environment(home, port, secret_access_key),
            **({"PYTHONPATH": str(observer)} if observer is not None else {}),
        },
    )
    process = processes.remember(server.pid)
    endpoint = f"http://{LOOPBACK}:{port}"
    up = wait_until(
        lambda: server.poll() is not None or (healthy(endpoint) and ports.held_by(port, process)), seconds=60
    )
    if server.poll() is not None or not up:
        processes.stop(process)
        if not ports.is_free(port):
            raise PortTaken(port, "the emulator")
        raise UserError(f"The emulator did not start; its last words are in {log_file}.")
    return process


def stop(process: Started | None) -> bool:
    """End the emulator gracefully; it writes its state first."""
    return processes.stop(process, seconds=60)


def save(home: Home, process: Started | None) -> bool:
    """Have the state written now, so that a kill -9 costs only what comes later; False on failure."""
    running = processes.find(process)
    marker = _saved(home) / "saved"
    marker.unlink(missing_ok=True)
    if running is None:
        return False
    running.send_signal(signal.SIGUSR1)
    return wait_until(marker.exists, seconds=60)


def healthy(endpoint: str) -> bool:
    """Return whether the AWS APIs answer, of any emulator; LocalStack has the same address for it."""
    answer = http_get(f"{endpoint}/_localstack/health", seconds=5)
    try:
        return answer is not None and answer[0] == HTTPStatus.OK and "services" in json.loads(answer[1])
    except ValueError:
        return False


def intact(home: Home) -> bool:
    """Return whether the unpacked files are still there: systemd may clear shared memory at logout."""
    return (_temporary(home) / UNPACKED).is_dir()


def forgot_everything(home: Home) -> bool:
    """Return whether the emulator was killed before it ever saved: its objects are then no part of any stack."""
    return not (_saved(home) / "cloudformation.json").exists()


def clear(home: Home) -> None:
    """End an abandoned emulator and workers that outlived theirs, and delete the unpacked files."""
    processes.stop_noted(_note(home))
    temporary = _temporary(home)
    processes.end_orphans(temporary)
    remove_tree(temporary)


def wipe(home: Home) -> None:
    """Delete stacks, queues, objects and temporary files."""
    clear(home)
    remove_tree(home.emulator)


def _environment(home: Home, port: int, secret_access_key: str) -> dict[str, str]:
    """Return the environment of the emulator and its Lambda workers: nothing of a person's shell."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(_temporary(home)),
        "TMPDIR": str(_temporary(home)),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONNOUSERSITE": "1",
        "AUTH": "true",
        "GATEWAY_PORT": str(port),
        "BIND_HOST": LOOPBACK,
        "MINISTACK_HOST": LOOPBACK,
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": secret_access_key,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LAMBDA_WARM_TTL_SECONDS": "3600",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(_saved(home)),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(_objects(home)),
    }


def _temporary(home: Home) -> Path:
    """Return the folder where the emulator unpacks functions and layers: in memory where there is plenty."""
    if not SHARED_MEMORY.is_dir() or shutil.disk_usage(SHARED_MEMORY).total < ENOUGH_MEMORY:
        return home.emulator / "tmp"
    return SHARED_MEMORY / f"{UNPACKED_IN_MEMORY}{hashlib.sha256(str(home.folder).encode()).hexdigest()[:16]}"


def _note(home: Home) -> Path:
    return home.folder / "data" / "emulator-process.json"


def _saved(home: Home) -> Path:
    return home.emulator / "state"


def _objects(home: Home) -> Path:
    return home.emulator / "objects"
