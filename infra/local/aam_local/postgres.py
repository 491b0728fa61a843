"""The embedded PostgreSQL: bundled binaries, TCP on loopback, a password.  Where it lives: ``postgres_place``."""

import signal
import subprocess
from contextlib import closing
from functools import partial
from pathlib import Path

from aam_local import ports, processes, system_user
from aam_local.errors import UserError
from aam_local.files import remove_tree
from aam_local.paths import Home
from aam_local.ports import LOOPBACK, PortTaken
from aam_local.postgres_place import Place, give, place, prepare
from aam_local.processes import Started
from aam_local.waiting import wait_until

SUPERUSER = "aam_admin"
DATABASE = "aam"
START_ATTEMPTS = 5
"""Right after a kill -9 the old server's children may still hold its shared memory for a moment."""


def start(home: Home, *, port: int, password: str) -> Started:
    """Start the server on the loopback port and make what is missing; the server's process.

    Raises PortTaken when another program was faster on the port.
    """
    where = place(home)
    clear(home)
    prepare(where, home)
    _initialise(where, password)
    for _ in range(START_ATTEMPTS):
        server = _spawn(where, port, home)
        process = processes.remember(server.pid)
        if wait_until(partial(_ended_or_ready, server, where, port), seconds=30):
            if server.poll() is None:
                _ensure_database(port, password)
                return process
            if not ports.is_free(port):
                raise PortTaken(port, "the database")
            wait_until(lambda: False, seconds=0.5, every=0.5)
            continue
        processes.stop(process, with_signal=signal.SIGINT)
        break
    raise UserError(f"PostgreSQL did not start; its last words are in {log_file(home)}.")


def stop(process: Started | None) -> bool:
    """End the server at once and cleanly (PostgreSQL's fast shutdown)."""
    return processes.stop(process, with_signal=signal.SIGINT, seconds=30)


def clear(home: Home) -> None:
    """End an abandoned server, whose starter was killed."""
    processes.stop_noted(home.postgres_process, with_signal=signal.SIGINT)


def listens(home: Home, process: Started | None, port: int) -> bool:
    """Return whether this very server runs on our data and listens on the port."""
    return process is not None and processes.find(process) is not None and _holds(place(home), process.pid, port)


def healthy(*, port: int, password: str) -> bool:
    """Return whether the database answers to its password."""
    import pg8000.dbapi
    from pg8000.exceptions import Error

    try:
        connection = pg8000.dbapi.connect(
            SUPERUSER, host=LOOPBACK, port=port, database=DATABASE, password=password, timeout=5
        )
    except (Error, OSError):
        return False
    connection.close()
    return True


def url(*, port: int, password: str) -> str:
    """Return the database's URL for its superuser."""
    return f"postgresql://{SUPERUSER}:{password}@{LOOPBACK}:{port}/{DATABASE}"


def log_file(home: Home) -> Path:
    """Return the path of the server's log."""
    return home.logs / "postgres.log"


def wipe(home: Home) -> None:
    """Delete the data, wherever it is."""
    remove_tree(place(home).folder)


def _initialise(where: Place, password: str) -> None:
    if (where.data / "PG_VERSION").exists():
        return
    part = where.folder / "initialising"  # an initdb that was interrupted has made PG_VERSION, but no password
    remove_tree(part)
    remove_tree(where.data)
    secret = where.folder / ".password"
    secret.touch(mode=0o600)
    try:
        secret.write_text(password)
        give(secret, where.user)
        # The builtin locale sorts and folds case alike on every machine, Cyrillic included.
        _run(
            [
                str(where.binaries / "initdb"),
                *("--pgdata", str(part), "--username", SUPERUSER, "--pwfile", str(secret)),
                *("--auth", "scram-sha-256", "--encoding", "UTF8", "--no-sync", "--no-instructions"),
                *("--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
            ],
            user=where.user,
        )
        part.rename(where.data)
    finally:
        secret.unlink(missing_ok=True)


def _spawn(where: Place, port: int, home: Home) -> subprocess.Popen[bytes]:
    return processes.spawn(
        [
            str(where.binaries / "postgres"),
            *("-D", str(where.data), "-p", str(port), "-h", LOOPBACK),
            *("-c", "unix_socket_directories=", "-c", "max_connections=200"),
            *("-c", "log_min_duration_statement=1000", "-c", "log_parameter_max_length=0"),  # never the values
            *("-c", "log_error_verbosity=terse"),  # the detail of a refusal quotes rows: addresses, transcripts
        ],
        log=log_file(home),
        note=home.postgres_process,
        cwd=where.folder,
        environment=_clean_environment(),
        user=where.user,
    )


def _holds(where: Place, pid: int, port: int) -> bool:
    """Return whether the server of this pid has our data and the port, by its own lock file.

    Its own file is asked rather than the system: root in a container may not look at another user's sockets.
    https://www.postgresql.org/docs/18/storage-file-layout.html names what stands in it: pid, folder, start, port,
    folder of sockets, address; the address is written once it listens there.
    """
    try:
        lines = (where.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return False
    return len(lines) > 5 and (lines[0].strip(), lines[3].strip(), lines[5].strip()) == (str(pid), str(port), LOOPBACK)


def _ended_or_ready(server: subprocess.Popen[bytes], where: Place, port: int) -> bool:
    return server.poll() is not None or _ready(where, server.pid, port)


def _ready(where: Place, pid: int, port: int) -> bool:
    if not _holds(where, pid, port):
        return False
    asked = subprocess.run(
        [str(where.binaries / "pg_isready"), "-q", "-h", LOOPBACK, "-p", str(port)],
        env=_clean_environment(),
        timeout=10,
    )
    return asked.returncode == 0


def _ensure_database(port: int, password: str) -> None:
    import pg8000.dbapi
    from pg8000.exceptions import DatabaseError

    try:
        connection = pg8000.dbapi.connect(
            SUPERUSER, host=LOOPBACK, port=port, database="postgres", password=password, timeout=10
        )
    except DatabaseError as error:
        raise UserError(
            "PostgreSQL refuses the kept password: secrets.json and the data folder do not belong together; "
            "put the right secrets.json back, or run 'aam reset' to start without data."
        ) from error
    with closing(connection):
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {DATABASE}")


def _run(command: list[str], *, user: str | None) -> None:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=120,
        cwd="/",
        env=_clean_environment(),
        user=user,
        group=system_user.group_of(user) if user else None,
        extra_groups=[] if user else None,
    )
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise UserError(f"Preparing the database failed at {Path(command[0]).name}: {last}.")


def _clean_environment() -> dict[str, str]:
    """Return an environment without the shell's settings: its PGDATA or LC_ALL must not reach the server."""
    return {"PATH": system_user.SYSTEM_PATH, "LC_ALL": "C", "TZ": "UTC"}
