"""Run the demo or the tests as a newcomer has them: on a machine that has never seen this project.

`make fresh` runs this, as root.  A fresh clone of HEAD gets namespaces of its own, for mounts and processes: there are
no users, homes, caches, temporary files and databases of earlier runs in them, and no programs of other checkouts; with
the namespaces' first process all that it started is gone.  Only the standard library is used, since a newcomer has no
environment yet.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
USERS = ("root", "newcomer")
SYSTEM_USER = "pgserver"
DATABASE_FOLDER = Path("/var/lib/aam-local")
HIDDEN = (Path("/etc"), Path("/root"), Path("/home"), Path("/tmp"), DATABASE_FOLDER)  # noqa: S108 - replaced by our own
"""Folders in which earlier runs leave something; each is replaced by one of the newcomer's."""

NAMESPACES = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
PATH = "/usr/local/bin:/usr/bin:/bin"
"""What `su` and `docker exec` give: no sbin folders, even for root."""

NETWORK = (
    *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CERT", "PIP_TRUSTED_HOST", "PIP_PROXY"),
    *("PIP_DEFAULT_TIMEOUT", "UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS"),
    *("UV_NATIVE_TLS", "UV_SYSTEM_CERTS", "UV_HTTP_TIMEOUT", "UV_INSECURE_HOST", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"),
)
"""Variables that say how this machine reaches its package index; of all others the newcomer has none."""

WORK, PREFIX, LOCK = Path("/var/tmp"), "aam-fresh-", "in-use"  # noqa: S108 - what is made there has a name of its own
"""Where the newcomer's folders are made: on a disk, since they take some gigabytes."""

MADE_BY_INITDB = 3
"""Databases of a PostgreSQL that nobody has used."""


@dataclass(frozen=True)
class Newcomer:
    """User who runs the clone: a user of the namespaces, by the name and number that its /etc/passwd gives."""

    name: str
    number: int

    @property
    def home(self) -> Path:
        """Return where this user's home appears."""
        return Path("/root") if self.number == 0 else Path("/home", self.name)

    @property
    def clone(self) -> Path:
        """Return where the clone appears."""
        return self.home / "aam"

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a command in the clone, with the newcomer's rights and next to no environment."""
        network = {name: os.environ[name] for name in NETWORK if name in os.environ}
        return subprocess.Popen(
            command,
            cwd=self.clone,
            env={"PATH": PATH, "HOME": str(self.home), "LANG": "C.UTF-8", **network},
            stdin=subprocess.DEVNULL,
            user=self.number,
            group=self.number,
            extra_groups=[],
            start_new_session=True,
        )

    def run(self, *command: str) -> None:
        """Run a command to its end; ends this program with its code when that is not 0."""
        began = time.monotonic()
        code = reap(self.start(*command))
        print(
            f"{self.name}: '{' '.join(command)}' ended with {code} after {time.monotonic() - began:.0f} s", flush=True
        )
        if code:
            sys.exit(code)


def main() -> int:
    """Prepare each newcomer's folders and run what is asked for in namespaces of its own."""
    asked = arguments()
    if asked.inside:
        inside(asked)
        return 0
    refuse_where_impossible()
    # An end by a signal cleans up as well, also where a shell that runs us in its background has Ctrl-C ignored.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if git("status", "--porcelain"):
        print("Note: what is not committed is not part of the clone.", flush=True)
    try:
        for name in asked.users or USERS:
            print(f"{name}: a fresh clone of {git('rev-parse', '--short', 'HEAD')}", flush=True)
            if code := outside(name, asked.what, asked.more):
                return code
    except KeyboardInterrupt:
        return 130
    print("Fresh: nothing of earlier runs was needed.")
    return 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Run the demo or the tests as a newcomer has them.")
    parser.add_argument("what", choices=["demo", "test"])
    parser.add_argument("--only", dest="users", action="append", choices=USERS, help="only as this user")
    parser.add_argument("--args", dest="more", default="", help="for pytest, as in 'make test ARGS=…'")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def refuse_where_impossible() -> None:
    """End with a sentence where there are no namespaces to be had."""
    if sys.platform != "linux" or shutil.which(NAMESPACES[0]) is None:
        sys.exit("Error: 'make fresh' needs Linux and its 'unshare' (package util-linux); run it there.")
    if os.geteuid() != 0:
        sys.exit("Error: only root may give a run its own users and mounts; run 'sudo make fresh'.")
    tried = subprocess.run([*NAMESPACES, "true"], capture_output=True, text=True)
    if tried.returncode:
        said = (tried.stderr.strip().splitlines() or ["no reason given"])[-1]
        sys.exit(
            f"Error: this machine allows no namespaces of one's own ({said}); "
            "run 'make fresh' on a machine of its own, or in a container that is started with --privileged."
        )


def git(*command: str) -> str:
    """Return what git says of this checkout; ends this program where it says nothing."""
    if shutil.which("git") is None:
        sys.exit("Error: 'git' is missing, and 'make fresh' runs a clone; install it and try again.")
    done = subprocess.run(["git", *command], cwd=CHECKOUT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"Error: this folder cannot be cloned ({done.stderr.strip()}); run 'make fresh' in a git checkout.")
    return done.stdout.strip()


# ---------------------------------------------------------------------- seen from outside


def outside(name: str, what: str, more: str) -> int:
    """Prepare the folders of one newcomer, run, and delete them; the exit code of the run."""
    delete_left()
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=WORK) as made, in_use(Path(made)), mount_point():
        work = Path(made)
        prepare(work, name)
        command = [sys.executable, "-P", str(Path(__file__)), what, "--only", name, f"--args={more}", "--inside", made]
        child = subprocess.Popen([*NAMESPACES, *command], stdin=subprocess.PIPE)
        assert child.stdin is not None  # noqa: S101 - for the type checker: it is a pipe
        try:
            return child.wait()
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # an impatient second Ctrl-C must not leave half of it behind
            child.stdin.close()  # the first process inside ends when it reads this, and with it all others
            child.wait()
            signal.signal(signal.SIGINT, signal.default_int_handler)


@contextlib.contextmanager
def in_use(work: Path) -> Iterator[None]:
    """Hold a lock as long as this program lives, which says that the folder is no leftover."""
    with (work / LOCK).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def delete_left() -> None:
    """Delete the folders of runs that were killed before they could do it."""
    for left in WORK.glob(f"{PREFIX}*/{LOCK}"):
        with contextlib.suppress(OSError), left.open() as file:  # held by a run that lives, or gone by now
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left.parent)


@contextlib.contextmanager
def mount_point() -> Iterator[None]:
    """Have a folder at which the newcomer's database folder can be mounted; one that was not there goes again."""
    ours = not DATABASE_FOLDER.exists()
    DATABASE_FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        if ours:
            with contextlib.suppress(OSError):  # another checkout has begun to use it meanwhile
                DATABASE_FOLDER.rmdir()


def prepare(work: Path, name: str) -> None:
    """Make what hides the real folders: the machine's own /etc less our users, empty homes, and the clone."""
    for folder in HIDDEN:
        if folder != Path("/etc"):
            replacement(work, folder).mkdir()
    replacement(work, Path("/root")).chmod(0o700)
    replacement(work, Path("/tmp")).chmod(0o1777)  # noqa: S108
    etc = replacement(work, Path("/etc"))
    subprocess.run(["cp", "-a", "/etc", str(etc)], check=True)
    forget_users(etc)
    newcomer = add_user(etc, name)
    home = (
        replacement(work, newcomer.home.parent) / newcomer.home.name
        if newcomer.number
        else replacement(work, newcomer.home)
    )
    home.mkdir(exist_ok=True, mode=0o700)
    # Without hard links: the clone gets an owner of its own, and the checkout's files must keep theirs.
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(CHECKOUT), str(home / "aam")], check=True)
    subprocess.run(["chown", "-R", f"{newcomer.number}:{newcomer.number}", str(home)], check=True)


def replacement(work: Path, folder: Path) -> Path:
    """Return where the folder that hides this one is made."""
    return work / folder.name


def forget_users(etc: Path) -> None:
    """Take the users that this project makes out of the copied files."""
    for name in ("passwd", "group", "shadow", "gshadow", "subuid", "subgid"):
        for file in (etc / name, etc / f"{name}-"):
            if file.exists():
                lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
                kept = [line for line in lines if line.partition(":")[0] not in (SYSTEM_USER, *USERS[1:])]
                file.write_text("".join(kept), encoding="utf-8")


def add_user(etc: Path, name: str) -> Newcomer:
    """Add an ordinary user to the copied files; root is there already."""
    if name == "root":
        return Newcomer(name, 0)
    passwd, group = etc / "passwd", etc / "group"
    taken = {
        line.split(":")[2] for file in (passwd, group) for line in file.read_text(encoding="utf-8").splitlines() if line
    }
    number = next(number for number in range(1000, 60000) if str(number) not in taken)
    with passwd.open("a", encoding="utf-8") as file:
        file.write(f"{name}:x:{number}:{number}::/home/{name}:/bin/sh\n")
    with group.open("a", encoding="utf-8") as file:
        file.write(f"{name}:x:{number}:\n")
    return Newcomer(name, number)


# ---------------------------------------------------------------------- inside the namespaces, as their first process


def inside(asked: argparse.Namespace) -> None:
    """Hide the machine's folders behind the newcomer's, and run."""
    signal.signal(signal.SIGINT, lambda *_: None)  # the program outside hears it as well, and ends all this
    threading.Thread(target=end_with_the_outside, daemon=True).start()
    for folder in HIDDEN:
        subprocess.run(["mount", "--bind", str(replacement(asked.inside, folder)), str(folder)], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/dev/shm"], check=True)  # noqa: S108 - the emulator unpacks there
    import pwd

    (name,) = asked.users
    newcomer = Newcomer(name, pwd.getpwnam(name).pw_uid)
    if asked.what == "demo":
        newcomer.run("make", "demo")
        return
    command = ["make", "test", *([f"ARGS={asked.more}"] if asked.more else [])]
    newcomer.run("make", "dev")
    kill_in_the_middle(newcomer, command)
    newcomer.run(*command)


def end_with_the_outside() -> None:
    """End everything in the namespaces as soon as the program outside has ended, however that came."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


def reap(child: subprocess.Popen[bytes]) -> int:
    """Wait for a child, and for orphans that came to us as the first process meanwhile; the child's exit code."""
    while True:
        pid, status = os.wait()
        if pid == child.pid:
            child.returncode = os.waitstatus_to_exitcode(status)
            return child.returncode


def kill_in_the_middle(newcomer: Newcomer, command: list[str]) -> None:
    """Kill a run of the tests while its database is in use, and forget its temporary folders as a restart would.

    The paths of the next run are the same then, and the killed one's server and data are still there.
    """
    child = newcomer.start(*command)
    while child.poll() is None and not database_in_use():
        time.sleep(0.2)
    if child.poll() is not None:
        sys.exit(
            f"Error: the tests ended with {child.returncode} before they used a database; there was nothing to kill."
        )
    os.killpg(child.pid, signal.SIGKILL)
    reap(child)
    for left in Path("/tmp").iterdir():  # noqa: S108 - the newcomer's own
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    print(f"{newcomer.name}: killed '{' '.join(command)}' while its database was in use, and emptied /tmp", flush=True)


def database_in_use() -> bool:
    """Return whether a server of a test has databases that initdb did not make."""
    places = [*DATABASE_FOLDER.glob("data-*/data/base"), *Path("/tmp").glob("pytest-of-*/pytest-*/**/data/base")]  # noqa: S108
    return any(sum(1 for _ in place.iterdir()) > MADE_BY_INITDB + 1 for place in places)


if __name__ == "__main__":
    sys.exit(main())
